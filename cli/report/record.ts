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
  /** Half-open: from ≤ slot < to. Only the holdings at `to` look at the slot `to` itself. */
  readonly from: Instant;
  readonly to: Instant;
  /** The zone in which times are shown. */
  readonly timeZone: TimeZone;
  /** The requested currencies; undefined for all. */
  readonly currencies: readonly string[] | undefined;
  /** The length of the intervals of which only the first snapshot is shown, see `thinning.ts`; 0 if all are. */
  readonly interval: number;
  readonly accounts: readonly AccountRecord[];
}

/** One account over the range. */
export interface AccountRecord {
  readonly account: string;
  /** When it was closed, in order. */
  readonly closings: readonly Stretch[];
  /** The expected slots of the range by outcome, including those that thinning left out. */
  readonly counts: Tally;
  /** In order of time. */
  readonly moments: readonly Moment[];
  /**
   * What became of the slot `to` itself, which is outside the range: what was held at `to` depends on it. If the range ends
   * now, also a manual snapshot of now: on the grid, it moves one second on.
   */
  readonly end: readonly Moment[];
  /** What was held, by currency, in code order. */
  readonly currencies: ReadonlyMap<string, Column>;
}

/** The number of expected slots by outcome. `expected` is the sum of the others. */
export interface Tally {
  readonly expected: number;
  readonly taken: number;
  readonly failed: number;
  readonly missing: number;
  /** Something is recorded that this version cannot read: it may be a snapshot. */
  readonly unreadable: number;
  /** Failures that may still recover. */
  readonly open: number;
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

/** No readable snapshot, or the edge of a time in which nothing is expected. In a thinned report, several such slots. */
export interface Lacking extends Lack {
  /** The first one, if there are several. */
  readonly slot: Instant;
}

/** Why there is no snapshot. */
export interface Lack {
  readonly kind: 'failure' | 'missing' | 'unreadable' | 'pause';
  /** False for a failure outside the schedule, and for a pause. */
  readonly expected: boolean;
  /** False while a failure may still recover. */
  readonly due: boolean;
  /** A failure code, `missing`, `scheduleChanged` or `unreadable`; empty for a pause. */
  readonly reason: string;
  /** What exactly happened, in words, the first time if there are several; may be empty. */
  readonly detail: string;
  /** How many slots this stands for. */
  readonly count: number;
  /** From the first of these slots to the last, in milliseconds; 0 for one slot. */
  readonly span: number;
  /** The cadence of these slots, in milliseconds; 0 outside the schedule. */
  readonly every: number;
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

/** True for an expected slot without a readable snapshot that will not get one. */
export function isHole(moment: Moment): moment is Lacking {
  return moment.kind !== 'snapshot' && moment.expected && moment.due;
}

/** True for slots without a snapshot for the same reason. */
export function isAlike(a: Moment | undefined, b: Lacking): a is Lacking {
  return (
    a !== undefined &&
    a.kind !== 'snapshot' &&
    a.kind === b.kind &&
    a.reason === b.reason &&
    a.expected === b.expected &&
    a.due === b.due
  );
}

/** How many slots these stand for. */
export function slotsIn(lacking: readonly Lacking[]): number {
  return lacking.reduce((sum, { count }) => sum + count, 0);
}

/** True if snapshots of a thinned report that are not shown lie between these slots. */
export function isScattered({ count, span, every }: Lacking): boolean {
  return span !== (count - 1) * every;
}

/** The last of the slots that this stands for. */
export function lastSlot({ slot, span }: Lacking): Instant {
  return slot + span;
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
