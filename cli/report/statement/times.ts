import { formatMillisecond, formatSecond, type Instant } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { formatDuration } from '../../print/duration.ts';
import { zoned, zonedMillisecond } from '../../print/zoned.ts';
import { element, type Markup } from '../markup.ts';

/** A time to the second, in the zone with its offset. */
export function timeMark(instant: Instant, timeZone: TimeZone): Markup {
  return element('time', { datetime: formatSecond(instant) }, zoned(instant, timeZone));
}

/** A time to the millisecond, in the zone with its offset. */
export function millisecondMark(instant: Instant, timeZone: TimeZone): Markup {
  return element('time', { datetime: formatMillisecond(instant) }, zonedMillisecond(instant, timeZone));
}

/** The same time in UTC, in brackets; nothing if the zone is UTC. */
export function inUtc(instant: Instant, timeZone: TimeZone): string {
  return timeZone === 'UTC' ? '' : ` (${formatSecond(instant)} in UTC)`;
}

/** `2 h 5 min before the time of the statement`, or after it. */
export function distance(instant: Instant, at: Instant): string {
  return `${formatDuration(Math.abs(at - instant))} ${instant > at ? 'after' : 'before'} the time of the statement`;
}
