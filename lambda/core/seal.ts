import { type AnyStored, canonicalJson, plainItem } from './canonical.ts';
import { DAY, formatSecond, HOUR, type Instant } from './instant.ts';
import { byCodeOrder } from './order.ts';
import type { Parsed } from './parsed.ts';
import { localMidnight, TIME_ZONES, type TimeZone } from './slots.ts';

// A seal is the hash of a day of the whole ledger, chained to the seal before it. What is hashed is always lines of plain text,
// so that every step can be repeated with `sha256sum`.

/** SHA-256 of text in UTF-8, as 64 lower-case hex digits. */
export type Sha256 = (text: string) => string;

/** An item of the table, of any partition and version. */
export type SealedItem = Readonly<Record<string, AnyStored>>;

/** What a day holds: the hash of each account's day, and how many items it is made from. Prices count as accounts. */
export interface DayHashes {
  /** By partition, e.g. `sg/main` and `#price/sg`; one without an item is absent. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly items: ReadonlyMap<string, number>;
}

/** The seal of one day. */
export interface Seal extends DayHashes {
  /** The day's first instant. */
  readonly from: Instant;
  readonly timeZone: TimeZone;
  readonly root: string;
  /** The root of the seal before; undefined in the first. */
  readonly previous: string | undefined;
  readonly sealedAt: Instant;
  /** A token of a time-stamp authority (RFC 3161) over {@link rootText}, DER; absent while no authority has signed it. */
  readonly timestamp?: Uint8Array | undefined;
  /** The version of the code that wrote it. */
  readonly writer: string;
}

/** What a time-stamp token says. */
export interface Timestamp {
  /** When the authority signed, by its own clock. */
  readonly at: Instant;
  /** The name in its certificate: `CN=Example TSA, O=Example`. */
  readonly authority: string;
}

/**
 * Reads a time-stamp token, and checks that it is signed, over this text, and no earlier than it could be: the end of the day of a
 * seal, before which nobody knows what the day holds. A problem is one sentence without a subject, such as
 * `is for another text`.
 */
export type ReadTimestamp = (
  token: Uint8Array,
  text: string,
  earliest: Instant,
) => Promise<Parsed<Timestamp>>;

/** The text that an item's hash is made from: its canonical JSON, without a line end. */
export function itemText(item: SealedItem): string {
  return canonicalJson(plainItem(item));
}

/** The text that the hash of an account's day is made from: a line `<slot> <hash>` for each of its items, in order of slot. */
export function accountText(items: readonly SealedItem[], sha256: Sha256): string {
  return items.map((item) => `${item['slot']?.S ?? ''} ${sha256(itemText(item))}\n`).join('');
}

/** The hash of an account's day, and how many items it is made from; undefined if there are none. */
export function hashDay(
  items: readonly SealedItem[],
  sha256: Sha256,
): { readonly hash: string; readonly count: number } | undefined {
  return items.length === 0 ? undefined : { hash: sha256(accountText(items, sha256)), count: items.length };
}

/** The text that a root is made from: the root before, or `-`, and a line `<account> <hash>` for each account in code order. */
export function rootText(previous: string | undefined, accounts: ReadonlyMap<string, string>): string {
  const lines = [...accounts]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([account, hash]) => `${account} ${hash}\n`);
  return `${previous ?? '-'}\n${lines.join('')}`;
}

/** The date of a day in its time zone: `2026-03-31`. */
export function dayName({ from, timeZone }: Pick<Seal, 'from' | 'timeZone'>): string {
  return formatSecond(from + TIME_ZONES[timeZone]).slice(0, 10);
}

/** Whether a slot is in the day of a seal. */
export function covers({ from }: Pick<Seal, 'from'>, slot: Instant): boolean {
  return from <= slot && slot < from + DAY;
}

/** A day is sealed so long after its end: by then everything recorded for it is final. In milliseconds. */
const SETTLED = HOUR;

/** How many days back a run of the sealer looks for a day without a seal, and for a seal without a token. */
export const MOST_DAYS_BACK = 31;

/** The first instant of the last day that ended at least an hour before `at`. */
export function lastSealable(timeZone: TimeZone, at: Instant): Instant {
  return localMidnight(timeZone, at - SETTLED) - DAY;
}

/** The first instant of the oldest day that a run of the sealer at `at` looks at. */
export function oldestSealable(timeZone: TimeZone, at: Instant): Instant {
  return lastSealable(timeZone, at) - (MOST_DAYS_BACK - 1) * DAY;
}

/** The first instant of the oldest day whose seal is not overdue: it has an hour more than a seal needs. */
export function overdueBefore(timeZone: TimeZone, at: Instant): Instant {
  return lastSealable(timeZone, at - HOUR) + DAY;
}
