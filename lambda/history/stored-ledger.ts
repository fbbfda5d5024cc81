import { formatSecond, type Instant } from '../core/instant.ts';
import type { Seal, SealedItem } from '../core/seal.ts';

/** The ledger as it is stored, to compare with its seals. Each call throws CodedError `ledger.unavailable` or `ledger.foreign`. */
export interface StoredLedger {
  /** Every partition that can have sealed items, in code order: accounts and prices. */
  partitions(): Promise<readonly string[]>;
  /** The items of a partition with from ≤ slot < to, in order of slot. */
  items(partition: string, from: Instant, to: Instant): Promise<readonly SealedItem[]>;
  /** The oldest item of a partition. */
  oldest(partition: string): Promise<SealedItem | undefined>;
  /** The seals of days that begin at or after `from`, in order of day; all of them by default. */
  seals(from?: Instant): AsyncIterable<FoundSeal>;
}

/** What a reader may find where seals are. */
export type FoundSeal = Seal | UnreadableSeal;

/** An item among the seals that is not a seal of this version. */
export interface UnreadableSeal {
  /** Its sort key, whatever it is. */
  readonly slot: string;
  readonly problem: string;
}

/** The sort key of what was found: the first instant of the day, if it is a seal. */
export function sealSlot(found: FoundSeal): string {
  return isUnreadableSeal(found) ? found.slot : formatSecond(found.from);
}

export function isUnreadableSeal(found: FoundSeal): found is UnreadableSeal {
  return 'problem' in found;
}
