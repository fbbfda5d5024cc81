import pLimit from 'p-limit';
import { begunAhead } from './begun-ahead.ts';
import type { AccountName } from './core/account.ts';
import type { Catalog } from './core/catalog.ts';
import {
  countDue,
  expectedPeriods,
  expectedSlots,
  isGap,
  knownAccounts,
  type LastRecorded,
  type Period,
  type SlotOutcome,
  slotOutcomes,
} from './core/completeness.ts';
import { type Instant, SECOND } from './core/instant.ts';
import {
  type Failure,
  type Found,
  isFailure,
  isUnreadable,
  type Snapshot,
  type Unreadable,
} from './core/snapshot.ts';
import { accountsAhead, readRange } from './range.ts';

/**
 * The ledger, as a reader sees it. Each call throws CodedError ledger.unavailable, or ledger.foreign where the table is
 * not ours; a single item that cannot be read is no error, but {@link Unreadable}.
 */
export interface LedgerReader {
  /** The whole catalog, {@link Catalog.firstOfDefaults} included. */
  catalog(): Promise<Catalog>;
  /** The newest item of any kind with slot ≤ at. */
  newest(account: AccountName, at: Instant): Promise<Found | undefined>;
  /** The newest snapshot with slot ≤ at; an unreadable item that may be one, where that is newer. */
  newestSnapshot(account: AccountName, at: Instant): Promise<Snapshot | Unreadable | undefined>;
  /** All items with from ≤ slot < to, ascending. */
  entries(account: AccountName, from: Instant, to: Instant): AsyncIterable<Found>;
  /** The items of exactly these slots, in any order; a slot without one is left out. */
  get(account: AccountName, slots: readonly Instant[]): Promise<readonly Found[]>;
}

/** What the ledger knows of one account at a time. */
export interface Reading {
  readonly account: AccountName;
  /** The newest success; undefined where there is none yet. */
  readonly snapshot: Snapshot | undefined;
  /** The newest failure, where it is newer than the snapshot. */
  readonly failure: Failure | undefined;
  /** The expected slots after the snapshot: none of them has one. */
  readonly missed: { readonly count: number; readonly last: Instant | undefined };
  /** Where the newest success may be this item, which cannot be read: then nothing is known, and no snapshot is given. */
  readonly unreadable: Unreadable | undefined;
}

/** Half-open: from ≤ slot < to. */
export interface Range {
  readonly from: Instant;
  readonly to: Instant;
}

/** How many accounts are read at a time. */
const PLACES = 16;
/** The last slot there can be: years have four digits. */
const END_OF_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);

/** The newest success of each account, in the order given, and what is newer than it. */
export function latest(
  reader: LedgerReader,
  catalog: Catalog,
  accounts: readonly AccountName[],
  now: Instant,
): Promise<Reading[]> {
  // Not `now`: the clock that wrote the newest slot may be ahead of this one.
  return at(reader, catalog, accounts, END_OF_TIME, now);
}

/** As {@link latest}, of what has a slot ≤ `time`. Which slots were expected is judged by what is due `now`. */
export function at(
  reader: LedgerReader,
  catalog: Catalog,
  accounts: readonly AccountName[],
  time: Instant,
  now: Instant,
): Promise<Reading[]> {
  return pLimit(PLACES).map(accounts, async (account) => {
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

/** Which slots have no snapshot is not known either, so none is counted. */
function unknown(account: AccountName, failure: Failure | undefined, unreadable: Unreadable): Reading {
  return { account, snapshot: undefined, failure, missed: { count: 0, last: undefined }, unreadable };
}

/**
 * What became of every expected slot, account by account in the order given, each in order of time. A slot is
 * expected once it is due, or has an item; it is never later than `now`.
 */
export async function* slots(
  reader: LedgerReader,
  catalog: Catalog,
  accounts: readonly AccountName[],
  range: Range,
  now: Instant,
): AsyncGenerator<SlotOutcome> {
  // Slots are whole seconds: rounding up moves neither end across one.
  const from = wholeSecond(range.from);
  const to = wholeSecond(Math.min(range.to, now + 1));
  if (from >= to) return;
  const periodsOf = new Map(
    accounts.map((account) => [account, within(expectedPeriods(catalog, account), from, to)]),
  );
  const lastRecorded = await findLastRecorded(reader, catalog, [...periodsOf.values()].flat());
  const outcomesOf = ([account, periods]: readonly [AccountName, readonly Period[]]) => {
    const expected = expectedSlots(periods, from, to, lastRecorded);
    const part = { from: Math.max(from, periods[0]?.from ?? to), to };
    return slotOutcomes(account, expected, readRange(reader, catalog, account, part, now), now);
  };
  const asked = [...periodsOf].filter(([, periods]) => periods.length > 0);
  const streams = begunAhead(asked, outcomesOf, accountsAhead(catalog, { from, to }, now));
  for await (const [, outcomes] of streams) yield* outcomes;
}

/**
 * The expected slots that are due and have no snapshot, in the order of {@link slots}. A failure of a slot that is
 * not due yet is no gap: it may still heal.
 */
export async function* gaps(
  reader: LedgerReader,
  catalog: Catalog,
  accounts: readonly AccountName[],
  range: Range,
  now: Instant,
): AsyncGenerator<SlotOutcome> {
  for await (const outcome of slots(reader, catalog, accounts, range, now)) if (isGap(outcome)) yield outcome;
}

function within(periods: readonly Period[], from: Instant, to: Instant): Period[] {
  return periods.filter((period) => period.from < to && from < period.to);
}

/** Looks, before the end of each grid that has slots in question, for the last slot that any account has an item at. */
async function findLastRecorded(
  reader: LedgerReader,
  catalog: Catalog,
  periods: readonly Period[],
): Promise<LastRecorded> {
  const ends = [...new Set(periods.map(({ gridEnd }) => gridEnd))].filter(Number.isFinite);
  const limit = pLimit(PLACES);
  const found = new Map<Instant, Instant>();
  for (const end of ends) {
    const slots = await limit.map(knownAccounts(catalog), (account) =>
      newestScheduled(reader, account, end - SECOND),
    );
    found.set(end, Math.max(...slots));
  }
  return found;
}

/** The newest slot ≤ `at` that has an item of the schedule, or one that may be; −Infinity where there is none. */
export async function newestScheduled(
  reader: LedgerReader,
  account: AccountName,
  at: Instant,
): Promise<Instant> {
  let entry = await reader.newest(account, at);
  while (entry !== undefined && !isUnreadable(entry) && entry.manual) {
    entry = await reader.newest(account, entry.slot - SECOND);
  }
  return entry?.slot ?? -Infinity;
}

function wholeSecond(instant: Instant): Instant {
  return Math.ceil(instant / SECOND) * SECOND;
}
