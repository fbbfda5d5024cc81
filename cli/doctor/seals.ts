import { DAY, type Instant } from '../../lambda/core/instant.ts';
import { dayName, lastSealable, type Seal } from '../../lambda/core/seal.ts';
import { localMidnight, type TimeZone } from '../../lambda/core/slots.ts';
import { formatDuration } from '../print/duration.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'seals';

/** The fact that every day that should have a seal has one. */
export const NOTHING_UNSEALED = 'no seal is late';

/** One day may be missed, for the next run seals it too. */
const LATE = 2 * DAY;

/** The part of a ledger that knows its seals. Each call throws CodedError `ledger.unavailable` or `ledger.foreign`. */
export interface SealedLedger {
  /** When the first schedule or account begins; undefined in an empty ledger. */
  beginning(): Promise<Instant | undefined>;
  /** The newest seal of a day that begins at or before `day`. */
  newestSeal(day: Instant): Promise<Seal | undefined>;
}

/** What seals the days of a ledger. */
export interface Sealing {
  /** When it last ran, if it does not run by itself. */
  readonly lastRun: Instant;
  /** When a day is sealed, in words. */
  readonly when: string;
  /** What to do about days without a seal. */
  readonly remedy: string;
}

/** The sealer of a stack. */
const SEALER = {
  when: 'each day is sealed an hour after it ends',
  remedy: 'docs/runbook.md#no-seal says how to see why, and how to seal those days.',
};

/**
 * Says which day the newest seal is of. It is late if two days or more that could be sealed have none.
 *
 * @param timeZone whose days are sealed; undefined if no sealer is known: then no seal is late, and none is expected.
 * @param sealing a stack's sealer, which runs every day, if undefined.
 * @throws CodedError as the ledger does.
 */
export async function lookAtSeals(
  ledger: SealedLedger,
  timeZone: TimeZone | undefined,
  now: Instant,
  sealing?: Sealing,
): Promise<Finding[]> {
  const { lastRun, when, remedy } = sealing ?? { ...SEALER, lastRun: now };
  const newest = await ledger.newestSeal(now);
  const found =
    newest === undefined
      ? 'none yet'
      : `the newest is of ${dayName(newest)}, made ${formatDuration(Math.max(0, now - newest.sealedAt))} ago`;
  if (timeZone === undefined) return newest === undefined ? [] : [ok(LOOKED_AT, found)];
  const beginning = await ledger.beginning();
  if (beginning === undefined)
    return [{ ...ok(LOOKED_AT, `${found}: nothing is recorded`), tells: [NOTHING_UNSEALED] }];
  const sealed = newest?.from ?? localMidnight(timeZone, beginning) - DAY;
  const last = lastSealable(timeZone, lastRun);
  if (last - sealed >= LATE) {
    const since = dayName({ from: sealed + DAY, timeZone });
    return [
      { ...wrong(LOOKED_AT, `${found}; the days from ${since} have none`, remedy), tells: ['no-seal'] },
    ];
  }
  const first = newest === undefined ? `: ${when}` : '';
  return [{ ...ok(LOOKED_AT, `${found}${first}`), tells: [NOTHING_UNSEALED] }];
}
