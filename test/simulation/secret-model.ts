import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { regionIn } from './names.ts';
import type { Act, Plan } from './plan.ts';

/** Every key begins with this, and nothing else contains it. */
export const MARK = 'FAKEKEY7x';

/** The key pair of an account, by how often it has been replaced. Forty characters each, like Upbit's. */
export function keyPair(
  account: AccountName,
  version: number,
): { readonly accessKey: string; readonly secretKey: string } {
  const rest = `${account.replace(/\W/g, '0')}v${version}`;
  return {
    accessKey: `${MARK}a${rest}`.padEnd(40, 'a'),
    secretKey: `${MARK}s${rest}`.padEnd(40, 's'),
  };
}

/** The state of an account's entry. */
export type EntryState = 'good' | 'keys.invalid' | 'keys.duplicate';

/** The secret at one moment, as its author knows it. */
export interface SecretText {
  /** Undefined if it has no value. */
  readonly text: string | undefined;
  /** True if it does not have the documented shape as a whole. */
  readonly isUnreadable: boolean;
  /** True if the secret itself is deleted: nothing can be read, and nothing follows from it. */
  readonly isGone: boolean;
  readonly accounts: ReadonlyMap<AccountName, EntryState>;
  /** Regions that are not objects. */
  readonly spoilt: ReadonlySet<Region>;
  /** The valid keys of each account at Upbit. */
  readonly version: ReadonlyMap<AccountName, number>;
}

type Change = Extract<Act, { readonly kind: 'secret' }>;

/** The second name of a key that is there twice. */
function copyOf(account: AccountName): AccountName {
  return `${account}-copy`;
}

/** The content of the secret at a time. */
export function secretAt({ accounts, acts }: Plan, time: Instant): SecretText {
  const changes = acts.filter((act): act is Change => act.kind === 'secret');
  const active = changes.filter(({ at, until }) => at <= time && time < until);
  const is = (change: Change['change'], account?: AccountName) =>
    active.some((act) => act.change === change && (account === undefined || act.about === account));
  const ahead = new Set(
    changes.filter(({ change, at }) => change === 'added' && time < at).map(({ about }) => about),
  );
  const spoilt = new Set(
    active.filter(({ change }) => change === 'region spoilt').map(({ about }) => regionIn(about)),
  );
  const there = accounts.filter(
    (account) => !ahead.has(account) && !is('removed', account) && !spoilt.has(regionIn(account)),
  );
  const version = new Map(
    there.map((account) => [
      account,
      active.filter(({ change, about }) => change === 'rotated' && about === account).length,
    ]),
  );
  const entries = there.flatMap((account) =>
    entriesOf(account, version.get(account) ?? 0, is('entry spoilt', account), is('key twice', account)),
  );
  const json = JSON.stringify(jsonOf(entries, spoilt, is('odd extra names')));
  const accountsOfNone = new Map<AccountName, EntryState>();
  const none = { isUnreadable: false, isGone: false, accounts: accountsOfNone, spoilt: new Set<Region>() };
  if (is('deleted')) return { ...none, text: undefined, isGone: true, version };
  if (is('without a value')) return { ...none, text: undefined, version };
  if (is('not JSON')) return { ...none, text: `${json},`, isUnreadable: true, version };
  if (is('emptied')) return { ...none, text: '{}', version };
  return {
    text: is('white space around') ? `\uFEFF\n ${json}\n\n` : json,
    isUnreadable: false,
    isGone: false,
    accounts: new Map(entries.map(({ account, state }) => [account, state])),
    spoilt,
    version,
  };
}

interface SecretEntry {
  readonly account: AccountName;
  readonly state: EntryState;
  readonly json: unknown;
}

/** An account's entries in the secret: one, and a second if its key is there twice. */
function entriesOf(
  account: AccountName,
  version: number,
  isSpoilt: boolean,
  isTwice: boolean,
): SecretEntry[] {
  const pair = keyPair(account, version);
  if (isSpoilt)
    return [{ account, state: 'keys.invalid', json: { ...pair, secretKey: `"${pair.secretKey}"` } }];
  if (!isTwice) return [{ account, state: 'good', json: pair }];
  return [account, copyOf(account)].map((name) => ({ account: name, state: 'keys.duplicate', json: pair }));
}

function jsonOf(entries: readonly SecretEntry[], spoilt: ReadonlySet<Region>, isOdd: boolean): object {
  const regions = new Map<string, unknown>([...spoilt].map((region) => [region, ['not an object']]));
  for (const region of new Set(entries.map(({ account }) => regionIn(account)))) {
    const own = entries.filter(({ account }) => regionIn(account) === region);
    regions.set(region, Object.fromEntries(own.map(({ account, json }) => [account.split('/')[1], json])));
  }
  const odd = isOdd ? { us: { main: keyPair('sg/main', 9) }, note: 'what is this' } : {};
  return { ...Object.fromEntries(regions), ...odd };
}
