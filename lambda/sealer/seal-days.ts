import { DAY, type Instant } from '../core/instant.ts';
import {
  type DayHashes,
  dayName,
  hashDay,
  lastSealable,
  oldestSealable,
  rootText,
  type Seal,
} from '../core/seal.ts';
import { localMidnight } from '../core/slots.ts';
import type { SealerParts, SealerSettings } from './ports.ts';

/** What a run sealed, in order of day. */
export interface SealReport {
  readonly sealed: readonly { readonly day: string; readonly root: string; readonly items: number }[];
}

/**
 * Seals every day of the ledger that ended at least an hour before `at` and comes after the newest seal, in order, at most 31
 * days back. Each seal is chained to the one before. A day without an item is sealed too, so that one added later shows. Of two
 * runs at once the first seal of a day stays, and the other run goes on from it.
 *
 * @throws CodedError `ledger.*` if the ledger cannot be read or written; what was sealed by then stays.
 */
export async function sealDays(
  at: Instant,
  { timeZone, writer }: SealerSettings,
  parts: SealerParts,
): Promise<SealReport> {
  const { ledger, clock, sha256, log } = parts;
  const beginning = await ledger.beginning();
  if (beginning === undefined) return { sealed: [] };
  const last = lastSealable(timeZone, at);
  let newest = await ledger.newestSeal(last);
  const first = Math.max(
    localMidnight(timeZone, beginning),
    oldestSealable(timeZone, at),
    // After a change of time zone this day may overlap the newest sealed one; none is left out.
    newest === undefined ? Number.NEGATIVE_INFINITY : localMidnight(timeZone, newest.from) + DAY,
  );
  const partitions = first > last ? [] : await ledger.partitions();
  const sealed: SealReport['sealed'][number][] = [];
  for (let from = first; from <= last; from += DAY) {
    const day = await hashesOf(partitions, from, parts);
    const previous = newest?.root;
    const seal: Seal = {
      ...{ ...day, from, timeZone, previous, writer },
      root: sha256(rootText(previous, day.accounts)),
      sealedAt: clock.now(),
    };
    newest = await ledger.putSeal(seal);
    const items = [...newest.items.values()].reduce((sum, count) => sum + count, 0);
    const told = { day: dayName(newest), root: newest.root };
    log({ level: 'INFO', message: 'seal', ...told, accounts: newest.accounts.size, items });
    sealed.push({ ...told, items });
  }
  return { sealed };
}

/** Account by account, so that only one account's day is in memory. */
async function hashesOf(
  partitions: readonly string[],
  from: Instant,
  { ledger, sha256 }: SealerParts,
): Promise<DayHashes> {
  const accounts = new Map<string, string>();
  const items = new Map<string, number>();
  for (const partition of partitions) {
    const found = hashDay(await ledger.items(partition, from, from + DAY), sha256);
    if (found === undefined) continue;
    accounts.set(partition, found.hash);
    items.set(partition, found.count);
  }
  return { accounts, items };
}
