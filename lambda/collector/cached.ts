import { CodedError } from '../core/error.ts';
import { HOUR, type Instant, MINUTE } from '../core/instant.ts';

/** How old a value may be before it is read again, unless said otherwise, in milliseconds. */
export const LIFETIME = 15 * MINUTE;
/** How old it may be where reading it again fails. */
const USABLE_FOR = HOUR;

/**
 * A value that is read once by a cold process and again when it is 15 minutes old; where that read fails, the old
 * value serves until it is an hour old. Calls at the same time share one read.
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

  /** The value, and whether it was read earlier than by this call. Throws what the read threw where nothing usable is held. */
  async get(): Promise<{ readonly value: T; readonly earlier: boolean }> {
    const held = this.#held;
    if (held !== undefined && this.#age(held.readAt) < this.#lifetime)
      return { value: held.value, earlier: true };
    try {
      return { value: await this.reload(), earlier: false };
    } catch (error) {
      // Only what was out of reach may be served from memory: a value that is there and wrong must be told.
      const isWrong = error instanceof CodedError && !error.code.endsWith('.unavailable');
      if (isWrong || held === undefined || this.#age(held.readAt) > USABLE_FOR) throw error;
      return { value: held.value, earlier: true };
    }
  }

  /** Reads the value now, whatever its age. Throws what the read threw; the value held stays as it was. */
  async reload(): Promise<T> {
    this.#reading ??= this.#read();
    return await this.#reading;
  }

  /** Changes the value held, for a change this process made at the source itself. */
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

  /** A clock set back must not keep a value for ever. */
  #age(readAt: Instant): number {
    return Math.abs(this.#now() - readAt);
  }
}
