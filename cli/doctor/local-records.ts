import { beginning, type Catalog, stackTimeZone } from '../../lambda/core/catalog.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Seal } from '../../lambda/core/seal.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import {
  type FoundSeal,
  isUnreadableSeal,
  type StoredLedger,
  sealSlot,
} from '../../lambda/history/stored-ledger.ts';
import { lastStart } from '../ledger/demo-end.ts';
import { type Finding, lookAt } from './finding.ts';
import { lookAtPrices } from './prices.ts';
import { lookAtSeals, type SealedLedger } from './seals.ts';
import { lookAtSnapshots } from './snapshots.ts';

/** A ledger on this machine. */
interface LocalRecords {
  readonly reader: LedgerReader;
  /** The same ledger, as it is stored. */
  readonly stored: StoredLedger;
  /** The command that fills it and seals its days. */
  readonly start: string;
}

/**
 * Looks at the snapshots, prices and seals in a ledger on this machine. Nothing is scheduled here, so nothing is missed; only what
 * its last start could seal should be sealed.
 */
export function lookAtLocalRecords(
  { reader, stored, start }: LocalRecords,
  now: Instant,
): Promise<readonly Finding[]> {
  return lookAt('snapshots', async () => {
    const catalog = await reader.catalog();
    const lookAtTheSeals = async () =>
      lookAtSeals(sealedLedger(stored, catalog), stackTimeZone(catalog), now, {
        lastRun: (await lastStart(reader, catalog)) ?? now,
        when: `${start} seals each day that ended more than an hour ago`,
        remedy: `Run ${start}: it seals those days, up to 31 of them.`,
      });
    return [
      ...(await lookAtSnapshots(reader, catalog, now, false)),
      ...(await lookAt('prices', () => lookAtPrices(reader, catalog, now, undefined))),
      ...(await lookAt('seals', lookAtTheSeals)),
    ];
  });
}

function sealedLedger(stored: StoredLedger, catalog: Catalog): SealedLedger {
  const first = beginning(catalog);
  return {
    beginning: async () => (first === Number.POSITIVE_INFINITY ? undefined : first),
    newestSeal: (day) => newestSeal(stored, day),
  };
}

/** As for a deployed ledger, one that cannot be read matters only if it is the newest. */
async function newestSeal(stored: StoredLedger, day: Instant): Promise<Seal | undefined> {
  const end = formatSecond(day);
  let newest: FoundSeal | undefined;
  for await (const found of stored.seals()) {
    if (sealSlot(found) > end) break;
    newest = found;
  }
  if (newest === undefined || !isUnreadableSeal(newest)) return newest;
  const what = `the ledger has a seal of ${newest.slot} that cannot be read: ${newest.problem}`;
  throw new CodedError('ledger.foreign', what);
}
