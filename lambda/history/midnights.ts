import type { AccountName } from '../core/account.ts';
import { expectedPeriods } from '../core/completeness.ts';
import type { Instant } from '../core/instant.ts';
import { slotsBetween, type TimeZone } from '../core/slots.ts';
import { isFailure, isUnreadable, type Snapshot } from '../core/snapshot.ts';
import { chunks, readAhead } from './read-ahead.ts';
import type { LedgerReader, LedgerView, Range } from './reader.ts';

/** What an account held at the first instant of a day. */
export interface Midnight {
  readonly slot: Instant;
  /** Of exactly this slot; undefined if it has no success. */
  readonly snapshot: Snapshot | undefined;
}

/** How many slots are requested at a time: the limit of one BatchGetItem. */
const CHUNK = 100;
/** How many chunks are in memory at a time. */
const AHEAD = 4;

/**
 * The local midnights of the range, from ≤ slot < to, in order, each with the snapshot of exactly that slot, never of a
 * neighbouring one. Only those of the times in which the account is expected, and never one later than `now`.
 *
 * @throws CodedError as the reader does.
 */
export async function* midnights(
  { reader, catalog, now }: LedgerView,
  account: AccountName,
  { from, to }: Range,
  timeZone: TimeZone,
): AsyncGenerator<Midnight> {
  const end = Math.min(to, now + 1);
  const days = expectedPeriods(catalog, account).flatMap((period) => [
    ...slotsBetween({ every: '1d', timeZone }, Math.max(from, period.from), Math.min(end, period.to)),
  ]);
  const tasks = [...chunks(days, CHUNK)].map((slots) => () => read(reader, account, slots));
  for await (const found of readAhead(tasks, AHEAD)) yield* found;
}

async function read(
  reader: LedgerReader,
  account: AccountName,
  slots: readonly Instant[],
): Promise<Midnight[]> {
  const entries = await reader.get(account, slots);
  const found = new Map(entries.map((entry) => [entry.slot, entry]));
  return slots.map((slot) => {
    const entry = found.get(slot);
    const isOne = entry !== undefined && !isUnreadable(entry) && !isFailure(entry) && !entry.manual;
    return { slot, snapshot: isOne ? entry : undefined };
  });
}
