import pLimit from 'p-limit';
import type { AccountName } from '../core/account.ts';
import { certainPeriods, countDue, expectedPeriods, type Period } from '../core/completeness.ts';
import { END_OF_TIME, type Instant, MINUTE, SECOND } from '../core/instant.ts';
import { type Failure, isFailure, isUnreadable, type Snapshot, type Unreadable } from '../core/snapshot.ts';
import { CONCURRENCY, type LedgerReader, type LedgerView } from './reader.ts';
import { findLastRecorded } from './slots.ts';

/** What the ledger has for one account at a given time. */
export interface Reading {
  readonly account: AccountName;
  /** The newest success; undefined if there is none yet. */
  readonly snapshot: Snapshot | undefined;
  /** The newest failure, if newer than the snapshot. */
  readonly failure: Failure | undefined;
  /**
   * The expected slots after the snapshot, none of which has one. The slots that a change of schedule leaves open
   * (`scheduleChanged`) are not among them.
   */
  readonly missed: { readonly count: number; readonly last: Instant | undefined };
  /** An unreadable item that may be the newest success: nothing is known then, and no snapshot is given. */
  readonly unreadable: Unreadable | undefined;
  /**
   * The slot of the newest item, if it is later than now: the clock that wrote it was ahead, or the reader's is behind. Such
   * an item is left out.
   */
  readonly future: Instant | undefined;
  /** The slot of the first snapshot after the time asked about, if there is none up to it. */
  readonly first: Instant | undefined;
}

/** How far the clock of the host that wrote an item may be ahead of the reader's, in milliseconds. */
const CLOCKS_APART = 2 * MINUTE;

/** The newest success of each account, in the order given, and what is newer than it. */
export function latest(view: LedgerView, accounts: readonly AccountName[]): Promise<Reading[]> {
  return at(view, accounts, END_OF_TIME);
}

/** As {@link latest}, for slots ≤ `time`, and never later than now. Slots count as missed only if they are due now. */
export async function at(
  view: LedgerView,
  accounts: readonly AccountName[],
  time: Instant,
): Promise<Reading[]> {
  const { reader, catalog, now } = view;
  const found = await pLimit(CONCURRENCY).map(accounts, (account) =>
    newest(reader, account, time, now + CLOCKS_APART),
  );
  const owed = found.map(({ account, snapshot, unreadable }) => {
    // If the newest success is unknown, so is which slots have no snapshot.
    if (unreadable !== undefined) return [];
    const from = (snapshot?.slot ?? -Infinity) + 1;
    return expectedPeriods(catalog, account)
      .map((period) => ({ ...period, from: Math.max(period.from, from), to: Math.min(period.to, time + 1) }))
      .filter((period) => countOf([period], now).count > 0);
  });
  // Usually every account has a snapshot of the grid in force, and nothing is read here.
  const lastRecorded = await findLastRecorded(view, owed.flat());
  return found.map((reading, index) => ({
    ...reading,
    missed: countOf(certainPeriods(owed[index] ?? [], lastRecorded), now),
  }));
}

/**
 * The last missed slot, if neither it nor a later one has a record: no run got that far. Undefined if nothing is missed, or
 * if the newest failure, which may be of a slot that is not due yet, shows that runs arrive.
 */
export function lastUnrecorded({ missed, failure }: Reading): Instant | undefined {
  return failure !== undefined && missed.last !== undefined && failure.slot >= missed.last
    ? undefined
    : missed.last;
}

function countOf(periods: readonly Period[], now: Instant): Reading['missed'] {
  return countDue(periods, -Infinity, Infinity, now);
}

/** What the ledger has, without what it lacks. Items later than `limit` are left out. */
async function newest(
  reader: LedgerReader,
  account: AccountName,
  time: Instant,
  limit: Instant,
): Promise<Omit<Reading, 'missed'>> {
  const top = await reader.newest(account, time);
  const future = top?.slot !== undefined && top.slot > limit ? top.slot : undefined;
  const entry = future === undefined ? top : await reader.newest(account, limit);
  const failure = entry !== undefined && isFailure(entry) ? entry : undefined;
  const success = failure === undefined ? entry : await snapshotBefore(reader, failure);
  if (success !== undefined && isUnreadable(success))
    return { account, snapshot: undefined, failure, unreadable: success, future, first: undefined };
  const snapshot = success !== undefined && !isFailure(success) ? success : undefined;
  const next =
    snapshot === undefined && time < limit
      ? await reader.oldestSnapshot(account, time + 1, limit)
      : undefined;
  const first = next === undefined || isUnreadable(next) ? undefined : next.slot;
  return { account, snapshot, failure, unreadable: undefined, future, first };
}

function snapshotBefore(
  reader: LedgerReader,
  { account, slot }: Failure,
): Promise<Snapshot | Unreadable | undefined> {
  return reader.newestSnapshot(account, slot - SECOND);
}
