import type { AccountName } from '../core/account.ts';
import type { Catalog } from '../core/catalog.ts';
import { expectedPeriods } from '../core/completeness.ts';
import type { Instant } from '../core/instant.ts';
import { CADENCES } from '../core/slots.ts';
import type { Found } from '../core/snapshot.ts';
import { readAhead } from './read-ahead.ts';
import type { LedgerReader, LedgerView, Range } from './reader.ts';

/**
 * Slots per slice. At up to 1.4 KB each, about 40 currencies, they fit one page of a query (1 MB); 30 days of hourly
 * slots are one slice.
 */
const SLICE = 720;
/** How many slices are in memory at a time, over all accounts: the one being consumed and those being read. */
const AHEAD = 8;

/**
 * All items of an account with from ≤ slot < to, in order. The part in which the catalog expects items is cut into time
 * slices that are read in parallel, a few at a time, so memory does not grow with the range.
 *
 * @throws CodedError as the reader does.
 */
export async function* readRange(
  { reader, catalog, now }: LedgerView,
  account: AccountName,
  { from, to }: Range,
): AsyncGenerator<Found> {
  const expected = expectedPart(catalog, account, { from, to }, now);
  // Items outside the expected part are not hidden; usually there are none, and one query shows that.
  if (from < expected.from) yield* reader.entries(account, from, expected.from);
  const tasks = slices(catalog, expected).map((slice) => () => collect(reader, account, slice));
  for await (const entries of readAhead(tasks, AHEAD)) yield* entries;
  if (expected.to < to) yield* reader.entries(account, expected.to, to);
}

/**
 * How many accounts to start at a time, so that no more than {@link AHEAD} slices are in memory in total, but at least
 * one account.
 */
export function accountsAhead(
  { catalog, now }: Pick<LedgerView, 'catalog' | 'now'>,
  { from, to }: Range,
): number {
  const each = slices(catalog, { from, to: Math.min(to, now + 1) }).length;
  return Math.max(1, Math.floor(AHEAD / Math.max(1, each)));
}

/** The part of the range in which the account is expected; an empty one at the range's end if there is none. */
function expectedPart(catalog: Catalog, account: AccountName, { from, to }: Range, now: Instant): Range {
  const periods = expectedPeriods(catalog, account);
  const begin = Math.max(from, periods[0]?.from ?? Infinity);
  const end = Math.min(to, periods.at(-1)?.to ?? Infinity, now + 1);
  return begin < end ? { from: begin, to: end } : { from: to, to };
}

/** Cuts a range into slices of {@link SLICE} slots of the schedule in force. */
function slices({ schedules }: Catalog, { from, to }: Range): Range[] {
  return schedules.flatMap((schedule, index) => {
    const end = Math.min(to, schedules[index + 1]?.from ?? Infinity);
    const length = SLICE * CADENCES[schedule.every];
    const cut: Range[] = [];
    for (let start = Math.max(from, schedule.from); start < end; start += length) {
      cut.push({ from: start, to: Math.min(start + length, end) });
    }
    return cut;
  });
}

async function collect(reader: LedgerReader, account: AccountName, { from, to }: Range): Promise<Found[]> {
  const entries: Found[] = [];
  for await (const entry of reader.entries(account, from, to)) entries.push(entry);
  return entries;
}
