import pLimit from 'p-limit';
import { type AccountName, regionOf } from '../core/account.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import { EXPIRY_REMEDY, expiryText, isReminderDue } from '../core/key-expiry.ts';
import { type ApiKey, daysUntil, isKeyProblem, type Keys } from '../core/keys.ts';
import { CALL_TIMEOUT, CONCURRENT_CALLS } from './call-limits.ts';
import type { CollectorParts } from './ports.ts';
import type { Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/** All of them together: what is not answered by then is not known today. */
const TOTAL_TIMEOUT = 10 * SECOND;

/**
 * Logs a reminder for each key that expires in 30 days, or in 7 or fewer, and returns the fewest days; undefined where
 * it is known of no key. Upbit is asked about the accounts it has just answered for, once each; where it does not say,
 * the secret's `expiresOn` holds. Days are counted from the slot, so that from day to day they are one less.
 *
 * For after the snapshots: it changes none, ends with the run's deadline, and throws nothing.
 */
export async function remindOfExpiries(
  run: Run,
  parts: CollectorParts,
  keys: Keys,
  recorder: Recorder,
): Promise<number | undefined> {
  const answered = answering(recorder);
  const end = Math.min(run.deadline, parts.clock.now() + TOTAL_TIMEOUT);
  const places = pLimit(CONCURRENT_CALLS);
  const all = await Promise.all(
    [...keys.accounts].map(async ([account, key]) => {
      if (isKeyProblem(key) || !run.settings.regions.includes(regionOf(account))) return [];
      const told = answered.has(account)
        ? await places(() => ask(account, key, end, parts, recorder))
        : undefined;
      const expiresAt = told ?? key.expiresOn;
      return expiresAt === undefined ? [] : [{ account, expiresAt, days: daysUntil(expiresAt, run.slot) }];
    }),
  );
  const known = all.flat();
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

/** The accounts whose balances came in this run, but for regions where anybody is blocked. */
function answering({ lines }: Recorder): ReadonlySet<AccountName> {
  const blocked = lines.filter(({ outcome }) => outcome === 'upbit.blocked').map(({ account }) => account);
  const regions = new Set(blocked.map(regionOf));
  return new Set(
    lines
      .filter(({ account, currencies }) => currencies !== null && !regions.has(regionOf(account)))
      .map(({ account }) => account),
  );
}

async function ask(
  account: AccountName,
  key: ApiKey,
  end: Instant,
  { exchange, blocks, clock }: CollectorParts,
  recorder: Recorder,
): Promise<Instant | undefined> {
  const left = end - clock.now();
  // Another account of the region may have been told meanwhile that the address is blocked.
  if (left <= 0 || (blocks.until(account) ?? 0) > clock.now()) return undefined;
  const { expiresAt, block } = await exchange.expiry(account, key, Math.min(CALL_TIMEOUT, left));
  if (block !== undefined) {
    blocks.note(account, regionOf(account), block);
    await recorder.block(account, block.until);
  }
  return expiresAt;
}
