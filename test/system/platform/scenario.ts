import type { Cadence } from '../../../lambda/core/slots.ts';

/** How a region's Upbit behaves: as it should, or in one of the ways a platform and a network have. */
export type Front =
  | 'good'
  /** Its name never resolves: the resolver does not answer. */
  | 'name hangs'
  /** The first call of each account is answered with a TLS alert, later ones as they should be. */
  | 'tls alert once'
  /** Accepts connections and never answers. */
  | 'hangs'
  /** Every account holds 1,000 currencies. */
  | 'large';

/** What one process of the function is put through. */
export interface Scenario {
  /** In MB: it sets the share of a processor and the heap, as in Lambda. */
  readonly memory: number;
  /** How many accounts each region has in the secret. */
  readonly accounts: Readonly<Record<string, number>>;
  readonly fronts?: Readonly<Record<string, Front>>;
  /** `1m` by default. */
  readonly every?: Cadence;
  /** In order. Each takes a slot of its own; a process keeps what it has in memory. */
  readonly runs: readonly Run[];
}

export interface Run {
  /** In a new process, as after a deploy or a quiet hour. The first run of a scenario is always one. */
  readonly cold?: boolean;
  /** Before it, everything in the table is forgotten: the first run ever, which also fills the catalog. */
  readonly emptyTable?: boolean;
  /** Before it, the process is stopped, its connections are ended while it does not look, and it is continued. */
  readonly thaw?: 'connections reset' | 'connections silently dead';
  /** How far its clock is off, in milliseconds. */
  readonly clockOff?: number;
}

/** What one run came to. */
export interface RunResult {
  /** From the event to the answer, on a wall clock. */
  readonly milliseconds: number;
  /** Of the function's process, loading the code included where it is new. */
  readonly cpuMilliseconds: number;
  /** The most memory the process has had, in MB. */
  readonly memory: number;
  /** How many accounts had each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The outcomes of each region apart. */
  readonly byRegion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The most calls of Upbit that any account needed. */
  readonly attempts: number;
  /** What was thrown instead of a report. */
  readonly error?: string;
  /** How many accounts have an item for the slot in the table afterwards, snapshot or failure. */
  readonly recorded: number;
  /** How many of them are snapshots. */
  readonly snapshots: number;
  /** The regions whose prices are in the table for the slot. */
  readonly priced: readonly string[];
  /** The most connections that were open to Upbit, and to AWS, at one time. */
  readonly connections: { readonly upbit: number; readonly aws: number };
  /** How many calls AWS was asked, by their names. */
  readonly calls: Readonly<Record<string, number>>;
}
