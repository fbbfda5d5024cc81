import { type AccountName, defaultAccount, regionOf } from './account.ts';
import { type Catalog, openAccounts } from './catalog.ts';
import type { FailureCode } from './failures.ts';
import type { Instant } from './instant.ts';
import type { ApiKey, Keys } from './keys.ts';
import { byCodeOrder } from './order.ts';
import type { Region } from './regions.ts';

/** One account of a run: its key, or why there is none to use. */
export interface Subject {
  readonly account: AccountName;
  /** True if the secret names it: such an account belongs in the catalog. */
  readonly named: boolean;
  readonly key: ApiKey | { readonly code: FailureCode; readonly detail: string };
}

/**
 * The accounts of one region that a run must decide: those in the secret, and those still open in the catalog though
 * no longer in the secret. If neither knows an account of the region at `slot`, not even a closed one, its default
 * account is used, so that a forgotten key becomes a recorded failure rather than silence.
 */
export function rollCall(region: Region, keys: Keys, catalog: Catalog, slot: Instant): Subject[] {
  const named = [...keys.accounts.keys()].filter((account) => regionOf(account) === region);
  const entered = [...catalog.accounts.values()].filter(({ account }) => regionOf(account) === region);
  const known = named.length > 0 || entered.some(({ since }) => since <= slot);
  const called = known ? [...named, ...openAccounts(catalog, region, slot)] : [defaultAccount(region)];
  return [...new Set(called)].sort(byCodeOrder).map((account) => ({
    account,
    named: keys.accounts.has(account),
    key: keys.accounts.get(account) ?? keys.regions.get(region) ?? missing(account, keys),
  }));
}

function missing(account: AccountName, keys: Keys): { code: FailureCode; detail: string } {
  // A misspelt region or name is the likeliest reason, so include the first remarks.
  const detail = [`the secret has no entry for ${account}`, ...keys.remarks.slice(0, 3)].join('; ');
  return { code: 'keys.missing', detail };
}

export function hasKey(key: Subject['key']): key is ApiKey {
  return !('code' in key);
}
