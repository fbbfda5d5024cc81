import { END_OF_TIME, formatSecond, HOUR, type Instant, MINUTE, parseSecond } from './instant.ts';
import { isObject } from './parsed.ts';

/** What to do about a key that expires soon. */
export const EXPIRY_REMEDY =
  'Make a new key at Upbit with the permission View Account, put it into the secret with its expiresOn and delete the old one.';

/** Days before an expiry at which the first reminder is sent: time to make a new key and get it approved. */
const FIRST_REMINDER = 30;
/** From this many days on, a reminder is sent every day. */
const DAILY_FROM = 7;

/** True once the expiry should be shown to a user, on any day. */
export function isExpirySoon(days: number): boolean {
  return days <= FIRST_REMINDER;
}

/**
 * True on a day on which to log a reminder: 30 days before the expiry, and every day from 7 days before it on, even
 * after it. Somebody who misses one line a week before must not depend on that of the last day.
 */
export function isReminderDue(days: number): boolean {
  return days === FIRST_REMINDER || days <= DAILY_FROM;
}

/**
 * The instant, if a key can expire then; undefined before 1970 and after 9999. Such times stand for a missing one, and the
 * shift to UTC can leave the years that can be written.
 */
export function credibleExpiry(instant: Instant): Instant | undefined {
  return instant > 0 && instant <= END_OF_TIME ? instant : undefined;
}

/** When a key expires, in words: `2026-12-01T00:00:00Z, in 8 days`. */
export function expiryText(expiresAt: Instant, days: number): string {
  const when =
    days < 0 ? 'already past' : days === 0 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${formatSecond(expiresAt)}, ${when}`;
}

/**
 * When one key expires, from the answer of `GET /v1/api_keys`: `[{"access_key":…,"expire_at":…}]`, all keys of the
 * account. `expire_at` has the form `2026-07-01T09:00:00+09:00`. Undefined unless it is a list with exactly one line
 * for this key and such a time in it; lines of other keys are ignored.
 * docs.upbit.com/kr/reference/list-api-keys
 */
export function parseKeyExpiry(list: unknown, accessKey: string): Instant | undefined {
  if (!Array.isArray(list)) return undefined;
  const lines = list.filter((line: unknown) => isObject(line) && line['access_key'] === accessKey);
  const line: unknown = lines.length === 1 ? lines[0] : undefined;
  return isObject(line) ? parseZoned(line['expire_at']) : undefined;
}

const ZONED = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;

/** Parses a time to the second with its zone. */
function parseZoned(text: unknown): Instant | undefined {
  const [, local, sign = '+', hours = '0', minutes = '0'] =
    (typeof text === 'string' && ZONED.exec(text)) || [];
  const shown = parseSecond(`${local}Z`);
  const ahead = Number(`${sign}1`) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
  return shown === undefined ? undefined : credibleExpiry(shown - ahead);
}
