import { putAccount } from '../../../lambda/adapters/ledger/accounts.ts';
import { formatSecond, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import type { Collector } from '../../../lambda/handlers/assemble.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import type { LocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { typed } from '../../support/typed.ts';

/** The n-th slot of a test, an hour after the one before it. */
export function hour(n: number): Instant {
  return SLOT + n * HOUR;
}

/** Runs the process at each of these slots, a second after it is due. */
export async function runAt(parts: LocalParts, collector: Collector, ...slots: Instant[]): Promise<void> {
  for (const slot of slots) {
    parts.clock.set(slot + SECOND);
    await collector({ slot: formatSecond(slot) }, slot + 5 * MINUTE);
  }
}

/** The outcomes of an account's slots: `ok`, a code, or `missing`. */
export async function outcomes(
  parts: LocalParts,
  account: `sg/${string}`,
  ...slots: Instant[]
): Promise<string[]> {
  const items = await Promise.all(slots.map((slot) => parts.item(account, slot)));
  return items.map((item) => (item === undefined ? 'missing' : isFailure(item) ? item.failure : 'ok'));
}

/** What a command prints as JSON, with the ledger and the time of the parts. */
export async function balances(
  parts: LocalParts,
  commandLine: string,
  reader: LedgerReader = parts.reader,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const ran = await typed(`${commandLine} --format json`, reader, {
    now: parts.clock.now,
    replaceAccount: (before, after) => putAccount(parts.table, before, after),
  });
  if (ran.exitCode === 1 || ran.exitCode === 2) throw new Error(ran.stderrText);
  const rows: unknown = JSON.parse(ran.stdout);
  if (!Array.isArray(rows) || !rows.every(isObject)) throw new Error(`${ran.stdout} is not a list of rows`);
  return rows;
}

/** The gaps a command lists, as `account slot reason`. */
export async function gaps(parts: LocalParts, reader: LedgerReader = parts.reader): Promise<string[]> {
  const rows = await balances(parts, 'gaps', reader);
  return rows.map(({ account, slot, reason }) => `${account} ${slot} ${reason}`);
}
