import { DAY, HOUR, type Instant } from '../../lambda/core/instant.ts';
import { dayName, MOST_DAYS_BACK, type Seal } from '../../lambda/core/seal.ts';
import { type Finding, ok, wrong } from './finding.ts';
import type { DeployedSealer } from './sealer.ts';

const LOOKED_AT = 'time-stamps';

/** The part of a ledger that knows which seals are not signed. */
export interface UnsignedSeals {
  /** The seals without a token whose day begins at or after `from`, in order of day. */
  unstamped(from: Instant): Promise<readonly { readonly seal: Seal }[]>;
}

/** Longer than from one run of the sealer to the next: a seal that is older was refused twice. */
const TWO_RUNS = DAY + HOUR;

/**
 * Says whether the time-stamp authority has signed the newest seals; nothing if none is configured. Each run asks again for those
 * without a token, so one run may fail; and seals from before the authority was configured wait for the first run after that.
 *
 * @throws CodedError as the ledger does.
 */
export async function lookAtTimestamps(
  ledger: UnsignedSeals,
  sealer: Pick<DeployedSealer, 'timestampUrl' | 'changedAt'> | undefined,
  now: Instant,
): Promise<Finding[]> {
  if (sealer?.timestampUrl === undefined) return [];
  const { timestampUrl, changedAt } = sealer;
  const { host } = new URL(timestampUrl);
  const unsigned = (await ledger.unstamped(now - (MOST_DAYS_BACK + 1) * DAY)).map(({ seal }) => seal);
  const [first] = unsigned.filter(({ sealedAt }) => now - sealedAt > TWO_RUNS);
  const wasAsked = unsigned.some(({ sealedAt }) => sealedAt > changedAt);
  if (first === undefined || !wasAsked) {
    const [all, waiting] = [`the seals of the last ${MOST_DAYS_BACK} days`, unsigned.length];
    return [
      ok(
        LOOKED_AT,
        waiting === 0
          ? `${host} has signed ${all}`
          : `the next run asks ${host} to sign ${waiting} of ${all}`,
      ),
    ];
  }
  return [
    wrong(
      LOOKED_AT,
      `${host} has not signed ${unsigned.length} of the newest seals, from ${dayName(first)} on`,
      'The log of the sealer has the reason ("message":"timestamp"). Every run asks again. If the authority no longer serves you, set timestampUrl to another one and deploy.',
    ),
  ];
}
