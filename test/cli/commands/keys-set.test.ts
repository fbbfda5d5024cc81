import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandardInput } from '../../../cli/ledger/standard-input.ts';
import { startCheckIpEndpoint } from '../../../infra/local/check-ip-endpoint.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { type KeysPlace, startKeysPlace } from '../../support/keys-place.ts';
import { ARN, keysTyped, pair, piped, terminal } from '../../support/keys-typed.ts';

/** As many accounts as a fund has; `sg/main` is the first. */
const OTHERS = Object.fromEntries(
  Array.from({ length: 35 }, (_, index) => [`fund-${index}`, pair(`fund-${index}`)]),
);
const BEFORE = JSON.stringify({
  sg: { main: { ...pair('sg-main'), expiresOn: '2026-12-01' }, ...OTHERS },
  note: 'ours',
});
const NEW = { ...pair('sg-new'), expiresOn: '2027-10-01' };
const asked = (entry: object) => ({ sg: { main: entry, ...OTHERS }, note: 'ours' });

const SECRETS = ['sg-main', 'sg-new', 'sg-wrong', 'id-main', ...Object.keys(OTHERS)].flatMap((name) =>
  Object.values(pair(name)),
);

let place: KeysPlace;
beforeEach(async () => {
  place = await startKeysPlace(BEFORE);
});
afterEach(() => place.close());

const set = (words: string, stdin?: StandardInput, environment = place.environment) =>
  keysTyped(['set', ...words.split(' ')], {
    root: place.root,
    environment,
    secrets: SECRETS,
    ...(stdin === undefined ? {} : { stdin }),
  });
const given = (key: object) => piped(JSON.stringify(key));
const current = () => JSON.parse(place.current() ?? 'null') as unknown;
const versions = () => place.secrets.versions(ARN)?.texts().size;

describe('balances keys set', () => {
  it('tries the new key, says what changes, and changes this entry alone', async () => {
    expect(await set('sg/main', given(NEW))).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: [
        'sg/main: Upbit accepts the key',
        'sg/main: key eb4964cb is replaced by 5bb7cc77, which expires on 2027-10-01, in 312 days',
        '35 other accounts stay as they are',
        'written; the collector reads it within 15 minutes',
        '',
      ].join('\n'),
    });
    expect(current()).toEqual(asked(NEW));
    expect(JSON.stringify(current())).toBe(JSON.stringify(asked(NEW)));
    expect(place.upbit.calls.map(({ path, region, accessKey }) => [path, region, accessKey])).toEqual([
      ['v1/accounts', 'sg', NEW.accessKey],
    ]);
  });

  it('puts the first key into a secret without a value', async () => {
    place.secrets.put(ARN, undefined);
    const { exitCode, stderr } = await set('id/main', given(pair('id-main')));
    expect([exitCode, stderr.split('\n')[1]]).toEqual([
      0,
      'id/main: added, with key 0201fd0d, without an expiry date: add expiresOn to be warned before it expires',
    ]);
    expect(current()).toEqual({ id: { main: pair('id-main') } });
  });

  it('writes nothing if the secret has exactly this key already', async () => {
    const { exitCode, stderr } = await set('sg/main', given({ ...pair('sg-main'), expiresOn: '2026-12-01' }));
    expect([exitCode, stderr]).toEqual([
      0,
      'sg/main: the secret already has exactly this key; nothing was changed\n',
    ]);
    expect([versions(), place.upbit.calls]).toEqual([1, []]);
  });

  it('can change the expiry date alone', async () => {
    const { stderr } = await set('sg/main', given({ ...pair('sg-main'), expiresOn: '2026-12-20' }));
    expect(stderr.split('\n')[1]).toBe(
      'sg/main: key eb4964cb stays, which expires on 2026-12-20, in 27 days: that is soon',
    );
    expect(current()).toEqual(asked({ ...pair('sg-main'), expiresOn: '2026-12-20' }));
  });

  it('replaces an entry that the collector cannot use', async () => {
    place.secrets.put(ARN, '{"sg":{"main":{"accessKey":"fake key"}}}');
    const { stderr } = await set('sg/main', given(NEW));
    expect(stderr.split('\n')[1]).toBe(
      'sg/main: its unusable entry (keys.invalid) is replaced by key 5bb7cc77, which expires on 2027-10-01, in 312 days',
    );
    expect(current()).toEqual({ sg: { main: NEW } });
  });

  it('says so if the region is not configured', async () => {
    const { exitCode, stderr } = await set('kr/main --no-check', given(NEW));
    expect([exitCode, stderr.split('\n').slice(0, 2)]).toEqual([
      0,
      [
        'kr/main: cdk.json does not name the region kr, so it is collected only once you deploy with it: npx cdk deploy -c regions=sg,id,th,kr',
        'kr/main: not checked with Upbit, because of --no-check',
      ],
    ]);
  });

  it('takes another secret with --secret', async () => {
    const other = ARN.replace('a1b2c3', 'x9y8z7');
    place.secrets.put(other, '{}');
    expect((await set(`sg/main --secret ${other}`, given(NEW))).exitCode).toBe(0);
    expect(JSON.parse(place.secrets.versions(other)?.labelled('AWSCURRENT')?.text ?? '')).toEqual({
      sg: { main: NEW },
    });
    expect(place.current()).toBe(BEFORE);
  });
});

describe('a key that Upbit refuses', () => {
  const REFUSED = 'error: Upbit refused the new key of sg/main, so nothing was changed: ';

  it('is not written: the secret key is wrong', async () => {
    const { exitCode, stderr } = await set(
      'sg/main',
      given({ ...NEW, secretKey: pair('sg-wrong').secretKey }),
    );
    expect([exitCode, stderr]).toEqual([
      1,
      `${REFUSED}key.invalid: Upbit answered 401 jwt_verification to a token signed with HS256, and to one signed with HS512: the secret key does not belong to this access key. Copy both keys again. Upbit shows a secret key only once; if it is lost, make a new key.\n`,
    ]);
    expect([place.current(), versions()]).toEqual([BEFORE, 1]);
  });

  it('is not written: it belongs to another region, which is not asked', async () => {
    const { exitCode, stderr } = await set('sg/main', given(pair('id-main')));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: .*: the access key is unknown there\. Usually such a key was made on another Upbit site/,
      ),
    ]);
    expect([place.current(), place.upbit.calls]).toEqual([BEFORE, []]);
  });

  it('is not written: this machine’s address is not allowed, and --no-check writes it', async () => {
    place.upbit.fault = () => FAULTS.addressNotAllowed;
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /key\.addressNotAllowed: .* this machine’s address is not on its list .* add --no-check to store it without signing in, then run balances doctor\.\n$/,
      ),
    ]);
    expect(place.current()).toBe(BEFORE);
    expect((await set('sg/main --no-check', given(NEW))).exitCode).toBe(0);
    expect(current()).toEqual(asked(NEW));
  });

  it('that lists addresses is told which one this machine has', async () => {
    place.upbit.fault = () => FAULTS.addressNotAllowed;
    const checkIp = await startCheckIpEndpoint();
    const { stderr } = await set('sg/main', given(NEW), { ...place.environment, CHECK_IP_URL: checkIp.url });
    await checkIp.close();
    expect(stderr).toContain('this machine’s address, 127.0.0.1, is not on its list');
  });

  it.each([
    ['outOfScope', 'key.scope'],
    ['expiredAccessKey', 'key.expired'],
    ['consentRequired', 'key.consent'],
  ] as const)('is not written: %s', async (fault, code) => {
    place.upbit.fault = () => FAULTS[fault];
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${REFUSED}${code}: `)]);
    expect(place.current()).toBe(BEFORE);
  });

  it('is not written if Upbit cannot be reached: that says how to write it untried', async () => {
    await place.upbit.close();
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: the new key of sg\/main could not be tried, so nothing was changed: upbit\.unreachable: .*\. Try again, or add --no-check /,
      ),
    ]);
    expect(place.current()).toBe(BEFORE);
  });

  it('signs as cdk.json says, and as JWT_ALG says', async () => {
    writeFileSync(join(place.root, 'cdk.json'), '{"context":{"jwtAlg":"HS512"}}');
    const { stderr } = await set('sg/main', given(NEW));
    expect(stderr).toContain('signed with HS512, but takes one signed with HS256: the algorithm is wrong');
    expect((await set('sg/main', given(NEW), { ...place.environment, JWT_ALG: 'HS256' })).exitCode).toBe(0);
  });
});

describe('a change of the secret', () => {
  it('by somebody else while the key is tried is never lost', async () => {
    const theirs = JSON.stringify({ sg: { main: pair('sg-main') } });
    place.upbit.fault = () => {
      place.secrets.put(ARN, theirs);
      return undefined;
    };
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([
      1,
      'error: somebody else changed the secret at the same time: check it with balances keys list, and try again if your change is missing',
    ]);
    expect(place.current()).toBe(theirs);
  });

  it.each([
    ['is not JSON', '{"sg":'],
    ['has a name twice', `{"sg":{},"sg":{"main":${JSON.stringify(pair('sg-main'))}}}`],
  ])('is not made if the secret %s', async (_, text) => {
    place.secrets.put(ARN, text);
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/correct the secret first .*nothing was changed\n$/),
    ]);
    expect([place.current(), place.upbit.calls]).toEqual([text, []]);
  });

  it('is not made with a key that another account has, or that is not a key', async () => {
    const duplicate = await set('sg/main', given(pair('fund-7')));
    expect([duplicate.exitCode, duplicate.stderr]).toEqual([
      1,
      'error: keys.duplicate: the same access key is under sg/main and sg/fund-7; nothing was changed\n',
    ]);
    const copied = await set('sg/main', given({ ...NEW, secretKey: ` ${NEW.secretKey}` }));
    expect([copied.exitCode, copied.stderr]).toEqual([
      1,
      expect.stringContaining('sg/main.secretKey has a quote, white space'),
    ]);
    expect([place.current(), place.upbit.calls]).toEqual([BEFORE, []]);
  });

  it('that AWS does not allow says which permissions it needs', async () => {
    place.secrets.fail('denied');
    const { exitCode, stderr } = await set('sg/main', given(NEW));
    expect([exitCode, stderr]).toEqual([
      1,
      'error: Secrets Manager did not return the API keys: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue; choose a profile with AWS_PROFILE that may use secretsmanager:GetSecretValue, and to change the secret also PutSecretValue and UpdateSecretVersionStage\n',
    ]);
  });
});

describe('on a terminal', () => {
  const typedKey = [`${NEW.accessKey}\r`, `${NEW.secretKey}\r`, '2027-10-01\r'];

  it('asks for the key without showing it, and before it writes', async () => {
    const input = terminal(...typedKey, 'y\r');
    const { exitCode, stderr } = await set('sg/main', input);
    expect([exitCode, stderr]).toEqual([
      0,
      [
        'Access key (not shown): ',
        'Secret key (not shown): ',
        'Expires on, e.g. 2027-10-01 (empty if it does not): 2027-10-01',
        'sg/main: Upbit accepts the key',
        'sg/main: key eb4964cb is replaced by 5bb7cc77, which expires on 2027-10-01, in 312 days',
        '35 other accounts stay as they are',
        'Change the secret? [y/N] y',
        'written; the collector reads it within 15 minutes',
        '',
      ].join('\n'),
    ]);
    expect(current()).toEqual(asked(NEW));
    expect(input.modes).toEqual([true, false, true, false]);
  });

  it.each(['\r', 'n\r', 'yep\r'])('does not write after the answer %j', async (answer) => {
    const { exitCode, stderr } = await set('sg/main', terminal(...typedKey, answer));
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([1, 'nothing was changed']);
    expect(place.current()).toBe(BEFORE);
  });

  it('writes nothing if it is cancelled', async () => {
    for (const pieces of [['\u0003'], [...typedKey, '\u0003']]) {
      const { exitCode, stderr } = await set('sg/main', terminal(...pieces));
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/\nerror: cancelled; nothing was changed\n$/),
      ]);
    }
    expect(place.current()).toBe(BEFORE);
  });

  it('does not ask before it writes with --yes, and takes a key that does not expire', async () => {
    const [access = '', secret = ''] = typedKey;
    const { exitCode } = await set('sg/main --yes', terminal(access, secret, '\r'));
    expect(exitCode).toBe(0);
    expect(current()).toEqual(asked(pair('sg-new')));
  });
});

it('without standard input says so', async () => {
  expect(await set('sg/main')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: there is no standard input to read the key from\n',
  });
});
