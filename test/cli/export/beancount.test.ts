import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beancountCurrency } from '../../../cli/export/beancount.ts';
import { currency } from '../../support/arbitraries.ts';

describe('the Beancount export', () => {
  it('maps every currency to a valid and unique Beancount name', () => {
    const names = new Map<string, string>();
    fc.assert(
      fc.property(
        fc.oneof(
          currency,
          fc.constantFrom(
            'TRUE',
            'FALSE',
            'NULL',
            'X.TRUE',
            'B',
            'X.B',
            'X.1INCH',
            '1INCH',
            'X',
            '_',
            'A'.repeat(24),
            'A'.repeat(25),
            'X..',
          ),
          fc.string({ maxLength: 64, minLength: 1 }),
        ),
        (upbit) => {
          const name = beancountCurrency(upbit);
          expect(name).toMatch(/^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/);
          expect(['TRUE', 'FALSE', 'NULL']).not.toContain(name);
          expect(names.get(name) ?? upbit).toBe(upbit);
          names.set(name, upbit);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(['TRUE', 'FALSES', 'NULL', 'BTC', '1INCH', 'btc', 'T', 'X.T'].map(beancountCurrency)).toEqual([
      'X.TRUE',
      'FALSES',
      'X.NULL',
      'BTC',
      'X.1INCH',
      'X._62_74_63',
      'X.T',
      'X.X_2ET',
    ]);
  });
});
