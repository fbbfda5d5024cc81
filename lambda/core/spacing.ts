import { DAY, type Instant } from './instant.ts';
import {
  CADENCES,
  type Cadence,
  isCadence,
  localMidnight,
  slotAtOrBefore,
  TIME_ZONES,
  type TimeZone,
} from './slots.ts';

/** How far apart the points of a coarser grid are: a cadence, a week (Mondays) or a month (firsts), from local midnight. */
export type Spacing = Cadence | '1w' | '1mo';

export const SPACINGS: readonly Spacing[] = [...Object.keys(CADENCES).filter(isCadence), '1w', '1mo'];

/** 1 January 1970 was a Thursday. */
const MONDAY = 4;

/** True if every slot grid of the cadence has all points of the spacing, in the same zone. */
export function fits(cadence: Cadence, every: Spacing): boolean {
  // Every cadence divides a day, and a week and a month are whole days.
  return !isCadence(every) || CADENCES[every] % CADENCES[cadence] === 0;
}

/** The last point at or before the instant. */
export function pointAtOrBefore(every: Spacing, timeZone: TimeZone, instant: Instant): Instant {
  if (isCadence(every)) return slotAtOrBefore({ every, timeZone }, instant);
  const offset = TIME_ZONES[timeZone];
  const midnight = localMidnight(timeZone, instant) + offset;
  if (every === '1mo') {
    const date = new Date(midnight);
    return midnight - (date.getUTCDate() - 1) * DAY - offset;
  }
  const day = midnight / DAY - MONDAY;
  return midnight - (day - Math.floor(day / 7) * 7) * DAY - offset;
}

/** The point after this one. */
export function pointAfter(every: Spacing, timeZone: TimeZone, point: Instant): Instant {
  if (isCadence(every)) return point + CADENCES[every];
  // Any moment of the next week or month: it ends before the one after.
  return pointAtOrBefore(every, timeZone, point + (every === '1w' ? 7 : 31) * DAY);
}

/** The points of the range, from ≤ point < to, in order. */
export function* pointsBetween(
  every: Spacing,
  timeZone: TimeZone,
  from: Instant,
  to: Instant,
): Generator<Instant> {
  let point = pointAtOrBefore(every, timeZone, from);
  if (point < from) point = pointAfter(every, timeZone, point);
  for (; point < to; point = pointAfter(every, timeZone, point)) yield point;
}
