import { type AccountName, regionOf } from '../core/account.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { type Holding, type Sum, sumOf, valued } from '../core/worth.ts';
import { type PriceBook, regionsBehind } from './price-book.ts';

/** What one account was worth at one slot, by the prices of exactly that slot. */
export interface Worth {
  readonly account: AccountName;
  readonly snapshot: Snapshot;
  /** One for each balance of the snapshot that was asked for, in its order. */
  readonly holdings: readonly Holding[];
  readonly sum: Sum;
  /** False if no prices of its region were recorded for the slot. */
  readonly hasPrices: boolean;
}

/** How many snapshots are valued at a time: as many prices as one BatchGetItem reads. */
const CHUNK = 100;

/**
 * Values snapshots in the order they come: `unit` is the currency to tell worth in, and `isWanted` says which currencies count.
 *
 * @throws CodedError as the reader does.
 */
export async function* worthOf(
  snapshots: AsyncIterable<Snapshot> | Iterable<Snapshot>,
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean = () => true,
): AsyncGenerator<Worth> {
  let chunk: Snapshot[] = [];
  for await (const snapshot of snapshots) {
    chunk.push(snapshot);
    if (chunk.length < CHUNK) continue;
    yield* valueAll(chunk, book, unit, isWanted);
    chunk = [];
  }
  yield* valueAll(chunk, book, unit, isWanted);
}

async function* valueAll(
  snapshots: readonly Snapshot[],
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean,
): AsyncGenerator<Worth> {
  const regions = [...new Set(snapshots.flatMap(({ account }) => regionsBehind(regionOf(account), unit)))];
  const pricesAt = await book.at(
    regions,
    snapshots.map(({ slot }) => slot),
  );
  for (const snapshot of snapshots) {
    const { account, slot } = snapshot;
    const region = regionOf(account);
    const prices = pricesAt(slot);
    const balances = snapshot.balances.filter(({ currency }) => isWanted(currency));
    const holdings = valued(balances, unit, region, prices);
    yield { account, snapshot, holdings, sum: sumOf(holdings), hasPrices: prices.has(region) };
  }
}
