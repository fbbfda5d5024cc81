import { type AccountName, defaultAccount, regionOf } from './account.ts';
import { type Catalog, openAccounts } from './catalog.ts';
import type { FailureCode } from './failures.ts';
import type { Instant } from './instant.ts';
import type { ApiKey, Keys } from './keys.ts';
import { byCodeOrder } from './order.ts';
import type { Region } from './regions.ts';

/** One account of a run: the key to ask with, or why there is none to ask with. */
export interface Subject {
  readonly account: AccountName;
  /** True where the secret names it: such an account belongs into the catalog. */
  readonly named: boolean;
  readonly key: ApiKey | { readonly code: FailureCode; readonly detail: string };
}

/**
 * The accounts of one region that a run must decide: those of the secret, and those of the catalog that are still
 * open though the secret has lost them. A region for which neither knows an account at `slot`, not even a closed
 * one, is answered for by its default account, so that a forgotten key is a recorded failure and not silence.
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
  // A misspelt region or name is the likeliest reason, so the first remarks are told with it.
  const detail = [`the secret has no entry for ${account}`, ...keys.remarks.slice(0, 3)].join('; ');
  return { code: 'keys.missing', detail };
}

export function hasKey(key: Subject['key']): key is ApiKey {
  return !('code' in key);
}
