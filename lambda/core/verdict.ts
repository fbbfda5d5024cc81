import type { Answer } from './balances.ts';
import type { FailureCode } from './failures.ts';
import type { Instant } from './instant.ts';

/**
 * Whether asking again can help within the same run:
 * `never`; `once`, with a new token; `thrice`, the call that was refused included; `later`, as often as time allows.
 */
export type Retry = 'never' | 'once' | 'thrice' | 'later';

/** What one call of Upbit came to. */
export type Verdict = Balances | Refusal;

/** A fully checked 200. */
export interface Balances extends Answer {
  readonly kind: 'balances';
  /** Upbit's `Date` header, to the second, where it was readable. */
  readonly serverDate?: Instant;
}

/** Anything else. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: FailureCode;
  /** What exactly happened, in our own words. Never a secret. */
  readonly detail: string;
  readonly retry: Retry;
  /** Not to be asked again before this. */
  readonly notBefore?: Instant;
  readonly block?: Block;
  /** What of a key Upbit did not accept, where it said so: the access key is not known there, or the signature is not right. */
  readonly wrong?: 'accessKey' | 'signature';
}

/** A 418: who is blocked, and until when. */
export interface Block {
  readonly until: Instant;
  readonly whom: 'account' | 'address';
}

/** What Upbit said of when a key expires: nothing, where both are absent. */
export interface KeyExpiry {
  readonly expiresAt?: Instant;
  readonly block?: Block;
}
