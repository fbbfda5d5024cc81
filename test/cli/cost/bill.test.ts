import { describe, expect, it } from 'vitest';
import { billOf } from '../../../cli/cost/bill.ts';
import { type PriceList, priceListOf } from '../../../cli/cost/price-list.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { decimal } from '../../support/arbitraries.ts';

const PRICES = priceListOf('ap-southeast-1');
const bill = (...usages: readonly [keyof PriceList, string][]) => {
  const { lines, list, toPay } = billOf(
    usages.map(([of, quantity]) => ({ of, quantity: decimal(quantity) })),
    PRICES,
  );
  return {
    lines: lines.map((line) => [line.unit, ...[line.quantity, line.list, line.toPay].map(formatDecimal)]),
    totals: [list, toPay].map(formatDecimal),
  };
};

describe('a bill', () => {
  it('takes off what is always free, and charges what is beyond it', () => {
    expect(bill(['alarm', '6'], ['dashboard', '4'], ['lambdaGbSecond', '400001.5'])).toEqual({
      lines: [
        ['Lambda GB-second (arm64)', '400001.5', '5.3333800001', '0.0000200001'],
        ['alarm metric', '6', '0.6', '0'],
        ['dashboard', '4', '12', '3'],
      ],
      totals: ['17.9333800001', '3.0000200001'],
    });
  });

  it('charges all of what is never free', () => {
    expect(bill(['secret', '1'], ['dynamoWriteUnit', '2232']).lines).toEqual([
      ['DynamoDB write unit', '2232', '0.00158472', '0.00158472'],
      ['secret', '1', '0.4', '0.4'],
    ]);
  });

  it('counts together what several resources use, before anything is free', () => {
    expect(bill(['alarm', '6'], ['alarm', '5'])).toEqual({
      lines: [['alarm metric', '11', '1.1', '0.1']],
      totals: ['1.1', '0.1'],
    });
  });
});

describe('the price list', () => {
  it('has each price with what it is for, its day and where it is from', () => {
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
        `the AWS region ${JSON.stringify(awsRegion)} is not priced, only ap-southeast-1`,
      ),
    );
  });
});
