import {
  DAY,
  END_OF_TIME,
  HOUR,
  type Instant,
  MINUTE,
  parseSecond,
  SECOND,
} from '../../lambda/core/instant.ts';
import type { Parsed } from '../../lambda/core/parsed.ts';
import { localMidnight, TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';

/** A time as typed. A day becomes an instant only in a time zone, which comes from the ledger. */
export type TypedTime =
  | { readonly kind: 'instant'; readonly instant: Instant }
  /** `instant` is the start of the day in UTC. */
  | { readonly kind: 'date'; readonly instant: Instant }
  /** The day on which `instant` falls. */
  | { readonly kind: 'day'; readonly instant: Instant };

/** The allowed forms in words, for messages. */
export const TIME_FORMS =
  'ISO 8601 with a zone (2026-11-22T06:00:00Z), a date or a month (2026-11-22, 2026-11: its first instant), today, yesterday, or how long ago (2w, 30d, 12h, 90m)';

const UNITS: Readonly<Record<string, number>> = { w: 7 * DAY, d: DAY, h: HOUR, m: MINUTE };
const AGO = /^(\d{1,9})([wdhm])$/;
/** How many days before the present one. */
const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };
const DATE = /^\d{4}-\d{2}(?:-\d{2})?$/;
const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/;

/** Excludes the first day of the year 0, so that a date has a four-digit year in every zone. */
const FIRST = Date.parse('0000-01-02T00:00:00Z');
const LAST = END_OF_TIME + SECOND - 1;

/**
 * Parses a time: ISO 8601 with `Z` or an offset (seconds and fractions optional, truncated to milliseconds), a date, a
 * month, `today`, `yesterday`, or a duration before `now`. Refused, each with its own message: a bare number, a time without a zone, a day or hour that
 * does not exist, a time outside the years 0 to 9999, and anything else.
 */
export function parseTime(text: string, now: Instant): Parsed<TypedTime> {
  const [, count, unit = ''] = AGO.exec(text) ?? [];
  if (count !== undefined) return inRange('instant', now - Number(count) * (UNITS[unit] ?? 0));
  const days = Object.hasOwn(DAYS, text) ? DAYS[text] : undefined;
  if (days !== undefined) return inRange('day', now - days * DAY);
  if (DATE.test(text))
    return inRange('date', parseSecond(`${text.length === 7 ? `${text}-01` : text}T00:00:00Z`));
  if (/^[+-]?\d+$/.test(text)) return { problem: `is a bare number, not a time: write ${TIME_FORMS}` };
  const [, minute, second = '00', fraction = '', utc, sign, hours, minutes] = ISO.exec(text) ?? [];
  if (minute === undefined) return { problem: `is not a time: write ${TIME_FORMS}` };
  if (utc === undefined && sign === undefined) {
    return { problem: 'has no time zone: end it with Z, or with an offset such as +08:00' };
  }
  const local = parseSecond(`${minute}:${second}Z`);
  const offset = Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE;
  if (local === undefined || offset >= DAY || Number(minutes ?? 0) > 59) return { problem: NOT_REAL };
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  return inRange('instant', local + milliseconds - (sign === '-' ? -offset : offset));
}

const NOT_REAL = 'does not exist: there is no such day, or no such hour (00 to 23), minute or second';

function inRange(kind: TypedTime['kind'], instant: Instant | undefined): Parsed<TypedTime> {
  if (instant === undefined) return { problem: NOT_REAL };
  return instant < FIRST || instant > LAST
    ? { problem: 'is outside the years 0 to 9999' }
    : { value: { kind, instant } };
}

/** The instant; for a day, its start in `timeZone`. */
export function instantOf({ kind, instant }: TypedTime, timeZone: TimeZone): Instant {
  if (kind === 'day') return localMidnight(timeZone, instant);
  return kind === 'date' ? instant - TIME_ZONES[timeZone] : instant;
}
