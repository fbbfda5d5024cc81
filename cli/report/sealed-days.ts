import {
  DAY,
  formatSecond,
  type Instant,
  parseSecond,
  SECOND,
  secondFrom,
} from '../../lambda/core/instant.ts';
import { covers, dayName, overdueBefore, type Seal } from '../../lambda/core/seal.ts';
import { localMidnight, type TimeZone } from '../../lambda/core/slots.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { isUnreadableSeal, type StoredLedger, sealSlot } from '../../lambda/history/stored-ledger.ts';

/** Which days of a range have a seal. Nothing is compared with the seals. */
export interface SealedDays {
  /** How many have one. */
  readonly sealed: number;
  /** The newest of their seals, whose root depends on all before it. */
  readonly newest: Pick<Seal, 'from' | 'timeZone' | 'root' | 'sealedAt'> | undefined;
  /** Those that have none, in order; neighbours for the same reason are together. */
  readonly others: readonly UnsealedDays[];
}

/** Days in a row that have no seal. */
export interface UnsealedDays {
  /** `pending`: they ended too recently for a seal to be overdue; `unreadable`: this version cannot read their seals. */
  readonly why: 'none' | 'pending' | 'unreadable';
  /** The dates of the first and the last. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
}

/** What to look at. */
interface SealedDaysRequest {
  readonly range: Range;
  /** When the ledger begins, Infinity if it is empty: no earlier day is expected to have a seal. */
  readonly beginning: Instant;
  /** Whose days are counted. */
  readonly timeZone: TimeZone;
  readonly now: Instant;
}

/**
 * Reads the seals of each day that overlaps the range and has begun.
 *
 * @throws CodedError `ledger.*` if the ledger cannot be read.
 */
export async function readSealedDays(
  stored: StoredLedger,
  { range, beginning, timeZone, now }: SealedDaysRequest,
): Promise<SealedDays> {
  const [start, end] = [Math.max(range.from, beginning), Math.min(range.to, now)];
  if (start >= end) return { sealed: 0, newest: undefined, others: [] };
  const first = localMidnight(timeZone, start);
  const { newest, sealed, unreadable } = await readSeals(stored, first, end);
  const due = overdueBefore(timeZone, now);
  const others: UnsealedDays[] = [];
  let count = 0;
  let before: UnsealedDays['why'] | undefined;
  for (let from = first; from < end; from += DAY) {
    const isSealed = sealed.some((stretch) => stretch.from <= from && from + DAY <= stretch.to);
    const why = unreadable.some((slot) => covers({ from }, slot))
      ? 'unreadable'
      : from >= due
        ? 'pending'
        : 'none';
    const last = others.at(-1);
    const day = dayName({ from, timeZone });
    if (isSealed) count += 1;
    else if (last !== undefined && before === why)
      others.splice(-1, 1, { ...last, last: day, count: last.count + 1 });
    else others.push({ why, first: day, last: day, count: 1 });
    before = isSealed ? undefined : why;
  }
  return { sealed: count, newest, others };
}

/** The seals of the days from `first` on that begin before `end`. */
async function readSeals(stored: StoredLedger, first: Instant, end: Instant) {
  let newest: Seal | undefined;
  /** What they cover together: after a change of the time zone, days overlap. */
  const sealed: { from: Instant; to: Instant }[] = [];
  const unreadable: Instant[] = [];
  const after = formatSecond(secondFrom(end));
  // In an earlier time zone, the day that is under way then began earlier.
  for await (const found of stored.seals(first - DAY + SECOND)) {
    if (sealSlot(found) >= after) break;
    if (isUnreadableSeal(found)) {
      unreadable.push(parseSecond(found.slot) ?? Number.NaN);
      continue;
    }
    newest = found;
    const last = sealed.at(-1);
    if (last !== undefined && found.from <= last.to) last.to = found.from + DAY;
    else sealed.push({ from: found.from, to: found.from + DAY });
  }
  return { newest, sealed, unreadable };
}
