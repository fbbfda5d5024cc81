import { describe, expect, it } from 'vitest';
import { PRICE_LIST } from '../../../cli/cost/price-list.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { decimal } from '../../support/arbitraries.ts';

describe('the price list', () => {
  it('has a unit, a date and a source for each price', () => {
    for (const { unit, usd, date, source } of Object.values(PRICE_LIST)) {
      expect(formatDecimal(decimal(usd)), unit).toBe(usd);
      expect(date, unit).toMatch(/^202\d-\d\d-\d\d$/);
      expect(source, unit).toMatch(/^[a-z0-9.-]+\.[a-z]+\/\S/);
    }
    const units = Object.values(PRICE_LIST).map(({ unit }) => unit);
    expect(new Set(units).size).toBe(units.length);
  });
});
