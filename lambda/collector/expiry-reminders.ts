import { type AccountName, regionOf } from '../core/account.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import { EXPIRY_REMEDY, expiryText, isReminderDue } from '../core/key-expiry.ts';
import { type ApiKey, daysUntil, isKeyProblem, type Keys } from '../core/keys.ts';
import { CALL_TIMEOUT, CONCURRENT_CALLS } from './call-limits.ts';
import { FairShares } from './fair-shares.ts';
import type { CollectorParts } from './ports.ts';
import type { Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/** For all calls together: an expiry not answered by then stays unknown today. */
const TOTAL_TIMEOUT = 10 * SECOND;

/**
 * Logs a reminder for each key that expires in 30 days, or in 7 or fewer, and returns the fewest days; undefined if no
 * key's expiry is known. Asks Upbit once for each account it has just answered for, and falls back to `expiresOn` in the
 * secret. Days are counted from the slot, so that each day has exactly one less.
 *
 * Runs after the snapshots: it changes none, ends by the run's deadline, and throws nothing.
 */
export async function remindOfExpiries(
  run: Run,
  parts: CollectorParts,
  keys: Keys,
  recorder: Recorder,
): Promise<number | undefined> {
  const answered = answering(recorder);
  const end = Math.min(run.deadline, parts.clock.now() + TOTAL_TIMEOUT);
  const shares = new FairShares(CONCURRENT_CALLS);
  const all = await Promise.all(
    run.settings.regions.map((region) =>
      shares.enter((limit) =>
        Promise.all(
          [...keys.accounts].map(async ([account, key]) => {
            if (isKeyProblem(key) || regionOf(account) !== region) return [];
            const told = answered.has(account)
              ? await limit(() => ask(account, key, end, parts, recorder))
              : undefined;
            const expiresAt = told ?? key.expiresOn;
            return expiresAt === undefined
              ? []
              : [{ account, expiresAt, days: daysUntil(expiresAt, run.slot) }];
          }),
        ),
      ),
    ),
  );
  const known = all.flat(2);
  for (const { account, expiresAt, days } of known) {
    if (!isReminderDue(days)) continue;
    parts.log({
      level: 'WARN',
      message: 'key.expiring',
      slot: formatSecond(run.slot),
      account,
      detail: `the key expires at ${expiryText(expiresAt, days)}`,
      remedy: EXPIRY_REMEDY,
    });
  }
  return known.length === 0 ? undefined : Math.min(...known.map(({ days }) => days));
}

/** The accounts whose balances arrived in this run. */
function answering({ lines }: Recorder): ReadonlySet<AccountName> {
  return new Set(lines.filter(({ currencies }) => currencies !== null).map(({ account }) => account));
}

async function ask(
  account: AccountName,
  key: ApiKey,
  end: Instant,
  { exchange, blocks, clock }: CollectorParts,
  recorder: Recorder,
): Promise<Instant | undefined> {
  const left = end - clock.now();
  if (left <= 0 || blocks.until(account) > clock.now()) return undefined;
  const { expiresAt, block } = await exchange.expiry(account, key, Math.min(CALL_TIMEOUT, left));
  if (block !== undefined) {
    blocks.note(account, regionOf(account), block);
    await recorder.block(account, block.until);
  }
  return expiresAt;
}
