import type { AccountName } from './account.ts';
import type { Answer } from './balances.ts';
import type { Instant } from './instant.ts';

/** What every item about an account and a slot has. */
interface Recorded {
  readonly account: AccountName;
  readonly slot: Instant;
  /** When the answer arrived, or when the failure was decided, by our clock. */
  readonly observedAt: Instant;
  /** True for a snapshot that a caller asked for, outside the schedule. */
  readonly manual: boolean;
  /** The version of the code that wrote it. */
  readonly writer: string;
}

/** All balances of one account for one slot. */
export interface Snapshot extends Recorded, Answer {
  /** Upbit's own clock when it answered, kept only where it differs from ours by more than 2 s. */
  readonly serverDate?: Instant;
  /** First 8 hex digits of the SHA-256 of the access key: a swapped key shows. */
  readonly keyId: string;
}

/** The record that a slot has no snapshot, and why. */
export interface Failure extends Recorded {
  /** A code of `failures.ts`, or one that a newer version wrote. */
  readonly failure: string;
  /** What exactly happened, in words. Never a secret. */
  readonly detail: string;
  /** How many times Upbit was asked. */
  readonly attempts: number;
  readonly keyId?: string;
}

/** What the ledger holds for an account and a slot. */
export type Entry = Snapshot | Failure;

/**
 * An item at an account and a slot that this version does not understand: there may be a snapshot in it, or a failure.
 * Nothing is guessed; whoever reads passes it over and says so.
 */
export interface Unreadable {
  readonly account: AccountName;
  /** The key as it stands in the table. */
  readonly key: string;
  /** What the key says; undefined where it is no slot. */
  readonly slot: Instant | undefined;
  /** What is not understood, e.g. `its schema version is 2, and this program reads 1`. */
  readonly problem: string;
}

/** What a reader may come upon. */
export type Found = Entry | Unreadable;

export function isFailure(entry: Found): entry is Failure {
  return 'failure' in entry;
}

export function isUnreadable(found: Found): found is Unreadable {
  return 'problem' in found;
}

/**
 * True where an entry may take the place of a failure already recorded for its slot: a snapshot always, a failure
 * only where Upbit was asked in time. A snapshot is never replaced by anything.
 */
export function mayReplaceFailure(entry: Entry): boolean {
  return !isFailure(entry) || (entry.attempts > 0 && entry.failure !== 'late');
}
