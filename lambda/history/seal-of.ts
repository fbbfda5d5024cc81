import { DAY, type Instant, SECOND } from '../core/instant.ts';
import { covers, type Seal } from '../core/seal.ts';
import { isUnreadableSeal, type StoredLedger } from './stored-ledger.ts';

/**
 * The seal of the day that a slot falls on; undefined if the day has none that can be read.
 *
 * @throws CodedError `ledger.*` if the ledger cannot be read.
 */
export async function sealOf(stored: StoredLedger, slot: Instant): Promise<Seal | undefined> {
  for await (const found of stored.seals(slot - DAY + SECOND))
    if (!isUnreadableSeal(found)) return covers(found, slot) ? found : undefined;
  return undefined;
}
