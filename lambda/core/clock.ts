import type { Instant } from './instant.ts';

/** Time, so that a test can own it. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
