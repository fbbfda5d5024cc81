import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKeyFile } from '../../../cli/ledger/key-file.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { secret } from '../../support/memory-parts.ts';

const CANARY = 'fake-canary-key';
const KEYS = secret('sg/main', 'th/second');

describe('a key file', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(text: string, mode = 0o600): string {
    const path = join(folder, 'keys.json');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }
  /** What reading a file throws, after checking that the error contains nothing of the file's content. */
  function failure(path: string): CodedError {
    const error = thrownBy(() => readKeyFile(path));
    const all = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
    expect(all).not.toContain(CANARY);
    if (!(error instanceof CodedError)) throw new Error('not a CodedError', { cause: error });
    expect(error.code).toBe('file.invalid');
    return error;
  }

  it.each([0o600, 0o400, 0o700])('that only its owner can read gives its keys (mode %o)', (mode) => {
    const keys = readKeyFile(file(KEYS, mode));
    expect([...keys.accounts.keys()]).toEqual(['sg/main', 'th/second']);
    rmSync(join(folder, 'keys.json'));
  });

  it('may start with a byte order mark and be a symbolic link', () => {
    const link = join(folder, 'link.json');
    symlinkSync(file(`\uFEFF${KEYS}\n`), link);
    expect(readKeyFile(link).accounts.size).toBe(2);
  });

  it.each([0o644, 0o640, 0o604, 0o620, 0o601, 0o777])(
    'that others can access is refused, with the remedy (mode %o)',
    (mode) => {
      const path = file(KEYS.replaceAll('fake-secret', CANARY), mode);
      expect(failure(path).message).toBe(
        `${path} can be read by others on this machine; make it private first: chmod 600 ${path}`,
      );
    },
  );

  it('that does not exist is refused', () => {
    const path = join(folder, 'none.json');
    expect(failure(path).message).toBe(`the key file ${path} cannot be read: ENOENT`);
  });

  it('that is a folder is refused', () => {
    expect(failure(folder).message).toBe(`${folder} is not a file`);
  });

  it.each([
    ['not JSON', `{"sg": ${CANARY}`, 'the secret is not JSON'],
    ['empty', '', 'the secret is not JSON'],
    ['a text', `"${CANARY}"`, 'the secret is a string, not an object of regions'],
  ])('that is %s is refused', (_, text, problem) => {
    const path = file(text);
    expect(failure(path).message).toBe(`${path}: ${problem}`);
  });

  it.each([
    ['UTF-16 (little-endian)', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 (little-endian)', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16 (big-endian)', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-16 (big-endian)', (text: string) => Buffer.from(text, 'utf16le').swap16()],
    ['another encoding', (text: string) => Buffer.from(text.replace('main', 'mün'), 'latin1')],
  ])('in another encoding is refused, with its name: %s', (encoding, bytes) => {
    const path = file('');
    writeFileSync(path, bytes(KEYS.replaceAll('fake-secret', CANARY)));
    expect(failure(path).message).toBe(`${path} is in ${encoding}, not in UTF-8: save it again as UTF-8`);
  });

  it.each(['“”', '„“', '«»', '‘’', '「」', '＂＂'])(
    'with typographic quotes is refused: %s',
    ([open = '', close = '']) => {
      const path = file(KEYS.replaceAll('fake-secret', CANARY).replace(/"([^"]*)"/g, `${open}$1${close}`));
      expect(failure(path).message).toBe(
        `${path}: the secret is not JSON: it has typographic quotes, such as “ or ”; write straight ones, "`,
      );
    },
  );

  it('without keys is refused, with an example', () => {
    const path = file('{}');
    expect(failure(path).message).toBe(
      `${path} holds no key: write {"sg":{"main":{"accessKey":"…","secretKey":"…"}}}`,
    );
  });

  it('with only unknown regions is refused, naming them by position', () => {
    const path = file(`{"${CANARY}":{},"SG":{"main":{"accessKey":"${CANARY}","secretKey":"${CANARY}"}}}`);
    expect(failure(path).message).toBe(
      `${path} holds no key: name 1 of the secret is not a region (sg, id, th, kr); its keys are not used; name 2 of the secret is not a region (sg, id, th, kr); its keys are not used`,
    );
  });

  it('with one unusable entry gives the others', () => {
    const keys = readKeyFile(file('{"sg":{"main":{"accessKey":"fake","secretKey":"fake"},"bad":{}}}'));
    expect(keys.accounts.get('sg/main')).toEqual({ accessKey: 'fake', secretKey: 'fake' });
    expect(keys.accounts.get('sg/bad')).toMatchObject({ code: 'keys.invalid' });
  });
});

function thrownBy(attempt: () => unknown): unknown {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error;
  }
}
