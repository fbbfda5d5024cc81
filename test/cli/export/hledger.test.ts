import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hledgerSymbol } from '../../../cli/export/hledger.ts';
import { currency } from '../../support/arbitraries.ts';

describe('the hledger export', () => {
  it('writes every currency so that hledger can parse it and the name can be decoded', () => {
    fc.assert(
      fc.property(
        fc.oneof(currency, fc.string({ minLength: 1 }), fc.constantFrom('A;B', 'A"', '%41', ' ')),
        (upbit) => {
          const symbol = hledgerSymbol(upbit);
          expect(symbol).toMatch(/^([A-Za-z]+|"[^";%\n]*(%[0-9A-F]{2}[^";%\n]*)*")$/);
          const inside = symbol.replace(/^"|"$/g, '');
          expect(decodeURIComponent(inside)).toBe(upbit);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
