import type { AccountName } from './account.ts';
import type { Answer } from './balances.ts';
import type { Instant } from './instant.ts';
import type { RefusedAnswer } from './verdict.ts';

/** The fields common to every item of an account and a slot. */
interface Recorded {
  readonly account: AccountName;
  readonly slot: Instant;
  /** When the answer arrived, or when the failure was decided, by our clock. */
  readonly observedAt: Instant;
  /** True for a snapshot requested by a caller, outside the schedule. */
  readonly manual: boolean;
  /** The version of the code that wrote it. */
  readonly writer: string;
}

/** All balances of one account for one slot. */
export interface Snapshot extends Recorded, Answer {
  /** Upbit's clock when it answered, kept only if it differs from ours by more than 2 s. */
  readonly serverDate?: Instant;
  /** First 8 hex digits of the SHA-256 of the access key: shows when the key was swapped. */
  readonly keyId: string;
}

/** The record that a slot has no snapshot, and why. */
export interface Failure extends Recorded {
  /** A code from `failures.ts`, or one written by a newer version. */
  readonly failure: string;
  /** What exactly happened, in words. Never a secret. */
  readonly detail: string;
  /** How many calls to Upbit were made. */
  readonly attempts: number;
  readonly keyId?: string;
  /** The answer itself, if Upbit sent one that this version could not accept: a later version may. */
  readonly answer?: RefusedAnswer;
}

/** What the ledger holds for an account and a slot. */
export type Entry = Snapshot | Failure;

/**
 * An item of an account and a slot that this version does not understand: it may be a snapshot or a failure. Readers
 * skip it and report it, and never guess.
 */
export interface Unreadable {
  readonly account: AccountName;
  /** The sort key as stored. */
  readonly key: string;
  /** The slot in the key; undefined if it is not a slot. */
  readonly slot: Instant | undefined;
  /** What this version does not understand, e.g. `its schema version is 2, and this program reads 1`. */
  readonly problem: string;
}

/** Anything a reader may find. */
export type Found = Entry | Unreadable;

export function isFailure(entry: Found): entry is Failure {
  return 'failure' in entry;
}

export function isUnreadable(found: Found): found is Unreadable {
  return 'problem' in found;
}

/**
 * True if an entry may replace a failure already recorded for its slot: a snapshot always, a failure only if Upbit was
 * called in time. A snapshot is never replaced.
 */
export function mayReplaceFailure(entry: Entry): boolean {
  return !isFailure(entry) || (entry.attempts > 0 && entry.failure !== 'late');
}
