import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { type Catalog, closings } from '../../lambda/core/catalog.ts';
import {
  expectedPeriods,
  expectedSlots,
  knownAccounts,
  type Period,
} from '../../lambda/core/completeness.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import { prefetchStreams } from '../../lambda/history/read-ahead.ts';
import { accountsAhead, readRange } from '../../lambda/history/read-range.ts';
import type { LedgerView, Range } from '../../lambda/history/reader.ts';
import { findLastRecorded } from '../../lambda/history/slots.ts';
import { only } from '../print/balance-rows.ts';
import { AccountBuilder } from './account-builder.ts';
import { momentsOf, type Reading } from './moments.ts';
import { Prices } from './prices.ts';
import type { AccountRecord, PriceRecord } from './record.ts';
import { nextInterval } from './thinning.ts';

/** What to read. */
export interface GatherRequest {
  readonly accounts: readonly AccountName[];
  readonly range: Range;
  /** Those to keep, case-insensitive; undefined for all. */
  readonly currencies: readonly string[] | undefined;
  /** Where days begin, for thinning. */
  readonly timeZone: TimeZone;
}

/** Everything a report shows about its accounts. It can be thinned until the page is small enough. */
export interface Gathered {
  /** The interval of which one snapshot is kept; 0 if all are. */
  readonly interval: number;
  readonly accounts: readonly AccountRecord[];
  /** The prices of exactly the slots whose snapshots are shown. */
  readonly prices: ReadonlyMap<Region, PriceRecord>;
  /** Thins to the next interval that leaves something out; false if there is none. */
  coarsen(): boolean;
}

/**
 * The most that is kept while reading, in characters of the page: somewhat more than what a page may have, because this
 * is an estimate.
 */
const MOST_KEPT = 6_000_000;

/**
 * Reads each entry of the range once, account by account, then the prices of the snapshots that are shown, and keeps what the
 * page can show: memory is bounded, however long the range.
 *
 * @throws CodedError as the reader does.
 */
export async function gather(view: LedgerView, request: GatherRequest): Promise<Gathered> {
  const { catalog, now } = view;
  const { accounts, range, timeZone, currencies } = request;
  const read = withEnd(range, now);
  const periodsOf = new Map(accounts.map((account) => [account, expectedPeriods(catalog, account)]));
  const overlapping = [...periodsOf.values()]
    .flat()
    .filter(({ from, to }) => from < read.to && read.from < to);
  const lastRecorded = await findLastRecorded(view, overlapping);

  const shown = new Shown();
  const open = ([account, periods]: readonly [AccountName, readonly Period[]]) => {
    const expected = expectedSlots(periods, wholeSecond(read.from), Math.min(read.to, now + 1), lastRecorded);
    const entries = readRange(view, account, read);
    return momentsOf(expected, pauses(periods, read), withOnly(entries, currencies), now);
  };
  const streams = prefetchStreams<readonly [AccountName, readonly Period[]], Reading, void>(
    periodsOf,
    open,
    accountsAhead(view, read),
  );
  for await (const [[account], readings] of streams) {
    const builder = new AccountBuilder(account, closingsOf(catalog, account), range.to, timeZone);
    shown.add(builder);
    let room = shown.room() + builder.length;
    for await (const reading of readings) {
      builder.add(reading);
      if (builder.length <= room) continue;
      shown.fit();
      room = shown.room() + builder.length;
    }
  }
  const prices = new Prices(view.reader, regionsOf(catalog), shown.names(), shown.slots());
  shown.addPrices(prices);
  while (await prices.readOn()) shown.fit();
  return shown;
}

/** What is shown so far, no more than fits. */
class Shown implements Gathered {
  interval = 0;
  readonly #builders: AccountBuilder[] = [];
  #prices: Prices | undefined;
  #most = MOST_KEPT;

  get accounts(): readonly AccountRecord[] {
    return this.#builders.map((builder) => builder.build());
  }

  get prices(): ReadonlyMap<Region, PriceRecord> {
    return this.#prices?.build() ?? new Map();
  }

  add(builder: AccountBuilder): void {
    builder.thin(this.interval);
    this.#builders.push(builder);
  }

  addPrices(prices: Prices): void {
    this.#prices = prices;
  }

  /** How many more characters may be kept. */
  room(): number {
    return this.#most - this.#sumOf('length') - (this.#prices?.length ?? 0);
  }

  /** Thins until what is kept fits, or nothing more can be left out. */
  fit(): void {
    while (this.room() < 0) if (!this.coarsen()) this.#most = Infinity;
  }

  coarsen(): boolean {
    const before = this.#sumOf('size');
    for (let next = nextInterval(this.interval); next !== undefined; next = nextInterval(next)) {
      for (const builder of this.#builders) builder.thin(next);
      if (this.#sumOf('size') === before) continue;
      this.interval = next;
      this.#prices?.keep(this.slots());
      return true;
    }
    return false;
  }

  /** The slots of the snapshots that are shown. */
  slots(): ReadonlySet<Instant> {
    const slots = new Set<Instant>();
    for (const builder of this.#builders) for (const slot of builder.slots()) slots.add(slot);
    return slots;
  }

  /** The currencies of each region's accounts. */
  names(): ReadonlyMap<Region, ReadonlySet<string>> {
    const names = new Map<Region, Set<string>>();
    for (const builder of this.#builders) {
      const region = regionOf(builder.account);
      names.set(region, new Set([...(names.get(region) ?? []), ...builder.names()]));
    }
    return names;
  }

  #sumOf(name: 'size' | 'length'): number {
    return this.#builders.reduce((sum, builder) => sum + builder[name], 0);
  }
}

/** The regions of the ledger: the worth of any account can be given in the fiat currency of each. */
function regionsOf(catalog: Catalog): readonly Region[] {
  const scheduled = catalog.schedules.flatMap(({ regions }) => regions);
  return [...new Set([...scheduled, ...knownAccounts(catalog).map(regionOf)])];
}

/** The range, with what {@link AccountRecord.end} needs, if that has passed. */
function withEnd({ from, to }: Range, now: Instant): Range {
  if (to > now) return { from, to };
  return { from, to: SECOND + (to === now ? now : Math.floor(to / SECOND) * SECOND) };
}

async function* withOnly(
  entries: AsyncIterable<Found>,
  currencies: readonly string[] | undefined,
): AsyncGenerator<Found> {
  for await (const entry of entries) {
    const isTaken = currencies !== undefined && !isUnreadable(entry) && !isFailure(entry);
    yield isTaken ? { ...entry, balances: only(entry, currencies) } : entry;
  }
}

function closingsOf({ accounts }: Catalog, account: AccountName) {
  const entry = accounts.get(account);
  return entry === undefined ? [] : closings(entry);
}

/** The edges of each time in which nothing is expected, in order. */
function pauses(periods: readonly Period[], { from, to }: Range): Instant[] {
  const inOrder = [...periods].sort((a, b) => a.from - b.from);
  const edges = inOrder.flatMap((period, index) => {
    const next = inOrder[index + 1];
    return next !== undefined && period.to < next.from ? [period.to, next.from - SECOND] : [];
  });
  return edges.filter((slot) => from <= slot && slot < to);
}

function wholeSecond(instant: Instant): Instant {
  return Math.ceil(instant / SECOND) * SECOND;
}
