import { describe, expect, it } from 'vitest';
import { billOf } from '../../../cli/cost/bill.ts';
import { PRICE_LIST, type PriceList } from '../../../cli/cost/price-list.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { decimal } from '../../support/arbitraries.ts';

const bill = (...usages: readonly [keyof PriceList, string][]) => {
  const { lines, list, toPay } = billOf(
    usages.map(([of, quantity]) => ({ of, quantity: decimal(quantity) })),
    PRICE_LIST,
  );
  return {
    lines: lines.map((line) => [line.unit, ...[line.quantity, line.list, line.toPay].map(formatDecimal)]),
    totals: [list, toPay].map(formatDecimal),
  };
};

describe('a bill', () => {
  it('subtracts what is always free, and charges the rest', () => {
    expect(bill(['alarm', '6'], ['dashboard', '4'], ['lambdaGbSecond', '400001.5'])).toEqual({
      lines: [
        ['Lambda GB-second (arm64)', '400001.5', '5.3333800001', '0.0000200001'],
        ['alarm metric', '6', '0.6', '0'],
        ['dashboard', '4', '12', '3'],
      ],
      totals: ['17.9333800001', '3.0000200001'],
    });
  });

  it('charges everything that is never free', () => {
    expect(bill(['secret', '1'], ['dynamoWriteUnit', '2232']).lines).toEqual([
      ['DynamoDB write unit', '2232', '0.00158472', '0.00158472'],
      ['secret', '1', '0.4', '0.4'],
    ]);
  });

  it('adds up the usage of all resources before subtracting the free allowance', () => {
    expect(bill(['alarm', '6'], ['alarm', '5'])).toEqual({
      lines: [['alarm metric', '11', '1.1', '0.1']],
      totals: ['1.1', '0.1'],
    });
  });
});
