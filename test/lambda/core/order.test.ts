import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byCodeOrder } from '../../../lambda/core/order.ts';
import { currency } from '../../support/arbitraries.ts';

it('text is ordered by its code units, regardless of locale', () => {
  expect(['a', 'B', 'ä', 'Z', '10', '9', '', 'aa'].sort(byCodeOrder)).toStrictEqual([
    '',
    '10',
    '9',
    'B',
    'Z',
    'a',
    'aa',
    'ä',
  ]);
  fc.assert(
    fc.property(fc.array(currency), (texts) => {
      expect(texts.toSorted(byCodeOrder)).toStrictEqual(texts.toSorted());
    }),
  );
});

it.each([
  ['a', 'b', -1],
  ['b', 'a', 1],
  ['a', 'a', 0],
  ['', 'a', -1],
])('%j and %j compare as %i', (a, b, order) => {
  expect(byCodeOrder(a, b)).toBe(order);
});
