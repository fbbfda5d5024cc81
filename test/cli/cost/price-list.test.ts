import { describe, expect, it } from 'vitest';
import { priceListOf } from '../../../cli/cost/price-list.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { decimal } from '../../support/arbitraries.ts';

const PRICES = priceListOf('ap-southeast-1');

describe('the price list', () => {
  it('has a unit, a date and a source for each price', () => {
    for (const { unit, usd, date, source } of Object.values(PRICES)) {
      expect(formatDecimal(decimal(usd)), unit).toBe(usd);
      expect(date, unit).toMatch(/^202\d-\d\d-\d\d$/);
      expect(source, unit).toMatch(/^[a-z0-9.-]+\.[a-z]+\/\S/);
    }
    const units = Object.values(PRICES).map(({ unit }) => unit);
    expect(new Set(units).size).toBe(units.length);
  });

  it.each(['eu-west-1', 'AP-SOUTHEAST-1', 'constructor', ''])('is not there for %j', (awsRegion) => {
    expect(() => priceListOf(awsRegion)).toThrow(
      new CodedError(
        'cost.unpriced',
        `no prices for the AWS region ${JSON.stringify(awsRegion)}, only for ap-southeast-1`,
      ),
    );
  });
});
