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
 * Values snapshots in the order they come, each with what comes with it: `unit` is the currency to give worth in, and `isWanted` says which currencies count.
 *
 * @throws CodedError as the reader does.
 */
export async function* worthOf<T extends { readonly snapshot: Snapshot }>(
  all: AsyncIterable<T> | Iterable<T>,
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean = () => true,
): AsyncGenerator<T & Worth> {
  let chunk: T[] = [];
  for await (const one of all) {
    chunk.push(one);
    if (chunk.length < CHUNK) continue;
    yield* valueAll(chunk, book, unit, isWanted);
    chunk = [];
  }
  yield* valueAll(chunk, book, unit, isWanted);
}

async function* valueAll<T extends { readonly snapshot: Snapshot }>(
  all: readonly T[],
  book: PriceBook,
  unit: string,
  isWanted: (currency: string) => boolean,
): AsyncGenerator<T & Worth> {
  const regions = [
    ...new Set(all.flatMap(({ snapshot }) => regionsBehind(regionOf(snapshot.account), unit))),
  ];
  const pricesAt = await book.at(
    regions,
    all.map(({ snapshot }) => snapshot.slot),
  );
  for (const one of all) {
    const { snapshot } = one;
    const { account, slot } = snapshot;
    const region = regionOf(account);
    const prices = pricesAt(slot);
    const balances = snapshot.balances.filter(({ currency }) => isWanted(currency));
    const holdings = valued(balances, unit, region, prices);
    yield { ...one, account, snapshot, holdings, sum: sumOf(holdings), hasPrices: prices.has(region) };
  }
}
