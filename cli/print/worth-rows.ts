import { formatDecimal } from '../../lambda/core/decimal.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import type { Worth } from '../../lambda/history/worth.ts';
import type { PointSum } from '../../lambda/history/worth-sums.ts';

/** What one currency of a snapshot was worth, as in JSON and CSV; or, without account and currency, what all were. */
export type WorthRow = {
  readonly account: string | null;
  readonly slot: string;
  readonly currency: string | null;
  /** Available plus locked; null in a sum. */
  readonly total: string | null;
  /** Of one unit, in `in`; null where there is no way to it. */
  readonly price: string | null;
  /** The markets of the price; null without one, and from a currency to itself. */
  readonly via: string | null;
  /** total × price, exact; null where unpriced. */
  readonly value: string | null;
  readonly in: string;
  /** Of a sum: the currencies held that have no price, so that the value lacks them. */
  readonly unpriced?: readonly string[];
};

export const WORTH_COLUMNS = [
  'account',
  'slot',
  'currency',
  'total',
  'price',
  'via',
  'value',
  'in',
  'unpriced',
] as const satisfies readonly (keyof WorthRow)[];

/** The rows of one snapshot, by currency; none if the account is empty. */
export function worthRows({ account, snapshot, holdings }: Worth, unit: string): WorthRow[] {
  const slot = formatSecond(snapshot.slot);
  return holdings.map(({ balance, total, way, value }) => ({
    account,
    slot,
    currency: balance.currency,
    total: formatDecimal(total),
    price: way === undefined ? null : formatDecimal(way.price),
    via: way === undefined || way.via === '' ? null : way.via,
    value: value === undefined ? null : formatDecimal(value),
    in: unit,
  }));
}

/** The row of what all accounts were worth. */
export function sumRow({ slot, sum }: PointSum, unit: string): WorthRow {
  return {
    account: null,
    slot: formatSecond(slot),
    currency: null,
    total: null,
    price: null,
    via: null,
    value: sum.value === undefined ? null : formatDecimal(sum.value),
    in: unit,
    unpriced: sum.unpriced,
  };
}
