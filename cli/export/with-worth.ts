import type { Balance } from '../../lambda/core/balances.ts';
import { ZERO } from '../../lambda/core/decimal.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import type { PriceBook } from '../../lambda/history/price-book.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { type Worth, worthOf } from '../../lambda/history/worth.ts';
import { mapAsync } from '../print/map-async.ts';

/** A snapshot of an export, and what it was worth: its holdings include what was sold out, of which the account held 0. */
export interface ShownWorth extends Worth {
  readonly shown: Shown;
}

/**
 * Values the snapshots of an export, in their order: `unit` is the currency to give worth in, and `isWanted` says which
 * currencies count.
 *
 * @throws CodedError as the reader does.
 */
export function withWorth(
  all: AsyncIterable<Shown>,
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean,
): AsyncGenerator<ShownWorth> {
  const whole = mapAsync(all, (shown) => ({ shown, snapshot: withNothing(shown) }));
  return worthOf(whole, book, unit, isWanted);
}

/** The snapshot with a line for each currency that was sold out. */
function withNothing({ snapshot, soldOut }: Shown): Snapshot {
  return soldOut.length === 0
    ? snapshot
    : { ...snapshot, balances: [...snapshot.balances, ...soldOut.map(nothingOf)] };
}

function nothingOf(currency: string): Balance {
  return {
    currency,
    balance: ZERO,
    locked: ZERO,
    avgBuyPrice: ZERO,
    avgBuyPriceModified: false,
    unitCurrency: '',
  };
}
