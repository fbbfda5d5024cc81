import type { Instant } from '../core/instant.ts';
import type { CollectorSettings } from './ports.ts';

/** The snapshot to take. */
export interface SnapshotRequest {
  readonly slot: Instant;
  /** Outside the schedule: it is ignored when looking for gaps. */
  readonly manual: boolean;
}

/** One run: its request and its time limits. */
export interface Run extends SnapshotRequest {
  readonly settings: CollectorSettings;
  readonly startedAt: Instant;
  /** The slot's tolerance ended before the run began: Upbit is not called. */
  readonly late: boolean;
  /** No call to Upbit starts or continues after this. */
  readonly deadline: Instant;
  /** No write starts or continues after this. */
  readonly writesEnd: Instant;
}
