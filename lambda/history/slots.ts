import pLimit from 'p-limit';
import type { AccountName } from '../core/account.ts';
import {
  expectedPeriods,
  expectedSlots,
  knownAccounts,
  type LastRecorded,
  type Period,
  type SlotOutcome,
  slotOutcomes,
} from '../core/completeness.ts';
import { type Instant, SECOND } from '../core/instant.ts';
import { isUnreadable } from '../core/snapshot.ts';
import { prefetchStreams } from './read-ahead.ts';
import { accountsAhead, readRange } from './read-range.ts';
import { CONCURRENCY, type LedgerReader, type LedgerView, type Range } from './reader.ts';

/**
 * The outcome of every expected slot, by account in the order given and then by time. A slot is expected once it is due
 * or has an item; it is never later than `now`.
 */
export async function* slots(
  view: LedgerView,
  accounts: readonly AccountName[],
  range: Range,
): AsyncGenerator<SlotOutcome> {
  const { catalog, now } = view;
  // Slots are whole seconds, so rounding up moves neither end past one.
  const from = wholeSecond(range.from);
  const to = wholeSecond(Math.min(range.to, now + 1));
  if (from >= to) return;
  const periodsOf = new Map(
    accounts.map((account) => [account, within(expectedPeriods(catalog, account), from, to)]),
  );
  const lastRecorded = await findLastRecorded(view, [...periodsOf.values()].flat());
  const outcomesOf = ([account, periods]: readonly [AccountName, readonly Period[]]) => {
    const expected = expectedSlots(periods, from, to, lastRecorded);
    const part = { from: Math.max(from, periods[0]?.from ?? to), to };
    return slotOutcomes(account, expected, readRange(view, account, part), now);
  };
  const asked = [...periodsOf].filter(([, periods]) => periods.length > 0);
  const streams = prefetchStreams(asked, outcomesOf, accountsAhead(view, { from, to }));
  for await (const [, outcomes] of streams) yield* outcomes;
}

function within(periods: readonly Period[], from: Instant, to: Instant): Period[] {
  return periods.filter((period) => period.from < to && from < period.to);
}

/** Finds, before the end of each grid of these periods, the last slot for which any account has an item. */
export async function findLastRecorded(
  { reader, catalog }: Pick<LedgerView, 'reader' | 'catalog'>,
  periods: readonly Period[],
): Promise<LastRecorded> {
  const ends = [...new Set(periods.map(({ gridEnd }) => gridEnd))].filter(Number.isFinite);
  const limit = pLimit(CONCURRENCY);
  const found = new Map<Instant, Instant>();
  for (const end of ends) {
    const slots = await limit.map(knownAccounts(catalog), (account) =>
      newestScheduled(reader, account, end - SECOND),
    );
    found.set(end, Math.max(...slots));
  }
  return found;
}

/** The newest slot ≤ `at` that has a scheduled item, or an unreadable one that may be; −Infinity if none. */
export async function newestScheduled(
  reader: LedgerReader,
  account: AccountName,
  at: Instant,
): Promise<Instant> {
  let entry = await reader.newest(account, at);
  while (entry !== undefined && !isUnreadable(entry) && entry.manual) {
    entry = await reader.newest(account, entry.slot - SECOND);
  }
  return entry?.slot ?? -Infinity;
}

function wholeSecond(instant: Instant): Instant {
  return Math.ceil(instant / SECOND) * SECOND;
}
