import type { Instant } from '../../lambda/core/instant.ts';
import type { Cadence, Grid, TimeZone } from '../../lambda/core/slots.ts';

// Calculated independently of lambda/core, so that a bug there shows.

const LENGTHS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const HOURS_AHEAD: Readonly<Record<TimeZone, number>> = {
  UTC: 0,
  'Asia/Singapore': 8,
  'Asia/Jakarta': 7,
  'Asia/Bangkok': 7,
  'Asia/Seoul': 9,
};

export const ALL_CADENCES: readonly Cadence[] = [
  '1m',
  '5m',
  '10m',
  '15m',
  '30m',
  '1h',
  '2h',
  '3h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
];
export const ALL_TIME_ZONES: readonly TimeZone[] = [
  'UTC',
  'Asia/Singapore',
  'Asia/Jakarta',
  'Asia/Bangkok',
  'Asia/Seoul',
];

/** The length of a cadence, in milliseconds. */
export function lengthOf(every: Cadence): number {
  return Number.parseInt(every, 10) * (LENGTHS[every.slice(-1)] ?? Number.NaN);
}

/** How long after its slot a balance counts: half the cadence, from 90 s to 5 minutes. */
export function toleranceOf(every: Cadence): number {
  return Math.max(90_000, Math.min(300_000, lengthOf(every) / 2));
}

export function isSlot({ every, timeZone }: Grid, time: Instant): boolean {
  return (time + HOURS_AHEAD[timeZone] * 3_600_000) % lengthOf(every) === 0;
}

/** The first slot after a time. */
export function slotAfter({ every, timeZone }: Grid, time: Instant): Instant {
  const local = time + HOURS_AHEAD[timeZone] * 3_600_000;
  return time + lengthOf(every) - (local % lengthOf(every));
}

/** `2026-11-22T06:00:00Z`. */
export function textOf(time: Instant): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
