import type { Region } from '../../lambda/core/regions.ts';

/** All of them. */
export const REGIONS: readonly Region[] = ['sg', 'id', 'th', 'kr'];

/** The region an account belongs to. Throws if it has none. */
export function regionIn(account: string): Region {
  const region = REGIONS.find((id) => account.startsWith(`${id}/`));
  if (region === undefined) throw new RangeError(`${account} has no region`);
  return region;
}
