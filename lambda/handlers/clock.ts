import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // Node's timers count whole milliseconds of another clock, and often fire up to one early by this one.
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !signal.aborted; left = end - performance.now())
      // An aborted wait just ends early.
      await setTimeout(Math.ceil(left), undefined, { signal }).catch(() => undefined);
  },
};
