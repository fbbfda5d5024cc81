import { type AccountName, defaultAccount, regionOf } from './account.ts';
import { type Catalog, closingAt, closings, openTimes, type ScheduleEntry, type Stretch } from './catalog.ts';
import type { Instant } from './instant.ts';
import { byCodeOrder } from './order.ts';
import type { Region } from './regions.ts';
import {
  CADENCES,
  type Cadence,
  isDue,
  isOnGrid,
  previousSlot,
  SETTLING,
  slotAtOrAfter,
  slotsBetween,
  tolerance,
} from './slots.ts';
import { type Found, isFailure, isUnreadable } from './snapshot.ts';
import { pointAfter, pointAtOrBefore, pointsBetween, type Spacing } from './spacing.ts';

/** A period, from ≤ slot < to, in which one account is expected at every slot of one schedule. */
export interface Period {
  readonly schedule: ScheduleEntry;
  readonly from: Instant;
  /** Infinity if it has no end. */
  readonly to: Instant;
  /** The first slot of the next schedule with a different `every` or `timeZone`; Infinity if there is none. */
  readonly gridEnd: Instant;
}

/** A slot at which one account is expected. */
export interface ExpectedSlot {
  readonly slot: Instant;
  /** The cadence in force, which determines when the slot is due. */
  readonly every: Cadence;
  /** The reason to report if the slot has no item. */
  readonly ifMissing: 'missing' | 'scheduleChanged';
}

/** The outcome of one expected slot of one account. */
export interface SlotOutcome {
  readonly account: AccountName;
  readonly slot: Instant;
  /** `unreadable`: the slot has an item that this version does not understand. */
  readonly outcome: 'snapshot' | 'failure' | 'missing' | 'unreadable';
  /** True once the outcome is final. A failure is a gap only then: before, a retry may still succeed. */
  readonly due: boolean;
  /** When the answer arrived, or the failure was decided; undefined if the slot is missing or unreadable. */
  readonly observedAt: Instant | undefined;
  /** How many currencies the snapshot has; undefined if there is none. */
  readonly currencies: number | undefined;
  /** Why there is no snapshot: a failure code, `missing`, `scheduleChanged`, or what is unreadable; else undefined. */
  readonly reason: string | undefined;
  /** How many characters of Upbit's answer are kept with the failure, if any. */
  readonly answer?: number;
}

/** The last slot before each `gridEnd` that has an item of any account; a grid without items has no entry. */
export type LastRecorded = ReadonlyMap<Instant, Instant>;

/**
 * When an account is expected, in order of time: while the catalog has it open and its region is scheduled. Until the
 * catalog knows an account of a region, the region's default account is expected too, because the collector records
 * failures of such a region under that name, without a catalog entry. It is expected from its first item on, and while
 * the ledger has no items at all, since the runs that should have recorded them did not. A region without any items
 * while others are collected has no expected account.
 */
export function expectedPeriods(catalog: Catalog, account: AccountName): Period[] {
  const region = regionOf(account);
  const entry = catalog.accounts.get(account);
  const stretches = [
    ...(account === defaultAccount(region) ? unnamedTimes(catalog, region) : []),
    ...(entry === undefined ? [] : openTimes(entry)),
  ];

  return catalog.schedules.flatMap((schedule, index) => {
    if (!schedule.regions.includes(region)) return [];
    const later = catalog.schedules.slice(index + 1);
    const end = later[0]?.from ?? Infinity;
    const gridEnd =
      later.find(({ every, timeZone }) => every !== schedule.every || timeZone !== schedule.timeZone)?.from ??
      Infinity;
    return stretches
      .map(({ from, to }) => ({
        schedule,
        from: Math.max(from, schedule.from),
        to: Math.min(to, end),
        gridEnd,
      }))
      .filter(({ from, to }) => from < to);
  });
}

/** The regions scheduled before the catalog knew any of their accounts: their default accounts may have items. */
export function regionsOnceUnknown(catalog: Catalog): Region[] {
  const regions = [...new Set(catalog.schedules.flatMap((schedule) => schedule.regions))];
  return regions.filter((region) =>
    catalog.schedules.some(
      (schedule) => schedule.regions.includes(region) && schedule.from < firstSince(catalog, region),
    ),
  );
}

/** When the default account of a region represents it, regardless of schedules. */
function unnamedTimes(catalog: Catalog, region: Region): Stretch[] {
  const { accounts, firstOfDefaults = new Map<AccountName, Instant>() } = catalog;
  const firstRecorded = Math.min(
    ...[...accounts.values()].map(({ since }) => since),
    ...firstOfDefaults.values(),
  );
  const to = firstSince(catalog, region);
  return [
    { from: -Infinity, to: Math.min(firstRecorded, to) },
    { from: firstOfDefaults.get(defaultAccount(region)) ?? to, to },
  ];
}

function firstSince(catalog: Catalog, region: Region): Instant {
  const entries = [...catalog.accounts.values()].filter(({ account }) => regionOf(account) === region);
  return Math.min(...entries.map(({ since }) => since));
}

/** Every account of the catalog, and every default account that was ever expected; in order. */
export function knownAccounts(catalog: Catalog): AccountName[] {
  const regions = new Set(catalog.schedules.flatMap((schedule) => schedule.regions));
  const defaults = [...regions]
    .map(defaultAccount)
    .filter((account) => expectedPeriods(catalog, account).length > 0);
  return [...new Set([...catalog.accounts.keys(), ...defaults])].sort(byCodeOrder);
}

/** The known accounts that apply at `instant`: those not closed then; default accounts only while expected. */
export function accountsAt(catalog: Catalog, instant: Instant): AccountName[] {
  return knownAccounts(catalog).filter((account) => {
    const entry = catalog.accounts.get(account);
    if (entry !== undefined) return closingAt(closings(entry), instant) === undefined;
    return expectedPeriods(catalog, account).some(({ from, to }) => from <= instant && instant < to);
  });
}

/** True if the slot is one of those that {@link countDue} counts. */
export function isExpectedAndDue(periods: readonly Period[], slot: Instant, now: Instant): boolean {
  return periods.some(
    ({ schedule, from, to }) =>
      from <= slot && slot < to && isOnGrid(schedule, slot) && isDue(schedule.every, slot, now),
  );
}

/** One point of a coarser grid, and the point after it on the same grid. */
export interface ExpectedPoint {
  readonly point: Instant;
  readonly next: Instant;
}

/**
 * The points of a coarser grid, from ≤ point < to, in order: those whose interval, up to the next point, has a slot at which
 * the account is expected. The spacing must be a multiple of the cadence of every period.
 */
export function* expectedPoints(
  periods: readonly Period[],
  every: Spacing,
  from: Instant,
  to: Instant,
): Generator<ExpectedPoint> {
  let last = -Infinity;
  for (const { schedule, ...period } of periods) {
    const first = slotAtOrAfter(schedule, period.from);
    const end = Math.min(period.to, to);
    if (first >= end) continue;
    const { timeZone } = schedule;
    const begin = Math.max(from, pointAtOrBefore(every, timeZone, first));
    for (const point of pointsBetween(every, timeZone, begin, end)) {
      // An earlier period has the point already, or a later one: after a change of time zone.
      if (point <= last) continue;
      yield { point, next: pointAfter(every, timeZone, point) };
      last = point;
    }
  }
}

/** How many slots, from ≤ slot < to, are expected and due, and the last of them. Takes no time per slot. */
export function countDue(
  periods: readonly Period[],
  from: Instant,
  to: Instant,
  now: Instant,
): { readonly count: number; readonly last: Instant | undefined } {
  let count = 0;
  let last: Instant | undefined;
  for (const { schedule, ...period } of periods) {
    const first = slotAtOrAfter(schedule, Math.max(from, period.from));
    const end = Math.min(to, period.to, now - tolerance(schedule.every) - SETTLING);
    if (first >= end) continue;
    last = previousSlot(schedule, end);
    count += (last - first) / CADENCES[schedule.every] + 1;
  }
  return { count, last };
}

/**
 * The periods without the slots that a change of schedule leaves open: those of the old grid after its last recorded slot,
 * whose reason is `scheduleChanged`. Nobody knows whether they were still meant to run, so they are not missed.
 */
export function certainPeriods(periods: readonly Period[], lastRecorded: LastRecorded): Period[] {
  return periods
    .map((period) => ({ ...period, to: Math.min(period.to, lastCertain(period, lastRecorded) + 1) }))
    .filter(({ from, to }) => from < to);
}

/** The last slot of this period's grid that was certainly meant to run; Infinity for the grid in force. */
function lastCertain({ gridEnd }: Pick<Period, 'gridEnd'>, lastRecorded: LastRecorded): Instant {
  return gridEnd < Infinity ? (lastRecorded.get(gridEnd) ?? -Infinity) : Infinity;
}

/**
 * Each expected slot of one account with its outcome, in order. A slot without an item is left out until it is due;
 * one with an item is shown at once. Manual items are ignored. Keeps nothing in memory: `entries` are read in step with
 * the grid, and must be the account's, in order of slot.
 */
export async function* slotOutcomes(
  account: AccountName,
  expected: Iterable<ExpectedSlot>,
  entries: AsyncIterable<Found>,
  now: Instant,
): AsyncGenerator<SlotOutcome> {
  const stream = entries[Symbol.asyncIterator]();
  try {
    let next = await stream.next();
    for (const { slot, every, ifMissing } of expected) {
      while (next.done !== true && isPassed(next.value, slot)) next = await stream.next();
      const due = isDue(every, slot, now);
      if (next.done !== true && next.value.slot === slot) yield recorded(account, slot, next.value, due);
      else if (due) yield missing(account, slot, ifMissing);
    }
  } finally {
    await stream.return?.();
  }
}

/** True for an item that says nothing about this slot or a later one. */
function isPassed(found: Found, slot: Instant): boolean {
  return found.slot === undefined || found.slot < slot || (!isUnreadable(found) && found.manual);
}

/** The expected slots of the periods, from ≤ slot < to, in order, due or not. */
export function* expectedSlots(
  periods: readonly Period[],
  from: Instant,
  to: Instant,
  lastRecorded: LastRecorded,
): Generator<ExpectedSlot> {
  for (const { schedule, gridEnd, ...period } of periods) {
    const { every } = schedule;
    // It is unknown when the old grid stopped, between its last item and the first slot of the new grid.
    const changedAfter = lastCertain({ gridEnd }, lastRecorded);
    for (const slot of slotsBetween(schedule, Math.max(from, period.from), Math.min(to, period.to))) {
      yield { slot, every, ifMissing: slot > changedAfter ? 'scheduleChanged' : 'missing' };
    }
  }
}

function recorded(account: AccountName, slot: Instant, entry: Found, due: boolean): SlotOutcome {
  if (isUnreadable(entry)) {
    const nothing = { observedAt: undefined, currencies: undefined };
    return { account, slot, outcome: 'unreadable', due, ...nothing, reason: entry.problem };
  }
  const { observedAt } = entry;
  return isFailure(entry)
    ? {
        account,
        slot,
        outcome: 'failure',
        due,
        observedAt,
        currencies: undefined,
        reason: entry.failure,
        ...(entry.answer === undefined ? {} : { answer: entry.answer.text.length }),
      }
    : {
        account,
        slot,
        outcome: 'snapshot',
        due,
        observedAt,
        currencies: entry.balances.length,
        reason: undefined,
      };
}

function missing(account: AccountName, slot: Instant, reason: ExpectedSlot['ifMissing']): SlotOutcome {
  return {
    account,
    slot,
    outcome: 'missing',
    due: true,
    observedAt: undefined,
    currencies: undefined,
    reason,
  };
}

/** True for an expected slot that has no snapshot and will not get one. An unreadable slot does not count. */
export function isGap({ outcome, due }: SlotOutcome): boolean {
  return due && (outcome === 'failure' || outcome === 'missing');
}
