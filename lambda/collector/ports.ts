import type { AccountName } from '../core/account.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { ApiKey, Keys } from '../core/keys.ts';
import type { MetricName } from '../core/metrics.ts';
import type { Region, SigningAlgorithm } from '../core/regions.ts';
import type { Grid } from '../core/slots.ts';
import type { Entry } from '../core/snapshot.ts';
import type { KeyExpiry, Verdict } from '../core/verdict.ts';
import type { Blocks } from './blocks.ts';

/** Upbit, as the collector sees it. */
export interface Exchange {
  /** Asks for an account's balances once, in at most `timeoutMs`. Never throws: what goes wrong is a verdict. */
  ask(account: AccountName, key: ApiKey, timeoutMs: number, overrides?: AskOverrides): Promise<Verdict>;
  /** Asks once when a key expires, in at most `timeoutMs`. Never throws: what goes wrong says nothing. */
  expiry(account: AccountName, key: ApiKey, timeoutMs: number): Promise<KeyExpiry>;
}

/** How to ask otherwise than is configured, to find out what is wrong with a key. */
export interface AskOverrides {
  /** Whose host to ask, instead of the account's own. */
  readonly region?: Region;
  readonly algorithm?: SigningAlgorithm;
}

/** The API keys, as the collector sees them. */
export interface KeySource {
  /** The keys, and whether an earlier run read them. Throws CodedError secret.unreadable or secret.unavailable. */
  get(): Promise<{ readonly value: Keys; readonly earlier: boolean }>;
  /** The keys as they stand in the secret now. Throws as {@link get} does. */
  reload(): Promise<Keys>;
}

/** The catalog as this run has read it, with its own changes; where it could not be read, as this process knew it. */
export interface CatalogSource {
  /** Throws CodedError ledger.unavailable or ledger.foreign. */
  get(): Promise<{ readonly value: Catalog }>;
  /** The catalog as it stands in the table now. Throws as {@link get} does. */
  reload(): Promise<Catalog>;
  /** Takes up a change that this process has written. */
  update(change: (catalog: Catalog) => Catalog): void;
}

/** What became of a write: stored, or something that it may not replace was there already. */
export type WriteResult =
  | { readonly kind: 'recorded' }
  /** `differs`: the stored amounts are not these, where the store shows what it holds. */
  | { readonly kind: 'duplicate'; readonly differs: boolean };

/** The ledger, as the collector writes it. Each call throws CodedError ledger.unavailable where the outcome is not known to be stored. */
export interface LedgerWriter {
  /** Stores an entry, unless one is there that it may not replace ({@link mayReplaceFailure}). */
  record(entry: Entry, timeoutMs: number): Promise<WriteResult>;
  /**
   * Puts the whole entry of an account into the catalog: in place of `before`, or as a new one where that is undefined.
   * Throws CodedError ledger.changed where the catalog has another entry by now, or has one at all.
   */
  putAccount(before: AccountEntry | undefined, after: AccountEntry, timeoutMs: number): Promise<void>;
  /** Adds a schedule to the catalog, unless one is there for the same first slot. */
  addSchedule(entry: ScheduleEntry, timeoutMs: number): Promise<void>;
}

/** One line of the log. Nothing but these fields is ever logged. */
export interface LogFields {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly slot?: string;
  readonly account?: AccountName;
  readonly outcome?: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly attempts?: number;
  readonly milliseconds?: number;
  readonly currencies?: number | null;
  /** Upbit's clock less ours, in seconds. */
  readonly clockSkew?: number;
  readonly keyId?: string;
  readonly accounts?: number;
  readonly ok?: number;
  readonly duplicates?: number;
  readonly failed?: number;
  readonly unrecorded?: number;
}

/** The numbers alarms are made of, under the names of `core/metrics.ts`. */
export interface Metrics extends Partial<Readonly<Record<MetricName, number>>> {
  readonly AccountsFailed: number;
}

/** Everything outside that the collector uses. */
export interface CollectorParts {
  readonly exchange: Exchange;
  readonly keys: KeySource;
  readonly catalog: CatalogSource;
  readonly ledger: LedgerWriter;
  /** What this process has met, whether or not the catalog says it too. */
  readonly blocks: Blocks;
  readonly clock: Clock;
  /** A number from 0 to 1, to spread retries. */
  readonly random: () => number;
  /** The public fingerprint of an access key: `keyId` of an item. */
  readonly fingerprint: (accessKey: string) => string;
  readonly log: (fields: LogFields) => void;
  readonly emit: (metrics: Metrics) => void;
}

/** What a collector is set to do. */
export interface CollectorSettings extends Grid {
  /** In code order, each once. */
  readonly regions: readonly Region[];
  /** The version that is written into every item. */
  readonly writer: string;
}
