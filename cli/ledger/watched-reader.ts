import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { LedgerReader, Range } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';

/**
 * Wraps a reader to report its progress through a range of accounts: `done` of `all`, never backwards. Accounts must be
 * read in the given order; within one, order and concurrency do not matter.
 */
export function watchedReader(
  reader: LedgerReader,
  accounts: readonly AccountName[],
  { from, to }: Range,
  onProgress: (done: number, all: number) => void,
): LedgerReader {
  const all = accounts.length * (to - from);
  let done = 0;
  const reached = (account: AccountName, slot: Instant) => {
    const place = accounts.indexOf(account) * (to - from) + slot - from;
    if (place <= done || place >= all) return;
    done = place;
    onProgress(done, all);
  };
  return {
    ...reader,
    async *entries(account, first, end) {
      for await (const entry of reader.entries(account, first, end)) {
        reached(account, entry.slot ?? first);
        yield entry;
      }
    },
    async get(account, slots) {
      const entries = await reader.get(account, slots);
      reached(account, slots.at(-1) ?? from);
      return entries;
    },
  };
}

/** Wraps a stored ledger to report its progress through a range, day by day. */
export function watchedStored(
  stored: StoredLedger,
  { from, to }: Range,
  onProgress: (done: number, all: number) => void,
): StoredLedger {
  let done = from;
  return {
    ...stored,
    items(partition, day, end) {
      if (day > done && day < to) {
        done = day;
        onProgress(day - from, to - from);
      }
      return stored.items(partition, day, end);
    },
  };
}
