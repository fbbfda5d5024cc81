import { CodedError } from '../core/error.ts';
import { HOUR, type Instant, MINUTE } from '../core/instant.ts';

/** The default age at which a value is read again, in milliseconds. */
export const LIFETIME = 15 * MINUTE;
/** How old it may be if reading it again fails. */
const USABLE_FOR = HOUR;

/**
 * A value that is read once by a cold process and again when it is 15 minutes old; if that read fails, the old value is
 * used until it is an hour old. Concurrent calls share one read.
 */
export class Cached<T> {
  readonly #load: () => Promise<T>;
  readonly #now: () => Instant;
  readonly #lifetime: number;
  #held: { value: T; readonly readAt: Instant } | undefined;
  #reading: Promise<T> | undefined;

  constructor(load: () => Promise<T>, now: () => Instant, lifetime: number = LIFETIME) {
    this.#load = load;
    this.#now = now;
    this.#lifetime = lifetime;
  }

  /** The value, and whether an earlier call read it. Throws what the read threw if there is no usable cached value. */
  async get(): Promise<{ readonly value: T; readonly earlier: boolean }> {
    const held = this.#held;
    if (held !== undefined && this.#age(held.readAt) < this.#lifetime)
      return { value: held.value, earlier: true };
    try {
      return { value: await this.reload(), earlier: false };
    } catch (error) {
      // Serve from memory only if the source was unavailable: an invalid value must be reported.
      const isWrong = error instanceof CodedError && !error.code.endsWith('.unavailable');
      if (isWrong || held === undefined || this.#age(held.readAt) > USABLE_FOR) throw error;
      return { value: held.value, earlier: true };
    }
  }

  /** Reads the value now, whatever its age. Throws what the read threw, and then keeps the cached value. */
  async reload(): Promise<T> {
    this.#reading ??= this.#read();
    return await this.#reading;
  }

  /** Changes the cached value, after this process made the same change at the source. */
  update(change: (value: T) => T): void {
    if (this.#held !== undefined) this.#held.value = change(this.#held.value);
  }

  async #read(): Promise<T> {
    try {
      const readAt = this.#now();
      const value = await this.#load();
      this.#held = { value, readAt };
      return value;
    } finally {
      this.#reading = undefined;
    }
  }

  /** Absolute, so that a clock set back cannot keep a value forever. */
  #age(readAt: Instant): number {
    return Math.abs(this.#now() - readAt);
  }
}
