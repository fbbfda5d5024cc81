import type { AccountName } from '../core/account.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { Instant } from '../core/instant.ts';
import type { ApiKey, Keys } from '../core/keys.ts';
import type { MetricName } from '../core/metrics.ts';
import type { PriceSheet, Prices } from '../core/prices.ts';
import type { Region, SigningAlgorithm } from '../core/regions.ts';
import type { Grid } from '../core/slots.ts';
import type { Entry } from '../core/snapshot.ts';
import type { KeyExpiry, TickerVerdict, Verdict } from '../core/verdict.ts';
import type { Blocks } from './blocks.ts';

/** Upbit, as the collector sees it. */
export interface Exchange {
  /** Requests an account's balances once, in at most `timeoutMs`. Never throws: a problem becomes a verdict. */
  ask(account: AccountName, key: ApiKey, timeoutMs: number, overrides?: AskOverrides): Promise<Verdict>;
  /** Requests a key's expiry once, in at most `timeoutMs`. Never throws: after a problem the expiry is unknown. */
  expiry(account: AccountName, key: ApiKey, timeoutMs: number): Promise<KeyExpiry>;
}

/** Overrides of the configuration for one call, to find out what is wrong with a key. */
export interface AskOverrides {
  /** The region to call instead of the account's own. */
  readonly region?: Region;
  readonly algorithm?: SigningAlgorithm;
}

/** The public prices of Upbit, as the collector sees them. */
export interface Ticker {
  /**
   * Requests the last trade of every market of a region that is quoted in one of `quotes`, in at most `timeoutMs`. Never
   * throws: a problem becomes a verdict. Upbit refuses the whole call if the region trades nothing in one of them.
   */
  ask(region: Region, quotes: readonly string[], timeoutMs: number): Promise<TickerVerdict>;
}

/** The prices of a region, or why there are none. */
export type Quotation = Quoted | { readonly detail: string; readonly prices?: never };

/** What the ticker said. */
export interface Quoted {
  readonly prices: Prices;
  readonly observedAt: Instant;
  /** How many rows of the ticker were refused. */
  readonly refused: number;
  readonly detail?: never;
}

/** What asking for prices needs to know of a run. */
export interface PricedRun {
  readonly slot: Instant;
  readonly settings: Grid;
  readonly startedAt: Instant;
  /** No call starts or continues after this. */
  readonly deadline: Instant;
}

/** Where the prices of a slot come from. */
export interface Pricing {
  /**
   * Asks for the prices of a region. Never rejects.
   *
   * @param decided aborted once all accounts of the region are decided.
   */
  take(region: Region, run: PricedRun, decided: AbortSignal): Promise<Quotation>;
}

/** The API keys, as the collector sees them. */
export interface KeySource {
  /** The keys, and whether an earlier run read them. @throws CodedError secret.unreadable or secret.unavailable. */
  get(): Promise<{ readonly value: Keys; readonly earlier: boolean }>;
  /** The keys as they are in the secret now. Throws as {@link get} does. */
  reload(): Promise<Keys>;
}

/** The catalog as read by this run, with its own changes; if it could not be read, the cached one. */
export interface CatalogSource {
  /** Throws CodedError ledger.unavailable or ledger.foreign. */
  get(): Promise<{ readonly value: Catalog }>;
  /** The catalog as it is in the table now. Throws as {@link get} does. */
  reload(): Promise<Catalog>;
  /** Applies a change that this process has written. */
  update(change: (catalog: Catalog) => Catalog): void;
}

/** The result of a write: stored, or the slot already had something it may not replace. */
export type WriteResult =
  | { readonly kind: 'recorded' }
  /** `differs`: the stored amounts are different, if the store returns what it holds. */
  | { readonly kind: 'duplicate'; readonly differs: boolean };

/** The ledger, as the collector writes it. Calls throw CodedError ledger.unavailable if the write may not be stored. */
export interface LedgerWriter {
  /** Stores an entry, unless the slot has one that it may not replace ({@link mayReplaceFailure}). */
  record(entry: Entry, timeoutMs: number): Promise<WriteResult>;
  /**
   * Puts the whole entry of an account into the catalog: in place of `before`, or as a new one if that is undefined.
   * Throws CodedError ledger.changed if the catalog has a different entry by now (or any, when `before` is undefined).
   */
  putAccount(before: AccountEntry | undefined, after: AccountEntry, timeoutMs: number): Promise<void>;
  /** Adds a schedule to the catalog, unless it has one with the same first slot. */
  addSchedule(entry: ScheduleEntry, timeoutMs: number): Promise<void>;
  /** Stores the prices of a region and slot, unless it has some. */
  recordPrices(sheet: PriceSheet, timeoutMs: number): Promise<Pick<WriteResult, 'kind'>>;
}

/** One line of the log. Nothing but these fields is ever logged. */
export interface LogFields {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly slot?: string;
  readonly region?: Region;
  readonly account?: AccountName;
  readonly outcome?: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly attempts?: number;
  readonly milliseconds?: number;
  readonly currencies?: number | null;
  /** How many prices were recorded. */
  readonly markets?: number;
  /** Upbit's clock minus ours, in seconds. */
  readonly clockSkew?: number;
  readonly keyId?: string;
  readonly accounts?: number;
  readonly ok?: number;
  readonly duplicates?: number;
  readonly failed?: number;
  readonly unrecorded?: number;
}

/** The metrics behind the alarms, named as in `core/metrics.ts`. */
export interface Metrics extends Partial<Readonly<Record<MetricName, number>>> {
  readonly AccountsFailed: number;
}

/** The collector's dependencies. */
export interface CollectorParts {
  readonly exchange: Exchange;
  readonly keys: KeySource;
  readonly catalog: CatalogSource;
  readonly ledger: LedgerWriter;
  /** The blocks this process knows. */
  readonly blocks: Blocks;
  /** Where prices come from; undefined if none are taken. */
  readonly prices: Pricing | undefined;
  readonly clock: Clock;
  /** A number from 0 to 1, to spread retries. */
  readonly random: () => number;
  /** The public fingerprint of an access key: `keyId` of an item. */
  readonly fingerprint: (accessKey: string) => string;
  readonly log: (fields: LogFields) => void;
  readonly emit: (metrics: Metrics) => void;
}

/** The settings of a collector. */
export interface CollectorSettings extends Grid {
  /** In code order, each once. */
  readonly regions: readonly Region[];
  /** The version written into every item. */
  readonly writer: string;
}
