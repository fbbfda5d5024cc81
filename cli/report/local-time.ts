import { formatSecond, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';

/** `2026-03-31 00:00`, the local time in a zone; with seconds if they are not zero. */
export function localTime(instant: Instant, timeZone: TimeZone): string {
  const text = formatSecond(instant + TIME_ZONES[timeZone]);
  return text.slice(0, instant % MINUTE < 1_000 ? 16 : 19).replace('T', ' ');
}

/** `Asia/Singapore (UTC+8)`. */
export function zoneName(timeZone: TimeZone): string {
  const hours = TIME_ZONES[timeZone] / (60 * MINUTE);
  return hours === 0 ? timeZone : `${timeZone} (UTC+${hours})`;
}
