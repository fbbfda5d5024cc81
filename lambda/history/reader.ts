import type { AccountName } from '../core/account.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Instant } from '../core/instant.ts';
import type { PriceSheet, UnreadablePrices } from '../core/prices.ts';
import type { Region } from '../core/regions.ts';
import type { Found, Snapshot, Unreadable } from '../core/snapshot.ts';

/**
 * The ledger, as a reader sees it. Each call throws CodedError ledger.unavailable, or ledger.foreign if the table is not
 * ours. A single item that cannot be read is returned as {@link Unreadable}, not thrown.
 */
export interface LedgerReader {
  /** The whole catalog, {@link Catalog.firstOfDefaults} included. */
  catalog(): Promise<Catalog>;
  /** The newest item of any kind with slot ≤ at. */
  newest(account: AccountName, at: Instant): Promise<Found | undefined>;
  /** The newest snapshot with slot ≤ at; or a newer unreadable item that may be one. */
  newestSnapshot(account: AccountName, at: Instant): Promise<Snapshot | Unreadable | undefined>;
  /** The oldest snapshot with from ≤ slot ≤ to; or an older unreadable item that may be one. */
  oldestSnapshot(
    account: AccountName,
    from: Instant,
    to: Instant,
  ): Promise<Snapshot | Unreadable | undefined>;
  /** Those of the currencies that any snapshot with slot ≤ at lists. If one was never listed, all of them are looked through. */
  listed(account: AccountName, at: Instant, currencies: readonly string[]): Promise<readonly string[]>;
  /** All items with from ≤ slot < to, ascending. */
  entries(account: AccountName, from: Instant, to: Instant): AsyncIterable<Found>;
  /** The items of exactly these slots, in any order; a slot without one is left out. */
  get(account: AccountName, slots: readonly Instant[]): Promise<readonly Found[]>;
  /** The prices of a region at exactly these slots, in any order; a slot without prices is left out. */
  prices(region: Region, slots: readonly Instant[]): Promise<readonly FoundPrices[]>;
  /** The newest prices of a region with slot ≤ at. */
  newestPrices(region: Region, at: Instant): Promise<FoundPrices | undefined>;
}

/** What a reader may find where prices are. */
export type FoundPrices = PriceSheet | UnreadablePrices;

/** A ledger to query, as it was when it was opened. */
export interface LedgerView {
  readonly reader: LedgerReader;
  /** Read once, so that every answer is judged by the same accounts and schedules. */
  readonly catalog: Catalog;
  /** The time of the query: it decides which slots are due. */
  readonly now: Instant;
}

/** Half-open: from ≤ slot < to. */
export interface Range {
  readonly from: Instant;
  readonly to: Instant;
}

/** How many accounts are read at a time. */
export const CONCURRENCY = 16;
