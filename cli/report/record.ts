import type { Stretch } from '../../lambda/core/catalog.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';

/** Everything a report shows, as read from a ledger. */
export interface ReportRecord {
  /** What to call the ledger in a sentence. */
  readonly label: string;
  /** True if none of the data is real. */
  readonly simulated: boolean;
  readonly readAt: Instant;
  /** Half-open: from ≤ slot < to. */
  readonly from: Instant;
  readonly to: Instant;
  /** The zone in which times are shown. */
  readonly timeZone: TimeZone;
  /** The requested currencies; undefined for all. */
  readonly currencies: readonly string[] | undefined;
  readonly accounts: readonly AccountRecord[];
}

/** One account over the range. */
export interface AccountRecord {
  readonly account: string;
  /** When it was closed, in order. */
  readonly closings: readonly Stretch[];
  /** In order of time. */
  readonly moments: readonly Moment[];
  /** What was held, by currency, in code order. */
  readonly currencies: ReadonlyMap<string, Column>;
}

/** What an account's snapshots list for one currency. */
export interface Column {
  /** They cover every snapshot exactly once. */
  readonly repeats: readonly Repeat[];
}

/** One slot of an account, and what became of it. */
export type Moment = Taken | Lacking;

/** A snapshot. */
export interface Taken {
  readonly kind: 'snapshot';
  readonly slot: Instant;
  /** False for a snapshot outside the schedule. */
  readonly expected: boolean;
  readonly observedAt: Instant;
  /** Which of the account's snapshots it is, from 0. */
  readonly index: number;
}

/** No snapshot: a failure, nothing recorded, or the edge of a time in which nothing is expected. */
export interface Lacking extends Lack {
  readonly slot: Instant;
}

/** Why there is no snapshot. */
export interface Lack {
  readonly kind: 'failure' | 'missing' | 'pause';
  /** False for a failure outside the schedule, and for a pause. */
  readonly expected: boolean;
  /** False while a failure may still recover. */
  readonly due: boolean;
  /** A failure code, `missing`, `scheduleChanged` or `unreadable`; empty for a pause. */
  readonly reason: string;
  /** What exactly happened, in words; may be empty. */
  readonly detail: string;
}

/** An amount of one currency, as plain decimal text. */
export interface Holding {
  readonly available: string;
  readonly locked: string;
}

/** Consecutive snapshots that list the same amounts of a currency. */
export interface Repeat {
  /** The index of the first snapshot after the run. */
  readonly until: number;
  /** Undefined if the snapshots do not list the currency. */
  readonly holding: Holding | undefined;
}

/** With more accounts than this, the details of each one are folded. */
const FEW = 6;

/** True if there are too many accounts to show all their details. */
export function isLong({ accounts }: Pick<ReportRecord, 'accounts'>): boolean {
  return accounts.length > FEW;
}

/** The latest instant the record covers. */
export function asOf({ readAt, to }: Pick<ReportRecord, 'readAt' | 'to'>): Instant {
  return Math.min(readAt, to);
}

/** True for an expected slot that has no snapshot and will not get one. */
export function isHole(moment: Moment): moment is Lacking {
  return moment.kind !== 'snapshot' && moment.expected && moment.due;
}

/** What the snapshot with this index lists for a currency. */
export function holdingAt({ repeats }: Column, index: number): Holding | undefined {
  let [low, high] = [0, repeats.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((repeats[middle]?.until ?? Infinity) <= index) low = middle + 1;
    else high = middle;
  }
  return repeats[low]?.holding;
}

/** The index of the last moment at or before an instant; -1 if there is none. */
export function placeAt(moments: readonly Moment[], instant: Instant): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.slot ?? Infinity) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
