import type { AccountName } from '../../lambda/core/account.ts';
import { type Catalog, closings } from '../../lambda/core/catalog.ts';
import { expectedPeriods, expectedSlots, type Period } from '../../lambda/core/completeness.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import { prefetchStreams } from '../../lambda/history/read-ahead.ts';
import { accountsAhead, readRange } from '../../lambda/history/read-range.ts';
import type { LedgerView, Range } from '../../lambda/history/reader.ts';
import { findLastRecorded } from '../../lambda/history/slots.ts';
import { only } from '../print/balance-rows.ts';
import { AccountBuilder } from './account-builder.ts';
import { momentsOf, type Reading } from './moments.ts';
import type { AccountRecord } from './record.ts';
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
  /** Thins to the next interval that leaves something out; false if there is none. */
  coarsen(): boolean;
}

/**
 * The most that is kept while reading, in characters of the page: somewhat more than what a page may have, because this
 * is an estimate. It takes about 100 MB.
 */
const MOST_KEPT = 6_000_000;

/**
 * Reads each entry of the range once, account by account, and keeps what the page can show: memory is bounded, however long
 * the range.
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

  const builders: AccountBuilder[] = [];
  const sumOf = (name: 'size' | 'length') => builders.reduce((sum, builder) => sum + builder[name], 0);
  let interval = 0;
  const coarsen = () => {
    const before = sumOf('size');
    for (let next = nextInterval(interval); next !== undefined; next = nextInterval(next)) {
      for (const builder of builders) builder.thin(next);
      if (sumOf('size') === before) continue;
      interval = next;
      return true;
    }
    return false;
  };

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
  let most = MOST_KEPT;
  for await (const [[account], readings] of streams) {
    const builder = new AccountBuilder(account, closingsOf(catalog, account), range.to, timeZone);
    builder.thin(interval);
    const others = sumOf('length');
    builders.push(builder);
    let room = most - others;
    for await (const reading of readings) {
      builder.add(reading);
      if (builder.length <= room) continue;
      while (sumOf('length') > most) if (!coarsen()) most = Infinity;
      room = most - sumOf('length') + builder.length;
    }
  }
  return {
    get interval() {
      return interval;
    },
    get accounts() {
      return builders.map((builder) => builder.build());
    },
    coarsen,
  };
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
