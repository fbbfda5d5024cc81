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
  const totals = new Totals(currencies);
  for (const snapshot of snapshots) totals.add(snapshot);
  return totals.rows();
}

/** Adds up snapshots of several accounts, by currency. */
export class Totals {
  readonly #isWanted: (currency: string) => boolean;
  readonly #sums = new Map<string, Sum>();
  #oldest = Infinity;

  /** @param currencies those to add up, case-insensitive; undefined for all. */
  constructor(currencies: readonly string[] | undefined) {
    this.#isWanted = wantedBy(currencies);
  }

  /** The oldest slot of the snapshots so far. */
  get oldest(): Instant {
    return this.#oldest;
  }

  /** @param soldOut currencies of which the account holds 0: each has a row, if only of 0. */
  add({ slot, balances }: Snapshot, soldOut: readonly string[] = []): void {
    this.#oldest = Math.min(this.#oldest, slot);
    for (const line of balances) if (this.#isWanted(line.currency)) this.#count(line.currency, slot, line);
    for (const currency of soldOut) if (this.#isWanted(currency)) this.#count(currency, slot, undefined);
  }

  rows(): TotalRow[] {
    return [...this.#sums]
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

  #count(currency: string, slot: Instant, line: Balance | undefined): void {
    const sum = this.#sums.get(currency) ?? { balance: ZERO, locked: ZERO, accounts: 0, oldest: Infinity };
    this.#sums.set(currency, {
      balance: add(sum.balance, line?.balance ?? ZERO),
      locked: add(sum.locked, line?.locked ?? ZERO),
      accounts: sum.accounts + (line === undefined ? 0 : 1),
      oldest: Math.min(sum.oldest, slot),
    });
  }
}

/** A currency, summed over accounts. */
interface Sum {
  readonly balance: Decimal;
  readonly locked: Decimal;
  readonly accounts: number;
  readonly oldest: Instant;
}
