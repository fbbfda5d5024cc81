import { describe, expect, it } from 'vitest';
import { type Item, parseExpression } from './expressions.ts';

const substitutes = {
  names: { '#a': 'a', '#b': 'b' },
  values: { ':1': { S: '1' }, ':2': { S: '2' }, ':n': { N: '10' } },
};
const holds = (text: string, item: Item | undefined) => parseExpression(text).holds(item, substitutes);

describe('an expression', () => {
  it.each([
    ['attribute_exists(#a)', { a: { S: '' } }, true],
    ['attribute_exists(#a)', { b: { S: '' } }, false],
    ['attribute_exists(#a)', undefined, false],
    ['attribute_not_exists(#a)', undefined, true],
    ['attribute_exists(#a.#b)', { a: { M: { b: { S: '' } } } }, true],
    ['attribute_exists(#a.#b)', { a: { M: { c: { S: '' } } }, b: { S: '' } }, false],
    ['attribute_exists(#a.#b)', { a: { S: 'b' } }, false],
    ['attribute_not_exists(#a) OR attribute_exists(#b)', { a: { S: '' }, b: { S: '' } }, true],
    ['attribute_not_exists(#a) AND attribute_exists(#b)', { a: { S: '' }, b: { S: '' } }, false],
    ['NOT (attribute_exists(#a) OR attribute_exists(#b))', {}, true],
    ['#a = :1 AND #b <= :2', { a: { S: '1' }, b: { S: '2' } }, true],
    ['#a = :1', {}, false],
    ['#a <> :1', {}, false],
    ['#a BETWEEN :1 AND :2', { a: { S: '11' } }, true],
    ['#a BETWEEN :1 AND :2', { a: { S: '3' } }, false],
    ['#a < :n', { a: { N: '9' } }, true],
    ['#a < :n', { a: { S: '9' } }, false],
    ['a = :1 AND attribute_not_exists(b)', { a: { S: '1' } }, true],
    // AND binds more tightly than OR.
    ['attribute_exists(#a) OR attribute_exists(#b) AND attribute_not_exists(#a)', { a: { S: '' } }, true],
  ])('%s holds for %o: %s', (text, item, expected) => {
    expect(holds(text, item)).toBe(expected);
  });

  it.each([
    '',
    'AND = :1',
    '#a = 1',
    '#a',
    'attribute_exists(#a',
    '#a = :1 OR',
    'size(#a) > :1',
    '#a = :1 ; #b = :2',
  ])('that is invalid is rejected: %s', (text) => {
    expect(() => parseExpression(text)).toThrow(SyntaxError);
  });
});
