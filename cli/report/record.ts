import type { AccountName } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import type { Stretch } from '../../lambda/core/catalog.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { lastUpTo } from './bisect.ts';
import type { NumberColumn } from './numbers.ts';

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
  /** The currency in which the page gives worth at first. */
  readonly unit: string;
  /** The prices of the slots whose snapshots are shown; a region without any is absent. */
  readonly prices: ReadonlyMap<Region, PriceRecord>;
}

/** The prices of a region, as far as the worth of what is shown depends on them. */
export interface PriceRecord {
  /** The slots that have prices, in order. */
  readonly slots: readonly Instant[];
  /** Its markets, in code order, with one number for each slot. */
  readonly markets: ReadonlyMap<string, PriceColumn>;
}

/** The prices of a market. */
export interface PriceColumn {
  /** Nothing where no price was recorded. */
  readonly price: NumberColumn;
  /** The time of the last trade, in ms, where that is more than an hour old; undefined if it never is. */
  readonly tradedAt: NumberColumn | undefined;
}

/** One account over the range. */
export interface AccountRecord {
  readonly account: AccountName;
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

/** What an account's snapshots list for one currency: one number for each snapshot. */
export interface Column {
  /** The available amount; nothing where the currency is not listed. */
  readonly balance: NumberColumn;
  /** These count only where it is listed. */
  readonly locked: NumberColumn;
  readonly avgBuyPrice: NumberColumn;
  readonly kinds: readonly Kind[];
}

/** What its average price is, in successive snapshots. */
export interface Kind extends Pick<Balance, 'unitCurrency' | 'avgBuyPriceModified'> {
  /** The index after the last snapshot. */
  readonly until: number;
}

/** What a snapshot lists for one currency. */
export type Holding = Omit<Balance, 'currency'>;

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

/** What the snapshot with this index lists for a currency; undefined if it does not list it. */
export function holdingAt(column: Column, index: number): Holding | undefined {
  const balance = column.balance.at(index);
  if (balance === undefined) return undefined;
  const [locked, avgBuyPrice] = [column.locked.at(index), column.avgBuyPrice.at(index)];
  const kind = kindAt(column.kinds, index);
  if (locked === undefined || avgBuyPrice === undefined || kind === undefined)
    throw new RangeError(`snapshot ${index} has no amounts of a currency that it lists`);
  const { unitCurrency, avgBuyPriceModified } = kind;
  return { balance, locked, avgBuyPrice, unitCurrency, avgBuyPriceModified };
}

/** The kind of the snapshot with this index. */
export function kindAt(kinds: readonly Kind[], index: number): Kind | undefined {
  return kinds.find(({ until }) => index < until);
}

/** The index of the last moment at or before an instant; -1 if there is none. */
export function placeAt(moments: readonly Moment[], instant: Instant): number {
  return lastUpTo(moments.length, (place) => (moments[place]?.slot ?? Infinity) <= instant);
}
