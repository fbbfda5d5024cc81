import type { Balance } from '../../lambda/core/balances.ts';
import { ZERO } from '../../lambda/core/decimal.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import type { PriceBook } from '../../lambda/history/price-book.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { type Worth, worthOf } from '../../lambda/history/worth.ts';

/** A snapshot of an export, and what it was worth. */
export interface ShownWorth {
  readonly shown: Shown;
  /** Its holdings include what was sold out, of which the account held 0. */
  readonly worth: Worth;
}

/**
 * Values the snapshots of an export, in their order: `unit` is the currency to tell worth in, and `isWanted` says which
 * currencies count.
 *
 * @throws CodedError as the reader does.
 */
export async function* withWorth(
  all: AsyncIterable<Shown>,
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean,
): AsyncGenerator<ShownWorth> {
  // Snapshots are valued some at a time; each comes back in its turn.
  const waiting: Shown[] = [];
  const snapshots = async function* () {
    for await (const shown of all) {
      waiting.push(shown);
      yield whole(shown);
    }
  };
  for await (const worth of worthOf(snapshots(), book, unit, isWanted)) {
    const shown = waiting.shift();
    if (shown !== undefined) yield { shown, worth };
  }
}

/** The snapshot with a line for each currency that was sold out. */
function whole({ snapshot, soldOut }: Shown): Snapshot {
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
