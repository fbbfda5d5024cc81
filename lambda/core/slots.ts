import { DAY, HOUR, type Instant, MINUTE, SECOND } from './instant.ts';

/** How often a snapshot is taken, in milliseconds. Each divides a day, so every local midnight is a slot. */
export const CADENCES = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '10m': 10 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '3h': 3 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '8h': 8 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
} as const;
export type Cadence = keyof typeof CADENCES;

/** Zones without daylight saving, and how far each is ahead of UTC: a fixed offset keeps the grid regular. */
export const TIME_ZONES = {
  UTC: 0,
  'Asia/Singapore': 8 * HOUR,
  'Asia/Jakarta': 7 * HOUR,
  'Asia/Bangkok': 7 * HOUR,
  'Asia/Seoul': 9 * HOUR,
} as const;
export type TimeZone = keyof typeof TIME_ZONES;

/** A slot is local midnight in `timeZone` + k × `every`. */
export interface Grid {
  readonly every: Cadence;
  readonly timeZone: TimeZone;
}

export function isCadence(text: string): text is Cadence {
  return Object.hasOwn(CADENCES, text);
}

export function isTimeZone(text: string): text is TimeZone {
  return Object.hasOwn(TIME_ZONES, text);
}

/** The latest slot at or before `instant`. */
export function slotAtOrBefore(grid: Grid, instant: Instant): Instant {
  const every = CADENCES[grid.every];
  const local = instant + TIME_ZONES[grid.timeZone];
  return Math.floor(local / every) * every - TIME_ZONES[grid.timeZone];
}

/** The earliest slot at or after `instant`. */
export function slotAtOrAfter(grid: Grid, instant: Instant): Instant {
  const before = slotAtOrBefore(grid, instant);
  return before === instant ? before : nextSlot(grid, instant);
}

/** The earliest slot after `instant`. */
export function nextSlot(grid: Grid, instant: Instant): Instant {
  return slotAtOrBefore(grid, instant) + CADENCES[grid.every];
}

/** The latest slot before `instant`. */
export function previousSlot(grid: Grid, instant: Instant): Instant {
  return slotAtOrAfter(grid, instant) - CADENCES[grid.every];
}

/** True if `instant` is exactly a slot, to the millisecond. */
export function isOnGrid(grid: Grid, instant: Instant): boolean {
  return slotAtOrBefore(grid, instant) === instant;
}

/** The slots of a half-open range, in order: from ≤ slot < to. */
export function* slotsBetween(grid: Grid, from: Instant, to: Instant): Generator<Instant> {
  for (let slot = slotAtOrAfter(grid, from); slot < to; slot += CADENCES[grid.every]) yield slot;
}

/** The first instant of the local day that `instant` falls on. */
export function localMidnight(timeZone: TimeZone, instant: Instant): Instant {
  return slotAtOrBefore({ every: '1d', timeZone }, instant);
}

/**
 * How long after its slot a balance may still be observed, in milliseconds: half the cadence, but at least 90 s
 * (EventBridge Scheduler promises its invocations within a minute) and at most 5 minutes.
 */
export function tolerance(every: Cadence): number {
  return Math.min(Math.max(CADENCES[every] / 2, 90 * SECOND), 5 * MINUTE);
}

/** How long after the tolerance a write may still be in flight; after that, a slot's record is final. */
export const SETTLING = MINUTE;

/** True if `instant` is too late to be an observation for `slot`. */
export function isLate(every: Cadence, slot: Instant, instant: Instant): boolean {
  return instant > slot + tolerance(every);
}

/** True once a slot without a snapshot counts as a gap: now > slot + tolerance + 60 s. */
export function isDue(every: Cadence, slot: Instant, now: Instant): boolean {
  return now > slot + tolerance(every) + SETTLING;
}
