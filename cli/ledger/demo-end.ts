import type { Catalog } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { END_OF_TIME, formatSecond, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { nextSlot } from '../../lambda/core/slots.ts';
import { isUnreadable } from '../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';

/**
 * When `npm start` last filled a local ledger: the time of the snapshot that it takes last. Nothing runs between two starts, so
 * the demo's later slots are not missing, and nothing is expected of them. Undefined if there is no item.
 */
export async function lastStart(reader: LedgerReader, catalog: Catalog): Promise<Instant | undefined> {
  const entries = await Promise.all(
    knownAccounts(catalog).map((account) => reader.newest(account, END_OF_TIME)),
  );
  const ends = entries.flatMap((entry) =>
    entry === undefined || isUnreadable(entry) ? [] : [Math.max(entry.slot + SECOND, entry.observedAt)],
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Says where the demo ends; undefined while no slot has passed since. */
export function demoEndSentence({ schedules }: Catalog, end: Instant, now: Instant): string | undefined {
  const schedule = schedules.at(-1);
  if (schedule === undefined || nextSlot(schedule, end) > now) return undefined;
  return `the demo ends at ${formatSecond(end)}, when npm start last filled it; run npm start to fill it up to now`;
}
