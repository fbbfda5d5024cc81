import { pricePartition } from '../../lambda/core/partitions.ts';
import { REGION_IDS } from '../../lambda/core/regions.ts';
import type { Seal } from '../../lambda/core/seal.ts';
import { VERSION } from '../../lambda/core/version.ts';

/** 64 hex digits, as of any SHA-256. */
const HASH = '0'.repeat(64);

/** A time-stamp token with the certificates of its authority and of one above it, in bytes: 5 to 6 KB at most authorities. */
const TOKEN = new Uint8Array(6_000);

/** The seal of a day in which so many accounts have snapshots, and so many regions prices; with a time-stamp token or without. */
export function typicalSeal(accounts: number, tickers: number, isStamped: boolean): Seal {
  const partitions = [
    ...REGION_IDS.slice(0, tickers).map(pricePartition),
    ...Array.from({ length: accounts }, (_, index) => `sg/account-${index}`),
  ];
  return {
    from: 0,
    timeZone: 'UTC',
    root: HASH,
    previous: HASH,
    accounts: new Map(partitions.map((partition) => [partition, HASH])),
    // As many as a slot every minute gives.
    items: new Map(partitions.map((partition) => [partition, 1_440])),
    sealedAt: 0,
    timestamp: isStamped ? TOKEN : undefined,
    writer: VERSION,
  };
}
