import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exact, roundedUp } from '../../../cli/cost/exact.ts';
import { ZERO } from '../../../lambda/core/decimal.ts';
import { decimal } from '../../support/arbitraries.ts';

it('a constant and a count are exact, and anything else is refused', () => {
  expect(exact('0.0000133334')).toStrictEqual(decimal('0.0000133334'));
  expect(exact(744)).toStrictEqual(decimal('744'));
  for (const value of ['about 1', '', 0.5, 2 ** 53, Number.NaN])
    expect(() => exact(value)).toThrow(TypeError);
});

it.each([
  ['0', '0.0000'],
  ['0.0001', '0.0001'],
  ['0.00010001', '0.0002'],
  ['1e-130', '0.0001'],
  ['12.3456', '12.3456'],
  ['12.34561', '12.3457'],
  ['0.99999', '1.0000'],
  ['1e3', '1000.0000'],
])('%s is shown with four decimals as %s', (amount, shown) => {
  expect(roundedUp(decimal(amount), 4)).toBe(shown);
});

it('the shown amount is never less than the exact one, and exceeds it by less than one last digit', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.integer({ min: -12, max: 3 }),
      (units, exponent) => {
        const amount = units === 0n ? ZERO : decimal(`${units}e${exponent}`);
        const thousandths = (text: string) => BigInt(text.replace('.', ''));
        const shown = thousandths(roundedUp(amount, 3)) * 10n ** 9n;
        const meant = units * 10n ** BigInt(exponent + 12);
        expect(shown >= meant && shown - meant < 10n ** 9n).toBe(true);
      },
    ),
  );
});
