import { formatSecond, HOUR, type Instant, MINUTE, parseSecond } from './instant.ts';
import { isObject } from './parsed.ts';

/** What to do about a key that will soon be of no use. */
export const EXPIRY_REMEDY =
  'Make a new key at Upbit with the permission View Account, put it into the secret with its expiresOn, delete the old one.';

/** Days before an expiry on which the first reminder comes: time to make a new key, and to have it allowed. */
const FIRST_REMINDER = 30;
/** From here on a reminder comes every day. */
const DAILY_FROM = 7;

/** True once a person who looks should be told, whatever the day. */
export function isExpirySoon(days: number): boolean {
  return days <= FIRST_REMINDER;
}

/**
 * True on a day on which the log is to have a reminder: 30 days before the expiry, and every day from 7 days before
 * it on, also when it is past. A person who missed a line a week before must not depend on the one of the last day.
 */
export function isReminderDue(days: number): boolean {
  return days === FIRST_REMINDER || days <= DAILY_FROM;
}

/** When a key expires, for people: `2026-12-01T00:00:00Z, in 8 days`. */
export function expiryText(expiresAt: Instant, days: number): string {
  const when =
    days < 0 ? 'that is past' : days === 0 ? 'within a day' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${formatSecond(expiresAt)}, ${when}`;
}

/**
 * When one key expires, from what `GET /v1/api_keys` answered: `[{"access_key":…,"expire_at":…}]`, all keys of the
 * account. `expire_at` has the form `2026-07-01T09:00:00+09:00`. Undefined for anything else than a list with exactly
 * one line about this key and such a time in it; of other keys nothing is read.
 * docs.upbit.com/kr/reference/list-api-keys
 */
export function parseKeyExpiry(list: unknown, accessKey: string): Instant | undefined {
  if (!Array.isArray(list)) return undefined;
  const lines = list.filter((line: unknown) => isObject(line) && line['access_key'] === accessKey);
  const line: unknown = lines.length === 1 ? lines[0] : undefined;
  return isObject(line) ? parseZoned(line['expire_at']) : undefined;
}

const ZONED = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))$/;

/** A time to the second with its zone. */
function parseZoned(text: unknown): Instant | undefined {
  const [, local, sign = '+', hours = '0', minutes = '0'] =
    (typeof text === 'string' && ZONED.exec(text)) || [];
  const shown = parseSecond(`${local}Z`);
  const ahead = Number(`${sign}1`) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
  return shown === undefined ? undefined : shown - ahead;
}
