import { CodedError } from '../../lambda/core/error.ts';
import { parseJson } from '../../lambda/core/json.ts';
import { isObject, kindOf } from '../../lambda/core/parsed.ts';
import type { StandardInput } from '../ledger/standard-input.ts';
import { GIVEN_FORM } from './given-form.ts';
import type { Terminal } from './terminal.ts';

/** A key pair as somebody gave it: of any form, which is checked in the secret. */
export interface GivenKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly expiresOn?: string | undefined;
}

/** Far more than a key pair needs. */
const MAX_BYTES = 16_384;
const FIELDS = ['accessKey', 'secretKey', 'expiresOn'] as const;

/**
 * Reads a key pair from a pipe or file, as JSON in the form of an entry of the secret.
 *
 * @throws CodedError `key.unusable` if it has another form, without any part of it.
 */
export async function readGivenKey(input: StandardInput): Promise<GivenKey> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of input) {
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw unusable('is too long for one key');
  }
  return parseGivenKey(Buffer.concat(pieces).toString('utf8'));
}

function parseGivenKey(text: string): GivenKey {
  if (text.trim() === '') throw unusable('is empty');
  const { value, problem } = parseJson(text.trim());
  if (problem !== undefined) throw unusable('is not JSON');
  if (!isObject(value)) throw unusable(`is ${kindOf(value)}, not an object`);
  // A name that is not known may be a misplaced key, so it is not shown.
  if (Object.keys(value).some((name) => !FIELDS.some((field) => field === name)))
    throw unusable(`has a field other than ${FIELDS.join(', ')}`);
  const { expiresOn } = value;
  if (expiresOn !== undefined && typeof expiresOn !== 'string')
    throw unusable(`has an expiresOn that is ${kindOf(expiresOn)}, not text`);
  return { accessKey: textAt(value, 'accessKey'), secretKey: textAt(value, 'secretKey'), expiresOn };
}

function textAt(value: Readonly<Record<string, unknown>>, name: (typeof FIELDS)[number]): string {
  const text = value[name];
  if (typeof text === 'string') return text;
  throw unusable(text === undefined ? `has no ${name}` : `has an ${name} that is ${kindOf(text)}, not text`);
}

function unusable(what: string): CodedError {
  return new CodedError(
    'key.unusable',
    `standard input ${what}: give the key as ${GIVEN_FORM}, expiresOn optional; nothing was changed`,
  );
}

/** Asks for a key pair on a terminal, without showing it. Throws CodedError `key.unusable` if that is cancelled. */
export function askForKey(terminal: Terminal): Promise<GivenKey> {
  return terminal.answers(async (ask) => {
    const accessKey = await ask('Access key (not shown): ');
    const secretKey = await ask('Secret key (not shown): ');
    const expiresOn = await ask('Expires on, e.g. 2027-10-01 (empty if it does not): ', /[\d-]/);
    return { accessKey, secretKey, expiresOn: expiresOn === '' ? undefined : expiresOn };
  });
}
