import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { accountsAt, expectedPeriods } from '../../lambda/core/completeness.ts';
import { remedyOf } from '../../lambda/core/failures.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Failure, Snapshot, Unreadable } from '../../lambda/core/snapshot.ts';
import { lastUnrecorded, latest, type Reading } from '../../lambda/history/latest.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { formatDuration } from '../print/duration.ts';
import { type Finding, NEWER_VERSION, ok, wrong } from './finding.ts';
import { NO_KEYS_YET } from './secret.ts';

/** The fact that no expected slot is without a snapshot. */
export const NOTHING_MISSED = 'no expected slot is missed';

const NOTHING_RAN =
  'The lines here about the schedule, the two queues and signing in may show why; for the rest see docs/runbook.md#no-run.';

/**
 * Checks the newest snapshot of each open account. An account whose region is no longer collected is only mentioned.
 *
 * @param isScheduled if false, as on this machine, a slot without a snapshot is not a problem.
 * @throws CodedError as the reader does.
 */
export async function lookAtSnapshots(
  reader: LedgerReader,
  catalog: Catalog,
  now: Instant,
  isScheduled: boolean,
): Promise<Finding[]> {
  const readings = await latest({ reader, catalog, now }, accountsAt(catalog, now));
  const isCollected = (account: AccountName) =>
    !isScheduled || expectedPeriods(catalog, account).some(({ to }) => to === Infinity);
  const collected = readings.filter(({ account }) => isCollected(account));
  const behind = isScheduled ? collected.filter(({ missed }) => missed.count > 0) : [];
  const unknown = readings.flatMap(({ unreadable }) =>
    unreadable === undefined ? [] : notReadable(unreadable),
  );
  if (behind.length + unknown.length > 0) {
    return [...unknown, ...behind.map((reading) => missing(reading, now))];
  }
  const left = readings.flatMap(({ account }) => (isCollected(account) ? [] : [account]));
  return [{ ...ok('snapshots', summary(collected, left, now)), tells: [NOTHING_MISSED] }];
}

function missing(reading: Reading, now: Instant): Finding {
  const { account, snapshot, failure, missed } = reading;
  const lookedAt = `snapshots of ${account}`;
  const slots = `${missed.count} expected ${missed.count === 1 ? 'slot has' : 'slots have'} no snapshot`;
  const newest = snapshot === undefined ? 'there is no earlier one' : `the newest is ${age(snapshot, now)}`;
  const found = `${slots}, ${newest}`;
  if (failure === undefined || lastUnrecorded(reading) !== undefined) {
    const nothing = `${found}; nothing was recorded for the last of them: no run got that far`;
    return { ...wrong(lookedAt, nothing, NOTHING_RAN), tells: ['no-run'] };
  }
  return {
    ...wrong(lookedAt, `${found}; ${failure.failure}, ${failure.detail}`, remedyOf(failure.failure)),
    tells: ['account-failed'],
    echoes: elsewhere(failure).map(({ of, place }) => ({
      of,
      instead: wrong(lookedAt, `${found}; ${failure.failure}: see ${place}`, undefined),
    })),
  };
}

/** Where the same failure may be reported: as a problem of the secret, or as what signing in says now. */
function elsewhere({ account, failure, detail }: Failure): { of: string; place: string }[] {
  const inSecret = failure === 'keys.missing' ? NO_KEYS_YET : detail;
  return [
    { of: inSecret, place: 'secret' },
    { of: `${account} ${failure}`, place: account },
  ];
}

function notReadable({ account, key, problem }: Unreadable): Finding {
  return wrong(
    `snapshots of ${account}`,
    `its item ${key} cannot be read by this version: ${problem}`,
    NEWER_VERSION,
  );
}

function summary(readings: readonly Reading[], left: readonly AccountName[], now: Instant): string {
  const snapshots = readings.flatMap(({ snapshot }) => snapshot ?? []);
  const newest = snapshots.reduce<Snapshot | undefined>(
    (best, one) => (best === undefined || one.slot > best.slot ? one : best),
    undefined,
  );
  const accounts = `${snapshots.length} ${snapshots.length === 1 ? 'account has' : 'accounts have'} one`;
  return [
    newest === undefined
      ? 'none yet: the first are taken at the next slot'
      : `${accounts}, the newest is ${age(newest, now)}`,
    ...(left.length === 0
      ? []
      : [`no longer collected, since their region left the schedule: ${left.join(', ')}`]),
  ].join('; ');
}

function age({ slot, observedAt }: Snapshot, now: Instant): string {
  return `of slot ${formatSecond(slot)}, ${formatDuration(Math.max(0, now - observedAt))} old`;
}
