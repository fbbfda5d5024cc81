import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { PriceBook } from '../../lambda/history/price-book.ts';
import { type Worth, worthOf } from '../../lambda/history/worth.ts';
import { type PointSum, WorthSums } from '../../lambda/history/worth-sums.ts';
import { wantedBy } from '../print/balance-rows.ts';
import { WorthNotes } from '../print/worth-notes.ts';
import type { CurrencyOptions } from './currency.ts';
import type { LedgerOptions } from './options.ts';
import { lackingClauses, type Readings, readAt } from './readings.ts';
import type { Session } from './session.ts';
import type { TypedTime } from './time.ts';
import { type UnitOptions, unitFor } from './unit.ts';

/** What the ledger has for the chosen accounts, now or at a time, and what it was worth. */
export interface WorthReadings {
  readonly asked: Readings;
  /** The currency in which worth is given. */
  readonly unit: string;
  /** One for each snapshot of `asked`, in its order. */
  readonly worths: readonly Worth[];
  /** Of all of them; undefined if there are none, or if something could not be read: it would be too small. */
  readonly sum: PointSum | undefined;
  /** What the values do not show, about prices: lines with their newline. */
  readonly priceNotes: readonly string[];
  /** What the sum does not show: lines with their newline. */
  readonly sumNotes: readonly string[];
}

/** Said instead of a sum, as a line. */
const NO_SUM = 'no sum: it would leave out an item that cannot be read\n';

/**
 * Reads each account's newest success, or that at or before a time, and values it by the prices of its own slot.
 *
 * @throws CodedError `usage.invalid` for an account that is not in the ledger, or a unit that no market has a price in, and as the
 * reader does.
 */
export async function readWorthAt(
  session: Session,
  options: LedgerOptions & CurrencyOptions & UnitOptions,
  time: TypedTime | undefined,
): Promise<WorthReadings> {
  const asked = await readAt(session, options, time);
  const accounts = asked.readings.map(({ account }) => account);
  const unit = unitFor(options, accounts, session);
  const notes = new WorthNotes(unit);
  const sums = new WorthSums();
  const worths: Worth[] = [];
  const snapshots = asked.snapshots.map((snapshot) => ({ snapshot }));
  for await (const worth of worthsOf(session, snapshots, unit, options)) {
    worths.push(worth);
    notes.add(worth);
    // Each account's newest snapshot counts, also if it is older than the others.
    sums.add(0, worth);
  }
  const lacking = accounts.length > 1 ? lackingClauses(asked.readings) : [];
  const incomplete = lacking.length > 0 ? [`the sum is not complete: ${lacking.join('; ')}\n`] : [];
  return {
    asked,
    unit,
    worths,
    sum: session.isWhole() ? sums.points()[0] : undefined,
    priceNotes: notes.lines({ hasSum: session.isWhole() }),
    sumNotes: session.isWhole() ? incomplete : [NO_SUM],
  };
}

/** Values snapshots in the order they come: only the currencies that the options select. */
export function worthsOf<T extends { readonly snapshot: Snapshot }>(
  { reader }: Session,
  all: AsyncIterable<T> | Iterable<T>,
  unit: string,
  { currency }: CurrencyOptions,
): AsyncGenerator<T & Worth> {
  return worthOf(all, new PriceBook(reader), unit, wantedBy(currency));
}

/** The line that says there is no sum; none if there is one. A sum without an item that cannot be read would be too small. */
export function withoutSum(session: Session): string[] {
  return session.isWhole() ? [] : [NO_SUM];
}
