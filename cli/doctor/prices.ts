import { regionOf } from '../../lambda/core/account.ts';
import { held } from '../../lambda/core/balances.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { accountsAt, knownAccounts } from '../../lambda/core/completeness.ts';
import { isZero } from '../../lambda/core/decimal.ts';
import { formatSecond, HOUR, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { pricePartition } from '../../lambda/core/partitions.ts';
import type { PriceSheet, UnreadablePrices } from '../../lambda/core/prices.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { CADENCES } from '../../lambda/core/slots.ts';
import { isUnreadable } from '../../lambda/core/snapshot.ts';
import type { FoundPrices, LedgerReader } from '../../lambda/history/reader.ts';
import { formatDuration } from '../print/duration.ts';
import { type Finding, NEWER_VERSION, ok, wrong } from './finding.ts';

const LOOKED_AT = 'prices';

/** Missing prices now and then is no problem; missing them for this long, over this many slots, is one. */
const LONG = 3 * HOUR;
const MANY_SLOTS = 3;

/** What the deployed function does. */
export interface PriceSettings {
  readonly prices: boolean;
  /** When the function was last changed: it may have recorded no prices before. Undefined if unknown. */
  readonly changedAt: Instant | undefined;
}

/**
 * Says how old the newest prices of each collected region are. They are missed only if the function is set to record them,
 * and recorded snapshots without any for hours.
 *
 * @param settings undefined if unknown, or if nothing is scheduled: then no prices are missed.
 * @throws CodedError as the reader does.
 */
export async function lookAtPrices(
  reader: LedgerReader,
  catalog: Catalog,
  now: Instant,
  settings: PriceSettings | undefined,
): Promise<readonly Finding[]> {
  if (settings?.prices === false)
    return [ok(LOOKED_AT, 'not recorded, and none are expected: prices=false is deployed')];
  const newest = await Promise.all(
    regionsOf(catalog).map(async (region) => [region, await reader.newestPrices(region, now)] as const),
  );
  const problems = await Promise.all(
    newest.map(async ([region, found]) => {
      if (isProblem(found)) return [notReadable(found)];
      return settings === undefined ? [] : await silence({ reader, catalog, now }, region, found, settings);
    }),
  );
  const readable = newest.flatMap(([region, found]) => (isProblem(found) ? [] : [[region, found] as const]));
  const found = problems.flat();
  return found.length > 0 ? found : [ok(LOOKED_AT, summary(readable, now))];
}

/** The regions that are collected; without a schedule, as on this machine, those of the accounts. */
function regionsOf(catalog: Catalog): readonly Region[] {
  const regions = catalog.schedules.at(-1)?.regions ?? knownAccounts(catalog).map(regionOf);
  return [...new Set(regions)].sort(byCodeOrder);
}

function isProblem(found: FoundPrices | undefined): found is UnreadablePrices {
  return found !== undefined && 'problem' in found;
}

/** Finds a region whose snapshots have had no prices for long. */
async function silence(
  { reader, catalog, now }: { reader: LedgerReader; catalog: Catalog; now: Instant },
  region: Region,
  newest: PriceSheet | undefined,
  { changedAt }: PriceSettings,
): Promise<Finding[]> {
  const { every } = catalog.schedules.at(-1) ?? {};
  if (every === undefined) return [];
  const since = Math.max(newest?.slot ?? -Infinity, changedAt ?? -Infinity);
  const longest = Math.max(LONG, MANY_SLOTS * CADENCES[every]);
  const last = now - since < longest ? -Infinity : await newestHolding(reader, catalog, region, now);
  // Without a first instant, how long is unknown.
  if (since === -Infinity || last - since < longest) return [];
  const when =
    newest !== undefined && newest.slot === since
      ? `since slot ${formatSecond(since)}`
      : `since the function was changed at ${formatSecond(since)}`;
  return [
    wrong(
      `${LOOKED_AT} of ${region}`,
      `none were recorded ${when}, for ${formatDuration(last - since)}, though snapshots were: what was held then cannot be valued`,
      `In the function’s log, the lines with message "prices" and region "${region}" say why (docs/collector.md#prices). No snapshot depends on prices.`,
    ),
  ];
}

/** The slot of the region's newest snapshot with something to value; -Infinity if there is none. */
async function newestHolding(
  reader: LedgerReader,
  catalog: Catalog,
  region: Region,
  now: Instant,
): Promise<Instant> {
  const slots = await Promise.all(
    accountsAt(catalog, now)
      .filter((account) => regionOf(account) === region)
      .map(async (account) => {
        const found = await reader.newestSnapshot(account, now);
        if (found === undefined || isUnreadable(found)) return -Infinity;
        return found.balances.some((line) => !isZero(held(line))) ? found.slot : -Infinity;
      }),
  );
  return Math.max(-Infinity, ...slots);
}

function notReadable({ region, slot, problem }: UnreadablePrices): Finding {
  return wrong(
    `${LOOKED_AT} of ${region}`,
    `the item ${pricePartition(region)} ${formatSecond(slot)} cannot be read by this version: ${problem}`,
    NEWER_VERSION,
  );
}

/** By slot: most often all regions have the same. */
function summary(newest: readonly (readonly [Region, PriceSheet | undefined])[], now: Instant): string {
  const bySlot = new Map<Instant | undefined, { regions: Region[]; oldest: Instant }>();
  for (const [region, sheet] of newest) {
    const { regions, oldest } = bySlot.get(sheet?.slot) ?? { regions: [], oldest: Infinity };
    bySlot.set(sheet?.slot, {
      regions: [...regions, region],
      oldest: Math.min(oldest, sheet?.observedAt ?? Infinity),
    });
  }
  const parts = [...bySlot].flatMap(([slot, { regions, oldest }]) =>
    slot === undefined
      ? []
      : [
          `the newest of ${regions.join(', ')} are of slot ${formatSecond(slot)}, ${formatDuration(now - oldest)} old`,
        ],
  );
  const none = bySlot.get(undefined)?.regions ?? [];
  if (parts.length === 0) return 'none are recorded yet';
  return [...parts, ...(none.length === 0 ? [] : [`none are recorded of ${none.join(', ')}`])].join('; ');
}
