import type { Region } from './regions.ts';

// The partitions of the table other than accounts. Each begins with `#`, which an account name cannot.

/** Lists the accounts and schedules. */
export const CATALOG_PARTITION = '#catalog';

/** The partition of a region's prices: `#price/sg`. */
export function pricePartition(region: Region): string {
  return `#price/${region}`;
}

/** The partition of the seals. */
export const SEAL_PARTITION = '#seal';
