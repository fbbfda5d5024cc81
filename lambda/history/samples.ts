import type { AccountName } from '../core/account.ts';
import type { Catalog, ScheduleEntry } from '../core/catalog.ts';
import { type ExpectedPoint, expectedPeriods, expectedPoints } from '../core/completeness.ts';
import type { Instant } from '../core/instant.ts';
import { type Found, isFailure, isUnreadable, type Snapshot } from '../core/snapshot.ts';
import { fits, type Spacing } from '../core/spacing.ts';
import { chunks, readAhead } from './read-ahead.ts';
import { readRange } from './read-range.ts';
import type { LedgerView, Range } from './reader.ts';

/** One point of a coarser grid, and the snapshot that represents it. */
export interface Sample {
  readonly point: Instant;
  /** The point's own, or else the first success before the next point; undefined if there is none. */
  readonly snapshot: Snapshot | undefined;
}

/** A point, and the end of its interval: no later than the next point or the end of the range. */
interface Interval {
  readonly point: Instant;
  readonly end: Instant;
}

/** How many points are requested at a time: the limit of one BatchGetItem. */
const CHUNK = 100;
/** How many chunks are in memory at a time: the one being consumed and those being read. */
const AHEAD = 4;

/** The first schedule in the range whose cadence does not divide `every`: its slots do not all fit such a grid. */
export function unfitSchedule(
  { schedules }: Catalog,
  { from, to }: Range,
  every: Spacing,
): ScheduleEntry | undefined {
  return schedules.find(
    (schedule, index) =>
      schedule.from < to && from < (schedules[index + 1]?.from ?? Infinity) && !fits(schedule.every, every),
  );
}

/**
 * The points of an account, one per `every` on the grid of the schedule in force, each with its snapshot: from ≤ point
 * and slot < to, in order. They are read by their exact keys, so the slots between cost nothing; only after a point
 * without a success is its interval read, for the next one. Manual snapshots are ignored. A point whose interval has no
 * slot at which the account is expected is left out, and so is one later than `now`.
 *
 * @throws CodedError as the reader does.
 */
export async function* samples(
  view: LedgerView,
  account: AccountName,
  range: Range,
  every: Spacing,
): AsyncGenerator<Sample> {
  const intervalsInChunks = chunks(intervals(view, account, range, every), CHUNK);
  const tasks = map(intervalsInChunks, (chunk) => () => read(view, account, chunk));
  for await (const found of readAhead(tasks, AHEAD)) yield* found;
}

/** The points of the range with their intervals. A change of time zone can end an interval early. */
function* intervals(
  { catalog, now }: LedgerView,
  account: AccountName,
  range: Range,
  every: Spacing,
): Generator<Interval> {
  const to = Math.min(range.to, now + 1);
  let before: ExpectedPoint | undefined;
  for (const point of expectedPoints(expectedPeriods(catalog, account), every, range.from, to)) {
    if (before !== undefined) yield { point: before.point, end: Math.min(point.point, before.next) };
    before = point;
  }
  if (before !== undefined) yield { point: before.point, end: Math.min(to, before.next) };
}

async function read(view: LedgerView, account: AccountName, chunk: readonly Interval[]): Promise<Sample[]> {
  const entries = await view.reader.get(
    account,
    chunk.map(({ point }) => point),
  );
  const found = new Map(entries.filter(counts).map((entry) => [entry.slot, entry]));
  for (const stretch of stretches(chunk.filter(({ point }) => !found.has(point)))) {
    await findNext(view, account, stretch, found);
  }
  return chunk.map(({ point }) => ({ point, snapshot: found.get(point) }));
}

/** Finds the first success in each of a series of adjacent intervals, and adds it under its point. */
async function findNext(
  view: LedgerView,
  account: AccountName,
  stretch: readonly Interval[],
  found: Map<Instant, Snapshot>,
): Promise<void> {
  const [first, last] = [stretch[0], stretch.at(-1)];
  if (first === undefined || last === undefined) return;
  const entries = readRange(view, account, { from: first.point, to: last.end });
  const waiting = [...stretch];
  for await (const entry of entries) {
    if (!counts(entry)) continue;
    while (waiting[0] !== undefined && waiting[0].end <= entry.slot) waiting.shift();
    const [next] = waiting;
    if (next === undefined) return;
    if (entry.slot < next.point) continue;
    found.set(next.point, entry);
    waiting.shift();
  }
}

/** Groups intervals into series in which each begins where the previous one ends. */
function stretches(list: readonly Interval[]): Interval[][] {
  const found: Interval[][] = [];
  for (const interval of list) {
    const last = found.at(-1);
    if (last?.at(-1)?.end === interval.point) last.push(interval);
    else found.push([interval]);
  }
  return found;
}

function counts(found: Found): found is Snapshot {
  return !isUnreadable(found) && !isFailure(found) && !found.manual;
}

function* map<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U> {
  for (const item of items) yield change(item);
}
