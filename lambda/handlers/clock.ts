import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // An aborted wait is over, which is all that was asked for.
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  },
};
