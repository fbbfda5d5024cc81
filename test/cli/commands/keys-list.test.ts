import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeysPlace, startKeysPlace } from '../../support/keys-place.ts';
import { ARN, keysTyped, pair } from '../../support/keys-typed.ts';

const NAMES = ['th', 'sg', 'old', 'invalid', 'twin'];
const SECRETS = NAMES.flatMap((name) => Object.values(pair(name)));
const TEXT = JSON.stringify({
  th: { main: { ...pair('th'), expiresOn: '2026-12-01' } },
  sg: {
    old: { ...pair('old'), expiresOn: '2026-11-20' },
    main: pair('sg'),
    broken: { ...pair('invalid'), secretKey: `${pair('invalid').secretKey} ` },
    twin: pair('twin'),
    'other-twin': pair('twin'),
  },
});

let place: KeysPlace;
beforeEach(async () => {
  place = await startKeysPlace(TEXT);
});
afterEach(() => place.close());

const list = (words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) =>
  keysTyped(['list', ...words], { root: place.root, environment, secrets: SECRETS });

describe('balances keys list', () => {
  it('shows each account, its fingerprint and expiry, and what the collector would record; never a key', async () => {
    expect(await list()).toEqual({
      exitCode: 0,
      stdout: [
        'account        key id    expires on  days left  problem',
        'sg/broken                                       keys.invalid',
        'sg/main        85387593',
        'sg/old         330024f3  2026-11-20         -3',
        'sg/other-twin                                   keys.duplicate',
        'sg/twin                                         keys.duplicate',
        'th/main        2a4d584c  2026-12-01          8',
        '',
      ].join('\n'),
      stderr: [
        'sg/broken: keys.invalid, sg/broken.secretKey has a quote, white space or other invalid character',
        'sg/other-twin: keys.duplicate, the same access key is under sg/twin and sg/other-twin',
        'sg/twin: keys.duplicate, the same access key is under sg/twin and sg/other-twin',
        '',
      ].join('\n'),
    });
  });

  it('has the same rows as JSON and CSV', async () => {
    const { stdout } = await list(['--format', 'json']);
    const rows: unknown = JSON.parse(stdout);
    expect(rows).toHaveLength(6);
    expect(rows).toMatchObject([
      { account: 'sg/broken', keyId: null, expiresOn: null, daysLeft: null, problem: 'keys.invalid' },
      { account: 'sg/main', keyId: '85387593', expiresOn: null, daysLeft: null, problem: null },
      { account: 'sg/old', keyId: '330024f3', expiresOn: '2026-11-20', daysLeft: -3, problem: null },
      {},
      {},
      { account: 'th/main', daysLeft: 8 },
    ]);
    expect((await list(['--format', 'csv'])).stdout.split('\n').slice(0, 3)).toEqual([
      'account,keyId,expiresOn,daysLeft,problem',
      'sg/broken,,,,keys.invalid',
      'sg/main,85387593,,,',
    ]);
  });

  it('writes the rows to a file with --out', async () => {
    const file = join(place.root, 'keys.csv');
    expect((await list(['--format', 'csv', '--out', file])).stdout).toBe('');
    expect(readFileSync(file, 'utf8')).toBe((await list(['--format', 'csv'])).stdout);
  });

  it('says what else in the secret is not used', async () => {
    place.secrets.put(ARN, '{"id":[],"xx":{},"sg":{"Main":{}}}');
    expect(await list()).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: [
        'id is an array, not an object of accounts',
        'name 2 of the secret is not a region (sg, id, th, kr); its keys are not used',
        'name 1 of sg is not an account name (1 to 32 of a-z, 0-9 and -, not beginning with -); its key is not used',
        '',
      ].join('\n'),
    });
  });

  it.each([undefined, '{}'])('of the secret %j says how to put a key in', async (text) => {
    place.secrets.put(ARN, text);
    expect(await list(['--format', 'json'])).toEqual({
      exitCode: 0,
      stdout: '[]\n',
      stderr: 'the secret has no keys yet: add one with balances keys set NAME\n',
    });
  });

  it.each([
    ['not JSON', `{"sg":"${pair('sg').secretKey}`, 'the secret is not JSON'],
    ['a list', `["${pair('sg').secretKey}"]`, 'the secret is an array, not an object of regions'],
  ])('of a secret that is %s says so', async (_, text, message) => {
    place.secrets.put(ARN, text);
    expect(await list()).toEqual({ exitCode: 1, stdout: '', stderr: `error: ${message}\n` });
  });

  it('says that the secret is deleted, or not allowed', async () => {
    place.secrets.delete(ARN, 'after some days');
    expect((await list()).stderr).toContain('marked for deletion');
    place.secrets.put(ARN, TEXT);
    place.secrets.fail('denied');
    expect((await list()).stderr).toContain(
      'choose a profile with AWS_PROFILE that may use secretsmanager:GetSecretValue',
    );
  });
});
