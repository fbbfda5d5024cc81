import { type Instant, SECOND } from '../../lambda/core/instant.ts';

/** What Upbit allows one account for `/v1/accounts`, all its keys together. */
const CALLS_PER_SECOND = 30;
/** How many refused calls in one second count as ignoring the refusal; Upbit states no number. */
const IGNORED = 30;
/** The first block; each further one is twice as long. Upbit states only that blocks grow. */
const FIRST_BLOCK = 60 * SECOND;

/** What the limiter says of one call. */
export type Admission =
  | { readonly kind: 'admitted'; readonly left: number }
  | { readonly kind: 'limited' }
  | { readonly kind: 'blocked'; readonly seconds: number };

/** One account's calls: 30 in any second, 429 beyond, and a block (418) for who does not stop then. */
export class RateLimit {
  #admitted: Instant[] = [];
  #refused: Instant[] = [];
  #blockedUntil = Number.NEGATIVE_INFINITY;
  #nextBlock = FIRST_BLOCK;

  admit(now: Instant): Admission {
    if (now < this.#blockedUntil)
      return { kind: 'blocked', seconds: Math.ceil((this.#blockedUntil - now) / SECOND) };
    const lastSecond = (call: Instant) => call > now - SECOND;
    this.#admitted = this.#admitted.filter(lastSecond);
    this.#refused = this.#refused.filter(lastSecond);
    if (this.#admitted.length < CALLS_PER_SECOND) {
      this.#admitted.push(now);
      return { kind: 'admitted', left: CALLS_PER_SECOND - this.#admitted.length };
    }
    this.#refused.push(now);
    if (this.#refused.length <= IGNORED) return { kind: 'limited' };
    this.#blockedUntil = now + this.#nextBlock;
    this.#nextBlock *= 2;
    return { kind: 'blocked', seconds: (this.#blockedUntil - now) / SECOND };
  }
}
