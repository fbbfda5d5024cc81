import { formatSecond, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';

/**
 * `2026-03-31 00:00`, the local time in a zone; with seconds if they are not zero. The last hours of UTC's year 9999 are in
 * the year 10000 of a zone ahead of it.
 */
export function localTime(instant: Instant, timeZone: TimeZone): string {
  const seconds = instant % MINUTE < 1_000 ? '' : formatSecond(instant).slice(16, 19);
  const local = new Date(instant + TIME_ZONES[timeZone]).toISOString();
  const [date = '', time = ''] = local.replace(/^\+0/, '').split('T');
  return `${date} ${time.slice(0, 5)}${seconds}`;
}

/** `2026-03-31 08:00 to 10:00`; both dates if they differ, and one time if they are the same. */
export function localStretch(from: Instant, to: Instant, timeZone: TimeZone): string {
  const [begin, end] = [localTime(from, timeZone), localTime(to, timeZone)];
  if (from === to) return begin;
  const [[beginDate], [endDate, endTime]] = [begin.split(' '), end.split(' ')];
  return `${begin} to ${beginDate === endDate ? endTime : end}`;
}

/** `Asia/Singapore (UTC+8)`. */
export function zoneName(timeZone: TimeZone): string {
  const hours = TIME_ZONES[timeZone] / (60 * MINUTE);
  return hours === 0 ? timeZone : `${timeZone} (UTC+${hours})`;
}
