import type { Answer } from './balances.ts';
import type { FailureCode } from './failures.ts';
import type { Instant } from './instant.ts';
import type { TickerAnswer } from './prices.ts';

/**
 * Whether a retry can help within the same run: `never`; `once`, with a new token; `thrice`, including the refused
 * call; `later`, as often as time allows.
 */
export type Retry = 'never' | 'once' | 'thrice' | 'later';

/** The result of one call to Upbit. */
export type Verdict = Balances | Refusal;

/** A fully checked 200. */
export interface Balances extends Answer {
  readonly kind: 'balances';
  /** Upbit's clock, if its `Date` header was readable. */
  readonly serverClock?: ServerClock;
}

/** The result of one call of a region's ticker. */
export type TickerVerdict = ({ readonly kind: 'prices' } & TickerAnswer) | Refusal;

/** Upbit's clock when the headers of its answer arrived: the body may take longer, which is not a difference of clocks. */
export interface ServerClock {
  /** Upbit's `Date` header, to the second. */
  readonly date: Instant;
  /** Upbit's clock minus ours, in milliseconds. */
  readonly skew: number;
}

/** Any other result. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: FailureCode;
  /** What exactly happened, in our own words. Never a secret. */
  readonly detail: string;
  readonly retry: Retry;
  /** Do not retry before this time. */
  readonly notBefore?: Instant;
  readonly block?: Block;
  /** What Upbit sent, if it was its own 200 and could not be accepted. */
  readonly answer?: RefusedAnswer;
  /** Which part of the key Upbit rejected, if it said so: the access key is unknown there, or the signature is wrong. */
  readonly wrong?: 'accessKey' | 'signature';
}

/** The body of a 200 that could not be accepted, as it is stored. No key is in it. */
export interface RefusedAnswer {
  /** JSON, unless it is cut. */
  readonly text: string;
  /** True if more was sent than is kept. */
  readonly isCut: boolean;
}

/** A 418: who is blocked, and until when. */
export interface Block {
  readonly until: Instant;
  readonly whom: 'account' | 'address';
}

/** What Upbit said about a key's expiry; empty if nothing. */
export interface KeyExpiry {
  readonly expiresAt?: Instant;
  readonly block?: Block;
}
