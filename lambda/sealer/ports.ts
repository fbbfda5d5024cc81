import type { Clock } from '../core/clock.ts';
import type { Instant } from '../core/instant.ts';
import type { Seal, SealedItem, Sha256, Timestamp } from '../core/seal.ts';
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

/** The seals, as the code that has them signed sees them. Each call throws CodedError `ledger.unavailable` or `ledger.foreign`. */
export interface StampableLedger {
  /** The seals without a token whose day begins at or after `from`, in order of day; those that cannot be read are left out. */
  unstamped(from: Instant): Promise<readonly UnstampedSeal[]>;
  /** Adds a token to a seal; false if it has one, or its root is another by now. */
  stamp(unstamped: UnstampedSeal, timestamp: Uint8Array): Promise<boolean>;
}

/** A seal without a token. */
export interface UnstampedSeal {
  readonly seal: Seal;
  /** As it is stored, so that a token changes nothing else of it. */
  readonly item: SealedItem;
}

/** A time-stamp authority (RFC 3161). */
export interface TimestampAuthority {
  /**
   * Has it signed that a text existed.
   *
   * @param earliest before which it cannot have: the end of the day.
   * @returns a token over the SHA-256 of the text, DER, which has been checked.
   * @throws CodedError `timestamp.unavailable`, `timestamp.refused` or `timestamp.invalid`.
   */
  sign(
    text: string,
    earliest: Instant,
  ): Promise<{ readonly token: Uint8Array; readonly timestamp: Timestamp }>;
}

/** A line of the sealer's log: that a day was sealed, that a seal has a token or got none, that a root was mailed. */
export interface SealLogFields {
  readonly level: 'INFO' | 'WARN';
  readonly message: 'seal' | 'timestamp' | 'mail';
  readonly day: string;
  readonly root: string;
  /** How many accounts have items in the day, prices included. */
  readonly accounts?: number | undefined;
  readonly items?: number | undefined;
  /** The authority, and when it signed. */
  readonly authority?: string | undefined;
  readonly signedAt?: string | undefined;
  /** Why there is no token. */
  readonly detail?: string | undefined;
}

/** Sends text to people, outside the ledger. */
export interface Mail {
  /** @throws CodedError `mail.unsent`. */
  send(subject: string, text: string): Promise<void>;
}

/** What sealing needs. */
export interface SealerParts {
  readonly ledger: SealableLedger;
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256: Sha256;
  readonly log: (fields: SealLogFields) => void;
}

/** What a whole run needs. */
export interface RunParts extends SealerParts {
  readonly ledger: SealableLedger & StampableLedger;
  /** Signs each seal; none does if undefined. */
  readonly authority?: TimestampAuthority | undefined;
  /** Gets the last root of each month; nobody does if undefined. */
  readonly mail?: Mail | undefined;
}

/** The settings of a sealer. */
export interface SealerSettings {
  readonly timeZone: TimeZone;
  /** The version written into every seal. */
  readonly writer: string;
}
