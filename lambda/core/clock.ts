import type { Instant } from './instant.ts';

/** Time, as an interface that tests can replace. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
