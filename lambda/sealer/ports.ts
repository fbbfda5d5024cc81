import type { Clock } from '../core/clock.ts';
import type { Instant } from '../core/instant.ts';
import type { Seal, SealedItem, Sha256 } from '../core/seal.ts';
import type { TimeZone } from '../core/slots.ts';

/** The ledger, as the sealer sees it. Each call throws CodedError `ledger.unavailable` or `ledger.foreign`. */
export interface SealableLedger {
  /** When the first schedule or account begins; undefined in an empty ledger. */
  beginning(): Promise<Instant | undefined>;
  /** Every partition that can have items to seal, in code order: accounts and prices. */
  partitions(): Promise<readonly string[]>;
  /** The items of a partition with from ≤ slot < to, in order of slot, as they are stored. */
  items(partition: string, from: Instant, to: Instant): Promise<readonly SealedItem[]>;
  /** The newest seal of a day that begins at or before `day`. */
  newestSeal(day: Instant): Promise<Seal | undefined>;
  /** Stores a seal and returns it; if its day already has one, returns that one. */
  putSeal(seal: Seal): Promise<Seal>;
}

/** A line of the sealer's log. */
export interface SealLogFields {
  readonly level: 'INFO';
  readonly message: 'seal';
  readonly day: string;
  readonly root: string;
  /** How many accounts have items in the day, prices included. */
  readonly accounts: number;
  readonly items: number;
}

/** The dependencies of a sealer. */
export interface SealerParts {
  readonly ledger: SealableLedger;
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256: Sha256;
  readonly log: (fields: SealLogFields) => void;
}

/** The settings of a sealer. */
export interface SealerSettings {
  readonly timeZone: TimeZone;
  /** The version written into every seal. */
  readonly writer: string;
}
