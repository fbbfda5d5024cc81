import { type Balance, held } from '../../lambda/core/balances.ts';
import { add, type Decimal, formatDecimal, ZERO } from '../../lambda/core/decimal.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';

/** One line of a snapshot, as in JSON and CSV. */
export type BalanceRow = {
  readonly account: string;
  readonly slot: string;
  readonly observedAt: string;
  /** Null, like all fields after it, for an empty account. */
  readonly currency: string | null;
  readonly balance: string | null;
  readonly locked: string | null;
  readonly avg_buy_price: string | null;
  readonly avg_buy_price_modified: boolean | null;
  readonly unit_currency: string | null;
};

export const BALANCE_COLUMNS = [
  'account',
  'slot',
  'observedAt',
  'currency',
  'balance',
  'locked',
  'avg_buy_price',
  'avg_buy_price_modified',
  'unit_currency',
] as const satisfies readonly (keyof BalanceRow)[];

/** The total of one currency over all accounts. */
export type TotalRow = {
  readonly currency: string;
  readonly balance: string;
  readonly locked: string;
  /** balance + locked. */
  readonly total: string;
  /** How many accounts list the currency. */
  readonly accounts: number;
  /** The oldest slot of the snapshots that list it. */
  readonly oldest_slot: string;
};

export const TOTAL_COLUMNS = [
  'currency',
  'balance',
  'locked',
  'total',
  'accounts',
  'oldest_slot',
] as const satisfies readonly (keyof TotalRow)[];

/** The balances in the named currencies, case-insensitive; undefined for all. */
export function only(snapshot: Snapshot, currencies: readonly string[] | undefined): readonly Balance[] {
  const isWanted = wantedBy(currencies);
  return snapshot.balances.filter(({ currency }) => isWanted(currency));
}

/** Tells whether a currency is one of those named, case-insensitive; with undefined every one is. */
export function wantedBy(currencies: readonly string[] | undefined): (currency: string) => boolean {
  if (currencies === undefined) return () => true;
  const wanted = new Set(currencies.map((currency) => currency.toUpperCase()));
  return (currency) => wanted.has(currency.toUpperCase());
}

/**
 * The rows of one snapshot, by currency. An empty account is one row, unless currencies were requested.
 *
 * @param soldOut currencies that the snapshot does not list although an earlier one did: each has a row of 0.
 */
export function balanceRows(
  snapshot: Snapshot,
  currencies: readonly string[] | undefined,
  soldOut: readonly string[] = [],
): BalanceRow[] {
  const { account } = snapshot;
  const slot = formatSecond(snapshot.slot);
  const observedAt = formatMillisecond(snapshot.observedAt);
  const unpriced = { avg_buy_price: null, avg_buy_price_modified: null, unit_currency: null };
  const empty = { account, slot, observedAt, currency: null, balance: null, locked: null, ...unpriced };
  const gone = soldOut.filter(wantedBy(currencies)).map((currency): BalanceRow => {
    return { account, slot, observedAt, currency, balance: '0', locked: '0', ...unpriced };
  });
  if (snapshot.balances.length === 0) return currencies === undefined ? [empty, ...gone] : gone;
  const listed = only(snapshot, currencies).map((line) => ({
    account,
    slot,
    observedAt,
    currency: line.currency,
    balance: formatDecimal(line.balance),
    locked: formatDecimal(line.locked),
    avg_buy_price: formatDecimal(line.avgBuyPrice),
    avg_buy_price_modified: line.avgBuyPriceModified,
    unit_currency: line.unitCurrency,
  }));
  return [...listed, ...gone].sort((a, b) => byCodeOrder(a.currency ?? '', b.currency ?? ''));
}

/** The exact totals over the snapshots, by currency. */
export function totalRows(
  snapshots: readonly Snapshot[],
  currencies: readonly string[] | undefined,
): TotalRow[] {
  const sums = new Map<string, Sum>();
  for (const snapshot of snapshots) {
    for (const line of only(snapshot, currencies)) {
      const sum = sums.get(line.currency) ?? { balance: ZERO, locked: ZERO, accounts: 0, oldest: Infinity };
      sums.set(line.currency, {
        balance: add(sum.balance, line.balance),
        locked: add(sum.locked, line.locked),
        accounts: sum.accounts + 1,
        oldest: Math.min(sum.oldest, snapshot.slot),
      });
    }
  }
  return [...sums]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([currency, { balance, locked, accounts, oldest }]) => ({
      currency,
      balance: formatDecimal(balance),
      locked: formatDecimal(locked),
      total: formatDecimal(held({ balance, locked })),
      accounts,
      oldest_slot: formatSecond(oldest),
    }));
}

/** A currency, summed over accounts. */
interface Sum {
  readonly balance: Decimal;
  readonly locked: Decimal;
  readonly accounts: number;
  readonly oldest: Instant;
}
