import { add, type Decimal, isNegative, multiply, subtract, ZERO } from '../../lambda/core/decimal.ts';
import { exact } from './exact.ts';
import type { Priced, PriceList } from './price-list.ts';
import type { Price } from './prices-ap-southeast-1.ts';

/** A quantity used in a month. */
export interface Usage {
  readonly of: Priced;
  readonly quantity: Decimal;
}

/** One line of a month's bill, in US dollars before tax. */
export interface BillLine {
  /** The name of the unit. */
  readonly unit: string;
  readonly quantity: Decimal;
  /** Per unit. */
  readonly price: Decimal;
  /** The cost before free allowances. */
  readonly list: Decimal;
  /** The cost after AWS's free allowances, if nothing else uses them. */
  readonly toPay: Decimal;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly list: Decimal;
  readonly toPay: Decimal;
}

/** One line for each unit that is used, in the order of the price list, and the totals. */
export function billOf(usages: readonly Usage[], prices: PriceList): Bill {
  const used = new Map<string, Decimal>();
  for (const { of, quantity } of usages) used.set(of, add(used.get(of) ?? ZERO, quantity));
  const lines = Object.entries(prices).flatMap(([name, price]) => {
    const quantity = used.get(name);
    return quantity === undefined ? [] : [lineOf(quantity, price)];
  });
  const sum = (amounts: readonly Decimal[]) => amounts.reduce(add, ZERO);
  return { lines, list: sum(lines.map(({ list }) => list)), toPay: sum(lines.map(({ toPay }) => toPay)) };
}

function lineOf(quantity: Decimal, { unit, usd, alwaysFree }: Price): BillLine {
  const price = exact(usd);
  const beyond = subtract(quantity, exact(alwaysFree?.units ?? 0));
  const billed = isNegative(beyond) ? ZERO : beyond;
  return { unit, quantity, price, list: multiply(quantity, price), toPay: multiply(billed, price) };
}
