import { accountsAt } from '../../lambda/core/completeness.ts';
import { remedyOf } from '../../lambda/core/failures.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Snapshot, Unreadable } from '../../lambda/core/snapshot.ts';
import { latest, type Reading } from '../../lambda/history/latest.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { formatDuration } from '../print/duration.ts';
import { type Finding, ok, wrong } from './finding.ts';

const NOTHING_RAN =
  'Check in AWS whether the schedule is enabled; the function’s log and the two dead-letter queues show what went wrong.';

/**
 * Checks the newest snapshot of each open account.
 *
 * @param isScheduled if false, as on this machine, a slot without a snapshot is not a problem.
 * @throws CodedError as the reader does.
 */
export async function lookAtSnapshots(
  reader: LedgerReader,
  now: Instant,
  isScheduled: boolean,
): Promise<Finding[]> {
  const catalog = await reader.catalog();
  const readings = await latest({ reader, catalog, now }, accountsAt(catalog, now));
  const behind = isScheduled ? readings.filter(({ missed }) => missed.count > 0) : [];
  const unknown = readings.flatMap(({ unreadable }) =>
    unreadable === undefined ? [] : notReadable(unreadable),
  );
  if (behind.length + unknown.length > 0) {
    return [...unknown, ...behind.map((reading) => missing(reading, now))];
  }
  return [ok('snapshots', summary(readings, now))];
}

function missing({ account, snapshot, failure, missed }: Reading, now: Instant): Finding {
  const slots = `${missed.count} expected ${missed.count === 1 ? 'slot has' : 'slots have'} no snapshot`;
  const newest = snapshot === undefined ? 'there is no earlier one' : `the newest is ${age(snapshot, now)}`;
  const isReason = failure !== undefined && failure.slot === missed.last;
  const reason = isReason
    ? `${failure.failure}, ${failure.detail}`
    : 'nothing was recorded for the last of them: no run got that far';
  return wrong(
    `snapshots of ${account}`,
    `${slots}, ${newest}; ${reason}`,
    isReason ? (remedyOf(failure.failure) ?? NOTHING_RAN) : NOTHING_RAN,
  );
}

function notReadable({ account, key, problem }: Unreadable): Finding {
  return wrong(
    `snapshots of ${account}`,
    `its item ${key} cannot be read by this version: ${problem}`,
    'Use the version of this code that wrote it.',
  );
}

function summary(readings: readonly Reading[], now: Instant): string {
  const snapshots = readings.flatMap(({ snapshot }) => snapshot ?? []);
  const newest = snapshots.reduce<Snapshot | undefined>(
    (best, one) => (best === undefined || one.slot > best.slot ? one : best),
    undefined,
  );
  if (newest === undefined) return 'none yet: the first are taken at the next slot';
  const accounts = `${snapshots.length} ${snapshots.length === 1 ? 'account has' : 'accounts have'} one`;
  return `${accounts}, the newest is ${age(newest, now)}`;
}

function age({ slot, observedAt }: Snapshot, now: Instant): string {
  return `of slot ${formatSecond(slot)}, ${formatDuration(Math.max(0, now - observedAt))} old`;
}
