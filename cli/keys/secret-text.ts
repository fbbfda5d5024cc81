import { applyEdits, modify } from 'jsonc-parser';
import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { parseJson } from '../../lambda/core/json.ts';
import { type ApiKey, isKeyProblem, type Keys, parseKeys } from '../../lambda/core/keys.ts';
import { isObject, Twice } from '../../lambda/core/parsed.ts';
import { named } from '../print/named.ts';
import type { GivenKey } from './given-key.ts';

/** The most that Secrets Manager stores as one value, in bytes. */
const MAX_BYTES = 65_536;
/** A secret without a key. */
const EMPTY = '{}';

/** A secret's text, changed, and what the secret held before. */
export interface Changed {
  readonly text: string;
  readonly before: Keys;
}

/**
 * The secret's text with this key as the entry of an account, and the key as the collector would read it. Everything else
 * in the text stays as it is, character by character; so do fields of the entry that are not about the key. An `expiresOn` is
 * about the key, so the old one goes.
 *
 * @param text undefined for a secret without a value.
 * @param now a key that has expired by now is refused.
 * @throws CodedError `secret.unreadable` if the text is not a secret in which it is clear what to change; `key.unusable` if
 * the collector would not use the key. Neither contains any part of a value.
 */
export function withKey(
  text: string | undefined,
  account: AccountName,
  given: GivenKey,
  now: Instant,
): Changed & { readonly key: ApiKey } {
  const before = requireClear(text);
  const trouble = before.keys.regions.get(regionOf(account));
  if (trouble !== undefined) throw unclear(trouble.detail);
  const { accessKey, secretKey, expiresOn } = given;
  const path = pathOf(account);
  const fields = { accessKey, secretKey, expiresOn };
  const after = isObject(memberAt(before.json, path))
    ? Object.entries(fields).reduce(
        (edited, [name, value]) => edit(edited, [...path, name], value),
        before.text,
      )
    : edit(before.text, path, fields);
  const key = requireUsable(requireRoom(after), account, given, now);
  return { text: after, before: before.keys, key };
}

/**
 * The secret's text without the entry of an account. Everything else stays as it is, character by character.
 *
 * @throws CodedError `secret.unreadable` as {@link withKey}; `usage.invalid` if there is no such entry.
 */
export function withoutKey(text: string | undefined, account: AccountName): Changed {
  const before = requireClear(text);
  const path = pathOf(account);
  if (memberAt(before.json, path) !== undefined)
    return { text: edit(before.text, path, undefined), before: before.keys };
  const others = [...before.keys.accounts.keys()];
  const which = others.length === 0 ? 'no accounts' : `only ${named(others, NAMED)}`;
  throw new CodedError('usage.invalid', `${account} is not in the secret, which has ${which}`);
}

/** A secret whose text can be read in only one way. */
interface Clear {
  readonly text: string;
  readonly json: unknown;
  readonly keys: Keys;
}

function requireClear(original: string | undefined): Clear {
  const text = original?.trim() ?? EMPTY;
  const keys = parseKeys(text);
  if (keys.problem !== undefined) throw unclear(keys.problem);
  const json = parseJson(text).value;
  if (hasTwice(json))
    throw unclear('a name appears twice in the secret, and it is unclear which one is meant');
  return { text, json, keys: keys.value };
}

function unclear(why: string): CodedError {
  return new CodedError(
    'secret.unreadable',
    `${why}: correct the secret first (docs/operations.md, “Correct the secret by hand”); nothing was changed`,
  );
}

function hasTwice(value: unknown): boolean {
  if (value instanceof Twice) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasTwice);
}

function requireRoom(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BYTES) return text;
  throw new CodedError(
    'key.unusable',
    `the secret would have ${bytes} bytes, more than Secrets Manager stores (${MAX_BYTES}); nothing was changed`,
  );
}

function requireUsable(text: string, account: AccountName, given: GivenKey, now: Instant): ApiKey {
  const { value: keys, problem } = parseKeys(text);
  if (keys === undefined) throw unusable(problem);
  const key = keys.accounts.get(account);
  if (key === undefined) throw unusable(`${account} would not be found in the secret`);
  if (isKeyProblem(key)) throw unusable(`${key.code}: ${key.detail}`);
  if (given.expiresOn !== undefined && key.expiresOn === undefined)
    throw unusable(`${account}.expiresOn is not a date such as 2027-10-01`);
  if (key.expiresOn !== undefined && key.expiresOn <= now)
    throw unusable(`${account}.expiresOn is already past`);
  return key;
}

function unusable(why: string): CodedError {
  return new CodedError('key.unusable', `${why}; nothing was changed`);
}

type Path = readonly [region: string, name: string];

function pathOf(account: AccountName): Path {
  const region = regionOf(account);
  return [region, account.slice(region.length + 1)];
}

function memberAt(json: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? ownMember(value, name) : undefined), json);
}

function ownMember(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The text with this value at a path; undefined removes what is there. */
function edit(text: string, path: readonly string[], value: unknown): string {
  return applyEdits(text, modify(text, [...path], value, {}));
}

/** How many names a sentence lists. */
const NAMED = 20;
