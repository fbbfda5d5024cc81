import { DAY, HOUR, type Instant } from '../../lambda/core/instant.ts';
import { dayName, MOST_DAYS_BACK, type Seal } from '../../lambda/core/seal.ts';
import { isUnreadableSeal, type StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { type Finding, ok, wrong } from './finding.ts';
import type { RunningSealer } from './sealer.ts';

const LOOKED_AT = 'time-stamps';

/** Longer than from one run of the sealer to the next: a seal that is older has been asked for twice. */
const TWO_RUNS = DAY + HOUR;

/**
 * Says whether the time-stamp authority has signed the newest seals; nothing if none is configured. Each run asks again for those
 * without a token, so one run may fail; and seals from before the authority was configured wait for two runs after that.
 *
 * @throws CodedError as the ledger does.
 */
export async function lookAtTimestamps(
  ledger: Pick<StoredLedger, 'seals'>,
  sealer: Pick<RunningSealer, 'timestampUrl' | 'changedAt'> | undefined,
  now: Instant,
): Promise<Finding[]> {
  if (sealer?.timestampUrl === undefined) return [];
  const { host } = new URL(sealer.timestampUrl);
  const seals: Seal[] = [];
  for await (const found of ledger.seals(now - (MOST_DAYS_BACK + 1) * DAY))
    if (!isUnreadableSeal(found)) seals.push(found);
  const unsigned = seals.filter(({ timestamp }) => timestamp === undefined);
  const [first] = unsigned.filter(({ sealedAt }) => now - sealedAt > TWO_RUNS);
  // A deploy changes the function every time; the first token shows that the authority was configured by then.
  const since = Math.min(
    sealer.changedAt ?? Number.NEGATIVE_INFINITY,
    ...seals.filter(({ timestamp }) => timestamp !== undefined).map(({ sealedAt }) => sealedAt),
  );
  const runs = seals.filter(({ sealedAt }) => sealedAt > since);
  if (first !== undefined && (runs.length > 1 || first.sealedAt > since))
    return [
      wrong(
        LOOKED_AT,
        `${host} has not signed ${unsigned.length} of the newest seals, from ${dayName(first)} on`,
        'The log of the sealer has the reason ("message":"timestamp"). Every run asks again. If the authority no longer serves you, set timestampUrl to another one and deploy.',
      ),
    ];
  const all = `the seals of the last ${MOST_DAYS_BACK} days`;
  return [
    ok(
      LOOKED_AT,
      unsigned.length === 0
        ? `${host} has signed ${all}`
        : `the next run asks ${host} to sign ${unsigned.length} of ${all}`,
    ),
  ];
}
