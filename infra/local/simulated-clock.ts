import type { Clock } from '../../lambda/core/clock.ts';
import type { Instant } from '../../lambda/core/instant.ts';

/** A clock that is set by hand, and on which waiting takes no time: it jumps forward when somebody waits. */
export class SimulatedClock implements Clock {
  #now: Instant;

  constructor(now: Instant) {
    this.#now = now;
  }

  set(now: Instant): void {
    this.#now = now;
  }

  now = (): Instant => this.#now;

  sleep = (ms: number): Promise<void> => {
    this.#now += Math.max(0, ms);
    return Promise.resolve();
  };
}
