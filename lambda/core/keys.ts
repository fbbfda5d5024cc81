import { ACCOUNT_NAME_RULE, type AccountName, parseAccountName } from './account.ts';
import { DAY, type Instant, parseSecond } from './instant.ts';
import { parseJson } from './json.ts';
import { credibleExpiry } from './key-expiry.ts';
import { isObject, kindOf, type Parsed, Twice } from './parsed.ts';
import { isRegion, REGION_IDS, type Region } from './regions.ts';

/** One account's API key pair. Both strings are secret. */
export interface ApiKey {
  readonly accessKey: string;
  readonly secretKey: string;
  /** The first instant of the day (UTC) on which the key expires, if the secret has it. */
  readonly expiresOn?: Instant;
}

/** Why an account's entry cannot be used: a failure code, and the path with what is wrong there. Never the value. */
export interface KeyProblem {
  readonly code: 'keys.invalid' | 'keys.duplicate';
  readonly detail: string;
}

/** The contents of the secret. */
export interface Keys {
  readonly accounts: ReadonlyMap<AccountName, ApiKey | KeyProblem>;
  /** Regions whose part of the secret is not an object, or appears twice, with the problem. */
  readonly regions: ReadonlyMap<Region, KeyProblem>;
  /** Problems that cost no account its key: unknown regions, invalid names, invalid dates, unused fields that appear twice. */
  readonly remarks: readonly string[];
  /** How many entries have an invalid account name: their snapshots are expected, but cannot be taken. */
  readonly unnamed: number;
}

/** A secret that has no value yet. */
export const NO_KEYS: Keys = { accounts: new Map(), regions: new Map(), remarks: [], unnamed: 0 };

/** The most accounts one secret may hold: Secrets Manager's limit is 64 KB. */
export const MAX_ACCOUNTS = 400;

const MAX_KEY_LENGTH = 256;
/** Visible ASCII except quotes and the backslash, which a badly copied key is likely to contain. */
const KEY_FORM = /^[\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]+$/;

export function isKeyProblem(entry: ApiKey | KeyProblem): entry is KeyProblem {
  return 'code' in entry;
}

/**
 * Parses the secret's text: `{"sg":{"main":{"accessKey":"…","secretKey":"…","expiresOn":"2027-10-01"}}}`. White space
 * and a byte order mark around it are allowed; `expiresOn` and unknown fields are optional. The whole secret is rejected
 * if it is not JSON, not an object, or has more than 400 accounts. Any smaller problem is attributed to its account or
 * region, so that the others continue.
 *
 * A member that appears twice, even with equal values, is the trace of an edit that went wrong, and which of the two was meant
 * is unknown. So neither is used: a region that appears twice makes every account under either of them `keys.duplicate`, an
 * account that does is `keys.duplicate` itself, and so is one whose accessKey or secretKey does. Any other field that appears
 * twice is a remark.
 */
export function parseKeys(text: string): Parsed<Keys> {
  const json = parseJson(text.trim());
  if (json.problem !== undefined) return { problem: 'the secret is not JSON' };
  if (!isObject(json.value))
    return { problem: `the secret is ${kindOf(json.value)}, not an object of regions` };
  const found: Found = { accounts: new Map(), regions: new Map(), remarks: [], unnamed: 0 };
  // An invalid name may be a misplaced key, so report its position, not the name.
  for (const [index, [region, entries]] of Object.entries(json.value).entries()) {
    if (isRegion(region)) addRegion(found, region, entries);
    else
      found.remarks.push(
        `name ${index + 1} of the secret is not a region (${REGION_IDS.join(', ')}); its keys are not used`,
      );
  }
  const { accounts } = found;
  if (accounts.size > MAX_ACCOUNTS)
    return { problem: `the secret holds ${accounts.size} accounts, more than ${MAX_ACCOUNTS}` };
  return { value: { ...found, accounts: withoutDuplicates(accounts) } };
}

/** What was found in the secret so far. */
interface Found {
  readonly accounts: Map<AccountName, ApiKey | KeyProblem>;
  readonly regions: Map<Region, KeyProblem>;
  readonly remarks: string[];
  unnamed: number;
}

function addRegion(found: Found, region: Region, entries: unknown): void {
  if (entries instanceof Twice) {
    const problem = duplicate(`${region} appears twice in the secret`);
    found.regions.set(region, problem);
    for (const part of entries.values) if (isObject(part)) addAccounts(found, region, part, () => problem);
  } else if (isObject(entries))
    addAccounts(found, region, entries, (account, entry) => parseKey(account, entry, found.remarks));
  else found.regions.set(region, invalid(`${region} is ${kindOf(entries)}, not an object of accounts`));
}

function addAccounts(
  found: Found,
  region: Region,
  entries: Readonly<Record<string, unknown>>,
  read: (account: AccountName, entry: unknown) => ApiKey | KeyProblem,
): void {
  for (const [index, [name, entry]] of Object.entries(entries).entries()) {
    const account = parseAccountName(`${region}/${name}`);
    if (account !== undefined) found.accounts.set(account, read(account, entry));
    else {
      found.unnamed += 1;
      found.remarks.push(
        `name ${index + 1} of ${region} is not an account name (${ACCOUNT_NAME_RULE}); its key is not used`,
      );
    }
  }
}

function parseKey(account: AccountName, entry: unknown, remarks: string[]): ApiKey | KeyProblem {
  if (entry instanceof Twice) return duplicate(`${account} appears twice in the secret`);
  if (!isObject(entry))
    return invalid(`${account} is ${kindOf(entry)}, not an object with accessKey and secretKey`);
  for (const field of ['accessKey', 'secretKey'])
    if (entry[field] instanceof Twice) return duplicate(`${account}.${field} appears twice in the secret`);
  const accessKey = parseKeyText(`${account}.accessKey`, entry['accessKey']);
  if (accessKey.problem !== undefined) return invalid(accessKey.problem);
  const secretKey = parseKeyText(`${account}.secretKey`, entry['secretKey']);
  if (secretKey.problem !== undefined) return invalid(secretKey.problem);
  const expiresOn = parseDate(entry['expiresOn']);
  // An invalid reminder date must not cost the account its snapshot.
  if (entry['expiresOn'] !== undefined && expiresOn === undefined) {
    const what = entry['expiresOn'] instanceof Twice ? 'appears twice' : 'is not a date such as 2027-10-01';
    remarks.push(`${account}.expiresOn ${what}; no reminder will be sent`);
  }
  // Its name may be a misplaced key, so it is not shown.
  if (Object.entries(entry).some(([name, value]) => name !== 'expiresOn' && value instanceof Twice))
    remarks.push(`${account} has an unused field twice`);
  return {
    accessKey: accessKey.value,
    secretKey: secretKey.value,
    ...(expiresOn === undefined ? {} : { expiresOn }),
  };
}

function parseKeyText(path: string, text: unknown): Parsed<string> {
  if (typeof text !== 'string') return { problem: `${path} is ${kindOf(text)}, not text` };
  if (text === '' || text.length > MAX_KEY_LENGTH) {
    return { problem: `${path} has ${text.length} characters, not 1 to ${MAX_KEY_LENGTH}` };
  }
  if (!KEY_FORM.test(text)) return { problem: `${path} has a quote, white space or other invalid character` };
  return { value: text };
}

function invalid(detail: string): KeyProblem {
  return { code: 'keys.invalid', detail };
}

function duplicate(detail: string): KeyProblem {
  return { code: 'keys.duplicate', detail };
}

function parseDate(text: unknown): Instant | undefined {
  const day = typeof text === 'string' ? parseSecond(`${text}T00:00:00Z`) : undefined;
  return day === undefined ? undefined : credibleExpiry(day);
}

/** One key under two names would be two accounts with one history and one rate limit, so neither is used. */
function withoutDuplicates(
  accounts: Map<AccountName, ApiKey | KeyProblem>,
): Map<AccountName, ApiKey | KeyProblem> {
  const holders = new Map<string, AccountName[]>();
  for (const [account, entry] of accounts) {
    if (!isKeyProblem(entry))
      holders.set(entry.accessKey, [...(holders.get(entry.accessKey) ?? []), account]);
  }
  for (const names of holders.values()) {
    if (names.length < 2) continue;
    for (const name of names) {
      const listed = `${names.slice(0, 3).join(' and ')}${names.length > 3 ? ' and others' : ''}`;
      accounts.set(name, duplicate(`the same access key is under ${listed}`));
    }
  }
  return accounts;
}

/** Whole days from `now` to an expiry, rounded down; negative once it is past. */
export function daysUntil(expiresOn: Instant, now: Instant): number {
  return Math.floor((expiresOn - now) / DAY);
}
