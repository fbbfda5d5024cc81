import type { Instant } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { type Finding, lookAt } from './finding.ts';
import { lookAtPrices } from './prices.ts';
import { lookAtSnapshots } from './snapshots.ts';

/** Looks at the snapshots and prices in a ledger on this machine. Nothing is scheduled here, so nothing is missed. */
export function lookAtLocalRecords(reader: LedgerReader, now: Instant): Promise<readonly Finding[]> {
  return lookAt('snapshots', async () => {
    const catalog = await reader.catalog();
    return [
      ...(await lookAtSnapshots(reader, catalog, now, false)),
      ...(await lookAt('prices', () => lookAtPrices(reader, catalog, now, undefined))),
    ];
  });
}
