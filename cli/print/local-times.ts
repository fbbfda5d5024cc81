import { parseMillisecond, parseSecond } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { zoned, zonedMillisecond } from './zoned.ts';

/** The columns that hold times. */
const TIMES: ReadonlySet<string> = new Set([
  'slot',
  'observedAt',
  'oldest_slot',
  'from_slot',
  'to_slot',
  'since',
  'closed_from',
  'last_slot',
]);

/** Columns that tell the times of other columns in a zone. */
export interface LocalTimes {
  /** `slot_local` for `slot`. */
  readonly titles: readonly string[];
  /** `2026-11-22T14:00:00+08:00`, for each title; no time stays none. */
  readonly cellsOf: (row: Readonly<Record<string, unknown>>) => readonly (string | null)[];
}

export const NO_LOCAL_TIMES: LocalTimes = { titles: [], cellsOf: () => [] };

/** One column for each of `columns` that holds times. */
export function localTimesIn(columns: readonly string[], timeZone: TimeZone): LocalTimes {
  const times = columns.filter((column) => TIMES.has(column));
  return {
    titles: times.map((column) => `${column}_local`),
    cellsOf: (row) => times.map((column) => localOf(row[column], timeZone)),
  };
}

function localOf(time: unknown, timeZone: TimeZone): string | null {
  if (typeof time !== 'string') return null;
  const second = parseSecond(time);
  if (second !== undefined) return zoned(second, timeZone);
  const millisecond = parseMillisecond(time);
  return millisecond === undefined ? null : zonedMillisecond(millisecond, timeZone);
}
