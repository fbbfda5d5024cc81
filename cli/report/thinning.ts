import { DAY, HOUR, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';
import { formatDuration } from '../print/duration.ts';

/*
 * What a page cannot hold is thinned, by one rule for the whole report: of each interval (an hour, say), counted from local
 * midnight, an account's first snapshot is kept, and its newest one of all. Slots without a snapshot are all counted, but
 * those of one interval and one reason are listed together, unless a snapshot that is kept lies between them.
 */

/** The intervals to try, in milliseconds. Each is a multiple of the one before, so thinning twice is thinning once. */
const INTERVALS = [
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  DAY,
  2 * DAY,
  4 * DAY,
  8 * DAY,
  16 * DAY,
  32 * DAY,
] as const;

/** The next longer interval; undefined after the longest. Before the first, the interval is 0: nothing is left out. */
export function nextInterval(interval: number): number | undefined {
  return INTERVALS.find((length) => length > interval);
}

/** Which interval an instant belongs to: equal numbers, same interval. With the interval 0, each instant is its own. */
export function intervalOf(instant: Instant, interval: number, timeZone: TimeZone): number {
  return interval === 0 ? instant : Math.floor((instant + TIME_ZONES[timeZone]) / interval);
}

/** What a thinned page shows, in one or two sentences. */
export function thinningText(interval: number): string {
  const each = formatDuration(interval);
  return [
    `Thinned: the slots of this range do not all fit in 5 MB, so each account shows only its first snapshot of every ${each}, and its newest.`,
    `Amounts are exact. All slots without a snapshot are counted, grouped by reason and by ${each}.`,
    'A shorter range, one account or one currency shows more.',
  ].join(' ');
}
