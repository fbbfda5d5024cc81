import { type AccountName, defaultAccount } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { regionsOnceUnknown } from '../../lambda/core/completeness.ts';
import { parseDecimal } from '../../lambda/core/decimal.ts';
import { formatSecond, type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import type { Region } from '../../lambda/core/regions.ts';
import {
  type Failure,
  type Found,
  isFailure,
  type Snapshot,
  type Unreadable,
} from '../../lambda/core/snapshot.ts';
import type { FoundPrices, LedgerReader } from '../../lambda/history/reader.ts';

/** A ledger in memory, behind the reader's interface. */
export function memoryLedger(
  catalog: Catalog,
  entries: readonly Found[],
  sheets: readonly FoundPrices[] = [],
): LedgerReader {
  const ascending = entries
    .flatMap((entry) => (entry.slot === undefined ? [] : [{ ...entry, slot: entry.slot }]))
    .sort((a, b) => a.slot - b.slot);
  const of = (account: AccountName) => ascending.filter((entry) => entry.account === account);
  return {
    catalog: () => Promise.resolve(withDefaults(catalog, entries)),
    newest: (account, at) => Promise.resolve(of(account).findLast((entry) => entry.slot <= at)),
    newestSnapshot: (account, at) =>
      Promise.resolve(
        of(account).findLast(
          (entry): entry is Exclude<typeof entry, Failure> => entry.slot <= at && !isFailure(entry),
        ),
      ),
    oldestSnapshot: (account, from, to) =>
      Promise.resolve(
        of(account).find(
          (entry): entry is Exclude<typeof entry, Failure> =>
            from <= entry.slot && entry.slot <= to && !isFailure(entry),
        ),
      ),
    listed: (account, at, currencies) => {
      const snapshots = of(account).filter((entry) => entry.slot <= at && 'balances' in entry);
      const all = new Set(
        snapshots
          .flatMap((entry) => ('balances' in entry ? entry.balances : []))
          .map(({ currency }) => currency),
      );
      return Promise.resolve(currencies.filter((currency) => all.has(currency)));
    },
    async *entries(account, from, to) {
      yield* of(account).filter((entry) => from <= entry.slot && entry.slot < to);
    },
    get: (account, slots) => Promise.resolve(of(account).filter(({ slot }) => slots.includes(slot))),
    prices: (region, slots) =>
      Promise.resolve(sheets.filter((sheet) => sheet.region === region && slots.includes(sheet.slot))),
    newestPrices: (region, at) =>
      Promise.resolve(
        [...sheets]
          .sort((a, b) => a.slot - b.slot)
          .findLast((sheet) => sheet.region === region && sheet.slot <= at),
      ),
  };
}

/** The catalog as a reader returns it: with the first item of each default account that may have one. */
export function withDefaults(catalog: Catalog, entries: readonly Found[]): Catalog {
  const first = regionsOnceUnknown(catalog)
    .map(defaultAccount)
    .map((account) => {
      const slots = entries.flatMap((entry) => (entry.account === account ? [entry.slot ?? Infinity] : []));
      return [account, Math.min(...slots)] as const;
    });
  return { ...catalog, firstOfDefaults: new Map(first.filter(([, slot]) => slot < Infinity)) };
}

export function catalogOf(accounts: readonly AccountEntry[], schedules: readonly ScheduleEntry[]): Catalog {
  return {
    accounts: new Map(accounts.map((entry) => [entry.account, entry])),
    schedules: [...schedules].sort((a, b) => a.from - b.from),
  };
}

/** `2026-11-22T06:00:00Z` and the like; throws for anything that is not a time. */
export function time(text: string): Instant {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new RangeError(`${text} is not a time`);
  return instant;
}

/** A line of a snapshot: amounts as text. */
export function line(
  currency: string,
  balance: string,
  locked = '0',
  avgBuyPrice = '0',
  unitCurrency = 'USDT',
): Balance {
  const [a, b, c] = [balance, locked, avgBuyPrice].map((text) => {
    const { value, problem } = parseDecimal(text);
    if (value === undefined) throw new RangeError(`${text} ${problem}`);
    return value;
  });
  if (a === undefined || b === undefined || c === undefined) throw new RangeError('three amounts are needed');
  return { currency, balance: a, locked: b, avgBuyPrice: c, avgBuyPriceModified: false, unitCurrency };
}

/** A snapshot observed 1.234 s after its slot. */
export function snapshot(
  account: AccountName,
  slot: Instant,
  balances: readonly Balance[] = [line('BTC', '1')],
  more: Partial<Snapshot> = {},
): Snapshot {
  return {
    account,
    slot,
    observedAt: slot + 1.234 * SECOND,
    manual: false,
    writer: 'test',
    balances,
    unknownFields: [],
    keyId: '00000000',
    ...more,
  };
}

/** An item that a newer version wrote. */
export function unreadable(account: AccountName, slot: Instant): Unreadable {
  const problem = 'its schema version is 2, and this program reads 1';
  return { account, key: formatSecond(slot), slot, problem };
}

/** A failure decided 2 s after its slot. */
export function failure(
  account: AccountName,
  slot: Instant,
  code = 'upbit.timeout',
  more: Partial<Failure> = {},
): Failure {
  return {
    account,
    slot,
    observedAt: slot + 2 * SECOND,
    manual: false,
    writer: 'test',
    failure: code,
    detail: 'no answer within 5 s',
    attempts: 3,
    ...more,
  };
}

/** Prices observed 1.1 s after their slot: `{ 'SGD-BTC': '64200' }`; a stale one has the time of its trade beside it. */
export function sheet(
  region: Region,
  slot: Instant,
  prices: Readonly<Record<string, string | readonly [price: string, tradedAt: Instant]>>,
): PriceSheet {
  const trades = Object.entries(prices).map(([market, told]) => {
    const [text, tradedAt] = typeof told === 'string' ? [told] : told;
    const { value: price, problem } = parseDecimal(text);
    if (price === undefined) throw new RangeError(`${text} ${problem}`);
    return [market, tradedAt === undefined ? { price } : { price, tradedAt }] as const;
  });
  return { region, slot, observedAt: slot + 1.1 * SECOND, prices: new Map(trades), writer: 'test' };
}
