import { fingerprint } from '../../lambda/adapters/fingerprint.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { isExpirySoon } from '../../lambda/core/key-expiry.ts';
import { type ApiKey, daysUntil, isKeyProblem, type Keys } from '../../lambda/core/keys.ts';
import { dayOf } from './key-rows.ts';

/**
 * What putting a key into the secret changes, in lines. A key is named by its fingerprint, as in the snapshots.
 *
 * @param keys the secret as it is.
 * @param now for the days until the key expires.
 */
export function settingWords(account: AccountName, key: ApiKey, keys: Keys, now: Instant): string[] {
  const before = keys.accounts.get(account);
  const next = fingerprint(key.accessKey);
  const what =
    before === undefined
      ? `added, with key ${next}`
      : isKeyProblem(before)
        ? `its unusable entry (${before.code}) is replaced by key ${next}`
        : fingerprint(before.accessKey) === next
          ? `key ${next} stays`
          : `key ${fingerprint(before.accessKey)} is replaced by ${next}`;
  return [`${account}: ${what}, ${expiryWords(key, now)}`, ...othersWords(account, keys)];
}

/** What removing an account from the secret changes, in lines. */
export function removalWords(account: AccountName, keys: Keys): string[] {
  const before = keys.accounts.get(account);
  const which =
    before === undefined || isKeyProblem(before)
      ? 'its unusable entry'
      : `key ${fingerprint(before.accessKey)}`;
  return [`${account}: ${which} is removed`, ...othersWords(account, keys)];
}

function expiryWords({ expiresOn }: ApiKey, now: Instant): string {
  if (expiresOn === undefined) return 'without an expiry date: add expiresOn to be warned before it expires';
  const days = daysUntil(expiresOn, now);
  const soon = isExpirySoon(days) ? ': that is soon' : '';
  return `which expires on ${dayOf(expiresOn)}, in ${days} ${days === 1 ? 'day' : 'days'}${soon}`;
}

function othersWords(account: AccountName, { accounts }: Keys): string[] {
  const others = accounts.size - (accounts.has(account) ? 1 : 0);
  if (others === 0) return [];
  return [`${others} other ${others === 1 ? 'account stays as it is' : 'accounts stay as they are'}`];
}
