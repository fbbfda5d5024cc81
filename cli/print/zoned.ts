import { formatMillisecond, formatSecond, type Instant, parseSecond } from '../../lambda/core/instant.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';

/**
 * A time for a table, in the stack's zone with its offset, as every command also reads it: `2026-03-31T00:00:00+08:00`. In UTC
 * it ends in `Z`. The last hours of the year 9999 stay in UTC: a zone ahead of it would need a fifth digit.
 */
export function zoned(instant: Instant, timeZone: TimeZone): string {
  return inZone(instant, timeZone, formatSecond);
}

/** {@link zoned}, with milliseconds. */
export function zonedMillisecond(instant: Instant, timeZone: TimeZone): string {
  return inZone(instant, timeZone, formatMillisecond);
}

/** {@link zoned}, of a time as JSON and CSV have it; empty for none. */
export function zonedText(text: string | null, timeZone: TimeZone): string {
  return text === null ? '' : zoned(parseSecond(text) ?? 0, timeZone);
}

/** A time of {@link zoned} without seconds that are zero: `2026-03-31T00:00+08:00`. */
export function withoutSeconds(time: string): string {
  return time.slice(16, 19) === ':00' ? time.slice(0, 16) + time.slice(19) : time;
}

/** As wide as any time that {@link zoned} writes for the zone. */
export function zonedWidth(timeZone: TimeZone): number {
  return zoned(0, timeZone).length;
}

const YEAR_10000 = Date.UTC(10_000, 0, 1);

function inZone(instant: Instant, timeZone: TimeZone, form: (instant: Instant) => string): string {
  const offset = TIME_ZONES[timeZone];
  if (offset === 0 || instant + offset >= YEAR_10000) return form(instant);
  return `${form(instant + offset).slice(0, -1)}+${formatSecond(offset).slice(11, 16)}`;
}
