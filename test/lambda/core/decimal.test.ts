import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  divide,
  equals,
  formatDecimal,
  isNegative,
  isZero,
  multiply,
  parseDecimal,
  round,
  subtract,
  ZERO,
} from '../../../lambda/core/decimal.ts';
import { amountText, decimal, numberText } from '../../support/arbitraries.ts';

const RUNS = { numRuns: 1_000 };

/** The oracle's plain text; only the oracle writes a negative zero. */
function plain(big: Big): string {
  return big.eq(0) ? '0' : big.toFixed();
}

/** Whether the ledger can hold a number, from the oracle's digits and exponent instead of ours. */
function fits(text: string): boolean {
  const big = new Big(text);
  return text.length <= 200 && (big.eq(0) || (big.c.length <= 38 && big.e >= -130 && big.e <= 125));
}

describe('parseDecimal', () => {
  it('accepts every way of writing an amount, and agrees with big.js on its value', () => {
    fc.assert(
      fc.property(amountText, (text) => {
        expect(formatDecimal(decimal(text))).toBe(plain(new Big(text)));
      }),
      RUNS,
    );
  });

  it('accepts exactly the numbers that big.js finds within 38 digits and magnitudes 1e-130 to 9.99e125', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(numberText, (text) => {
        const parsed = parseDecimal(text);
        const outcome = parsed.problem === undefined ? formatDecimal(parsed.value) : 'refused';
        expect(outcome).toBe(fits(text) ? plain(new Big(text)) : 'refused');
        seen[parsed.problem === undefined ? 'accepted' : 'refused'] += 1;
      }),
      RUNS,
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
  });

  it('gives equal numbers equal fields, however they are written', () => {
    for (const [a, b] of [
      ['1500', '1.5e3'],
      ['0.10', '00.1'],
      ['1e-8', '0.00000001'],
      ['-0', '0.0'],
      ['0e999', '0'],
      ['1E+3', '1000.000'],
    ] as const) {
      expect(decimal(a), `${a} and ${b}`).toStrictEqual(decimal(b));
    }
  });

  it.each([
    ['1e-8', '0.00000001'],
    ['-0', '0'],
    ['00.10', '0.1'],
    ['-12.50', '-12.5'],
    ['0.9724275092936803', '0.9724275092936803'],
    ['132992558.1098141', '132992558.1098141'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['0.00000000000000000000000000000000000001', '0.00000000000000000000000000000000000001'],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['9.99e125', `999${'0'.repeat(123)}`],
    ['9'.repeat(38) + '0'.repeat(88), '9'.repeat(38) + '0'.repeat(88)],
    [`0.${'0'.repeat(199)}`.slice(0, 200), '0'],
  ])('reads %s', (text, expected) => {
    expect(formatDecimal(decimal(text))).toBe(expected);
  });

  const form = 'is not a decimal number such as 0.25 or 1e-8';
  it.each([
    ['NaN', form],
    ['', form],
    ['1,000', form],
    ['0x10', form],
    ['Infinity', form],
    ['-Infinity', form],
    ['.5', form],
    ['5.', form],
    ['+5', form],
    ['--5', form],
    ['1e', form],
    ['e5', form],
    ['1e1.5', form],
    ['1 000', form],
    [' 1', form],
    ['1\n', form],
    ['1_000', form],
    ['1n', form],
    ['１２', form],
    ['٣', form],
    ['1e1000', form],
    ['1e0001', form],
    ['1e999999999', form],
    ['1e-999999999', form],
    ['123456789012345678901234567890123456789', 'has 39 significant digits, more than 38'],
    ['0.100000000000000000000000000000000000001', 'has 39 significant digits, more than 38'],
    ['1e126', 'is 1e126 or larger'],
    ['1e999', 'is 1e126 or larger'],
    [`1${'0'.repeat(126)}`, 'is 1e126 or larger'],
    ['1e-131', 'is smaller than 1e-130 but not zero'],
    ['9.99e-131', 'is smaller than 1e-130 but not zero'],
    ['1e-999', 'is smaller than 1e-130 but not zero'],
    ['0'.repeat(201), 'has 201 characters, more than 200'],
  ])('rejects %j: it %s', (text, problem) => {
    expect(parseDecimal(text)).toStrictEqual({ problem });
  });

  it('reads at most 200 characters, so that megabytes of text cost nothing', () => {
    expect(parseDecimal('9'.repeat(10_000_000)).problem).toBe('has 10000000 characters, more than 200');
  });
});

describe('formatDecimal', () => {
  it('writes no exponent, no trailing zeros and no negative zero, and is read back as the same number', () => {
    fc.assert(
      fc.property(numberText.filter(fits), (text) => {
        const value = decimal(text);
        const written = formatDecimal(value);
        expect(written).toMatch(/^(?!-0$)-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(decimal(written)).toStrictEqual(value);
      }),
      RUNS,
    );
  });

  it('writes at most 126 digits before the point and 167 after it', () => {
    const smallest = formatDecimal(decimal(`1.${'0'.repeat(36)}1e-130`));
    expect(smallest.split('.').map((part) => part.length)).toStrictEqual([1, 167]);
    expect(formatDecimal(decimal('9.99e125'))).toHaveLength(126);
  });
});

describe('sums and products', () => {
  const pair = fc.tuple(numberText.filter(fits), numberText.filter(fits));

  it('add exactly as big.js does', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(formatDecimal(add(decimal(a), decimal(b)))).toBe(plain(new Big(a).plus(new Big(b))));
      }),
      RUNS,
    );
  });

  it('subtract exactly as big.js does, even below zero', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(formatDecimal(subtract(decimal(a), decimal(b)))).toBe(plain(new Big(a).minus(new Big(b))));
      }),
      RUNS,
    );
  });

  it('multiply exactly as big.js does', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(formatDecimal(multiply(decimal(a), decimal(b)))).toBe(plain(new Big(a).times(new Big(b))));
      }),
      RUNS,
    );
  });

  it('are in lowest form, so that they can be compared field by field', () => {
    expect(add(decimal('0.5'), decimal('0.5'))).toStrictEqual(decimal('1'));
    expect(add(decimal('-95'), decimal('-5'))).toStrictEqual(decimal('-1e2'));
    expect(multiply(decimal('2.5'), decimal('4'))).toStrictEqual(decimal('1e1'));
    expect(multiply(decimal('1e-100'), decimal('0'))).toStrictEqual(ZERO);
    fc.assert(
      fc.property(numberText.filter(fits), (text) => {
        expect(subtract(decimal(text), decimal(text))).toStrictEqual(ZERO);
        expect(add(decimal(text), ZERO)).toStrictEqual(decimal(text));
      }),
    );
  });
});

describe('a quotient', () => {
  /** big.js, which has no quotient of so many significant digits: enough decimals to see a tie, then half to even. */
  function quotient(a: string, b: string, digits: number): string {
    Big.DP = 700;
    const exact = new Big(a).div(new Big(b));
    return plain(exact.eq(0) ? exact : exact.prec(digits, Big.roundHalfEven));
  }
  const nonZero = numberText.filter((text) => fits(text) && !new Big(text).eq(0));

  it('has twelve significant digits, as big.js rounds them', () => {
    fc.assert(
      fc.property(numberText.filter(fits), nonZero, fc.integer({ min: 1, max: 20 }), (a, b, digits) => {
        expect(formatDecimal(divide(decimal(a), decimal(b), digits))).toBe(quotient(a, b, digits));
      }),
      RUNS,
    );
  });

  it('that is a tie goes to the even digit, and what is just above or below it does not', () => {
    const odd = fc.integer({ min: 100, max: 999 });
    fc.assert(
      fc.property(odd, fc.integer({ min: -9, max: 9 }), fc.boolean(), (kept, power, isNegative) => {
        const [sign, unit] = [isNegative ? '-' : '', `e${power}`];
        const tie = `${sign}${kept}.5${unit}`;
        const even = kept % 2 === 0 ? kept : kept + 1;
        const of = (text: string) => formatDecimal(divide(decimal(text), decimal('4'), 3));
        const fourfold = (text: string) => plain(new Big(text).times(4));
        expect(of(fourfold(tie))).toBe(plain(new Big(`${sign}${even}${unit}`)));
        expect(of(fourfold(`${sign}${kept}.5${'0'.repeat(25)}1${unit}`))).toBe(
          plain(new Big(`${sign}${kept + 1}${unit}`)),
        );
        expect(of(fourfold(`${sign}${kept}.4${'9'.repeat(25)}${unit}`))).toBe(
          plain(new Big(`${sign}${kept}${unit}`)),
        );
      }),
      RUNS,
    );
  });

  it('is exact if it has fewer digits', () => {
    const of = (a: string, b: string) => formatDecimal(divide(decimal(a), decimal(b), 12));
    expect([of('1', '8'), of('-1', '8'), of('1e-100', '1e100'), of('0', '7'), of('7', '7')]).toEqual([
      '0.125',
      '-0.125',
      plain(new Big('1e-200')),
      '0',
      '1',
    ]);
    expect([of('2', '3'), of('1', '3'), of('2e60', '3e-60')]).toEqual([
      '0.666666666667',
      '0.333333333333',
      plain(new Big('6.66666666667e119')),
    ]);
  });

  it('by zero is an error', () => {
    expect(() => divide(decimal('1'), ZERO, 12)).toThrow(RangeError);
  });
});

describe('a rounded number', () => {
  it('has so many decimals, half to even, as in big.js', () => {
    fc.assert(
      fc.property(numberText.filter(fits), fc.integer({ min: 0, max: 12 }), (text, decimals) => {
        const expected = plain(new Big(text).round(decimals, Big.roundHalfEven));
        expect(formatDecimal(round(decimal(text), decimals))).toBe(expected);
      }),
      RUNS,
    );
    const cents = ['0.125', '0.135', '-0.125', '0.1250000001', '0.005'].map((text) =>
      formatDecimal(round(decimal(text), 2)),
    );
    expect(cents).toEqual(['0.12', '0.14', '-0.12', '0.13', '0']);
  });
});

describe('comparisons', () => {
  it('distinguish numbers with the same digits but different magnitudes', () => {
    expect(equals(decimal('1'), decimal('10'))).toBe(false);
    expect(equals(decimal('25'), decimal('0.25'))).toBe(false);
  });

  it('agree with big.js', () => {
    fc.assert(
      fc.property(numberText.filter(fits), numberText.filter(fits), (a, b) => {
        expect(isZero(decimal(a))).toBe(new Big(a).eq(0));
        expect(isNegative(decimal(a))).toBe(new Big(a).lt(0));
        expect(equals(decimal(a), decimal(b))).toBe(new Big(a).eq(new Big(b)));
        expect(equals(decimal(a), decimal(plain(new Big(a))))).toBe(true);
      }),
      RUNS,
    );
  });
});
