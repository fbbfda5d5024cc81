import { type Instant, SECOND } from '../../lambda/core/instant.ts';

/** Upbit's limit for `/v1/accounts` per account, over all its keys. */
const ACCOUNT_CALLS_PER_SECOND = 30;
/** Upbit's limit for each group of public calls, such as the ticker's, per address. */
export const PUBLIC_CALLS_PER_SECOND = 10;
/** How many refused calls in one second lead to a block; Upbit states no number. */
const IGNORED = 30;
/** The first block; each further one is twice as long. Upbit states only that blocks get longer. */
const FIRST_BLOCK = 60 * SECOND;

/** The limiter's decision about one call. */
export type Admission =
  | { readonly kind: 'admitted'; readonly left: number }
  | { readonly kind: 'limited' }
  | { readonly kind: 'blocked'; readonly seconds: number };

/** Limits one caller's calls: so many in any second, 429 beyond that, and a block (418) if the calls continue. */
export class RateLimit {
  readonly #perSecond: number;
  #admitted: Instant[] = [];
  #refused: Instant[] = [];
  #blockedUntil = Number.NEGATIVE_INFINITY;
  #nextBlock = FIRST_BLOCK;

  /** @param perSecond how many calls are admitted in a second; by default, as many as an account has. */
  constructor(perSecond: number = ACCOUNT_CALLS_PER_SECOND) {
    this.#perSecond = perSecond;
  }

  admit(now: Instant): Admission {
    if (now < this.#blockedUntil)
      return { kind: 'blocked', seconds: Math.ceil((this.#blockedUntil - now) / SECOND) };
    const lastSecond = (call: Instant) => call > now - SECOND;
    this.#admitted = this.#admitted.filter(lastSecond);
    this.#refused = this.#refused.filter(lastSecond);
    if (this.#admitted.length < this.#perSecond) {
      this.#admitted.push(now);
      return { kind: 'admitted', left: this.#perSecond - this.#admitted.length };
    }
    this.#refused.push(now);
    if (this.#refused.length <= IGNORED) return { kind: 'limited' };
    this.#blockedUntil = now + this.#nextBlock;
    this.#nextBlock *= 2;
    return { kind: 'blocked', seconds: (this.#blockedUntil - now) / SECOND };
  }
}
