import pLimit from 'p-limit';
import type { AccountName } from '../core/account.ts';
import { countDue, expectedPeriods } from '../core/completeness.ts';
import { END_OF_TIME, type Instant, SECOND } from '../core/instant.ts';
import { type Failure, isFailure, isUnreadable, type Snapshot, type Unreadable } from '../core/snapshot.ts';
import { CONCURRENCY, type LedgerReader, type LedgerView } from './reader.ts';

/** What the ledger has for one account at a given time. */
export interface Reading {
  readonly account: AccountName;
  /** The newest success; undefined if there is none yet. */
  readonly snapshot: Snapshot | undefined;
  /** The newest failure, if newer than the snapshot. */
  readonly failure: Failure | undefined;
  /** The expected slots after the snapshot, none of which has one. */
  readonly missed: { readonly count: number; readonly last: Instant | undefined };
  /** An unreadable item that may be the newest success: nothing is known then, and no snapshot is given. */
  readonly unreadable: Unreadable | undefined;
}

/** The newest success of each account, in the order given, and what is newer than it. */
export function latest(view: LedgerView, accounts: readonly AccountName[]): Promise<Reading[]> {
  // Not up to `now`: the clock that wrote the newest slot may be ahead of this one.
  return at(view, accounts, END_OF_TIME);
}

/** As {@link latest}, for slots ≤ `time`. Slots count as missed only if they are due now. */
export function at(
  { reader, catalog, now }: LedgerView,
  accounts: readonly AccountName[],
  time: Instant,
): Promise<Reading[]> {
  return pLimit(CONCURRENCY).map(accounts, async (account) => {
    const newest = await reader.newest(account, time);
    const failure = newest !== undefined && isFailure(newest) ? newest : undefined;
    const success = failure === undefined ? newest : await snapshotBefore(reader, failure);
    if (success !== undefined && isUnreadable(success)) return unknown(account, failure, success);
    const snapshot = success !== undefined && !isFailure(success) ? success : undefined;
    const after = (snapshot?.slot ?? -Infinity) + 1;
    const missed = countDue(expectedPeriods(catalog, account), after, time + 1, now);
    return { account, snapshot, failure, missed, unreadable: undefined };
  });
}

function snapshotBefore(
  reader: LedgerReader,
  { account, slot }: Failure,
): Promise<Snapshot | Unreadable | undefined> {
  return reader.newestSnapshot(account, slot - SECOND);
}

/** It is also unknown which slots have no snapshot, so none is counted. */
function unknown(account: AccountName, failure: Failure | undefined, unreadable: Unreadable): Reading {
  return { account, snapshot: undefined, failure, missed: { count: 0, last: undefined }, unreadable };
}
