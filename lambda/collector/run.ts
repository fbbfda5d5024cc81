import type { Instant } from '../core/instant.ts';
import type { CollectorSettings } from './ports.ts';

/** The snapshot to take. */
export interface SnapshotRequest {
  readonly slot: Instant;
  /** Outside the schedule: it does not count for gaps. */
  readonly manual: boolean;
}

/** One run: what it is for, and how long it may take. */
export interface Run extends SnapshotRequest {
  readonly settings: CollectorSettings;
  readonly startedAt: Instant;
  /** The slot's tolerance was over before the run began: nothing is asked. */
  readonly late: boolean;
  /** No call of Upbit is begun, and none goes on, after this. */
  readonly deadline: Instant;
  /** No write is under way after this. */
  readonly writesEnd: Instant;
}
