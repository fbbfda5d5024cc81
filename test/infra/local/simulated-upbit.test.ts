import { createHmac, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { signToken } from '../../../lambda/adapters/upbit/token.ts';
import { MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { ADA, simulated } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

const KEY = { accessKey: 'fake-access-sg-main', secretKey: 'fake-secret-sg-main' };

/** A handmade token as documented; a test changes what should be refused. */
function handmade(
  changes: { header?: object; claims?: object; secretKey?: string | Buffer; hash?: string } = {},
) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = [
    part(changes.header ?? { alg: 'HS256', typ: 'JWT' }),
    part(changes.claims ?? { access_key: KEY.accessKey, nonce: randomUUID() }),
  ].join('.');
  const hmac = createHmac(changes.hash ?? 'sha256', changes.secretKey ?? KEY.secretKey);
  return `${signed}.${hmac.update(signed).digest('base64url')}`;
}

describe('the simulated Upbit', () => {
  let now = SLOT;
  let upbit: SimulatedUpbit;

  beforeEach(async () => {
    now = SLOT;
    upbit = await startSimulatedUpbit({ now: () => now, accounts: [simulated('sg/main')] });
  });
  afterEach(() => upbit.close());

  function request(
    headers: Record<string, string>,
    region: Region = 'sg',
    signal: AbortSignal | null = null,
  ) {
    return fetch(`${upbit.url.replace('{region}', region)}/v1/accounts`, { headers, signal });
  }
  function bearer(token = handmade()) {
    return { authorization: `Bearer ${token}` };
  }
  /** Status and error name of the answer, or 200 and the lines. */
  async function judged(response: Response): Promise<[number, unknown]> {
    const body: unknown = await response.json();
    const error = isObject(body) ? body['error'] : undefined;
    return [response.status, isObject(error) ? error['name'] : body];
  }
  /** The status of one call with a valid token. */
  async function status() {
    const response = await request(bearer());
    await response.arrayBuffer();
    return response.status;
  }

  describe('checks the token', () => {
    it('and accepts the collector’s own', async () => {
      const response = await request(bearer(await signToken(KEY, randomUUID(), 'HS256')));
      expect(await judged(response)).toEqual([200, [ADA]]);
    });

    it('and accepts a handmade one as documented', async () => {
      expect(await judged(await request(bearer()))).toEqual([200, [ADA]]);
    });

    const nonce = randomUUID();
    const accessKey = KEY.accessKey;
    it.each([
      ['of the wrong algorithm', { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }],
      ['that names another algorithm than it uses', { header: { alg: 'HS512', typ: 'JWT' } }],
      ['without an algorithm', { header: { alg: 'none', typ: 'JWT' } }],
      ['without a type', { header: { alg: 'HS256' } }],
      ['with more in its header', { header: { alg: 'HS256', typ: 'JWT', kid: '1' } }],
      ['with a claim too many', { claims: { access_key: accessKey, nonce, iat: 1 } }],
      ['with a query hash', { claims: { access_key: accessKey, nonce, query_hash: '' } }],
      ['without a nonce', { claims: { access_key: accessKey } }],
      ['with a nonce that is not a UUID', { claims: { access_key: accessKey, nonce: '1' } }],
      ['without an access key', { claims: { nonce } }],
      ['signed with another secret', { secretKey: 'fake-secret-sg-other' }],
      ['signed with the secret decoded from base64', { secretKey: Buffer.from(KEY.secretKey, 'base64') }],
    ])('and refuses one %s', async (_, changes) => {
      expect(await judged(await request(bearer(handmade(changes))))).toEqual([401, 'jwt_verification']);
    });

    it.each([
      ['without its scheme', (token: string) => token],
      ['of another scheme', (token: string) => `Basic ${token}`],
      ['with a fourth part', (token: string) => `Bearer ${token}.more`],
      ['without its signature', (token: string) => `Bearer ${token.replace(/[^.]*$/, '')}`],
      ['that is not a token', () => 'Bearer of news'],
      ['of three parts that are not JSON', () => 'Bearer a.b.c'],
    ])('and refuses one %s', async (_, written) => {
      const response = await request({ authorization: written(handmade()) });
      expect(await judged(response)).toEqual([401, 'jwt_verification']);
    });

    it('and refuses a call without any', async () => {
      expect(await judged(await request({}))).toEqual([401, 'no_authorization_token']);
    });

    it('and accepts only HS512 if configured so', async () => {
      const other = await startSimulatedUpbit({
        now: () => now,
        accounts: [simulated('sg/main')],
        algorithm: 'HS512',
      });
      try {
        const ask = async (token: string) =>
          judged(await fetch(other.url.replace('{region}', 'sg/v1/accounts'), { headers: bearer(token) }));
        expect(await ask(await signToken(KEY, randomUUID(), 'HS512'))).toEqual([200, [ADA]]);
        expect(await ask(await signToken(KEY, randomUUID(), 'HS256'))).toEqual([401, 'jwt_verification']);
      } finally {
        await other.close();
      }
    });
  });

  it('refuses a nonce it has seen, and keeps refusing it', async () => {
    const token = handmade();
    expect(await judged(await request(bearer(token)))).toEqual([200, [ADA]]);
    now += 60 * MINUTE;
    expect(await judged(await request(bearer(token)))).toEqual([401, 'nonce_used']);
    expect(await judged(await request(bearer(token)))).toEqual([401, 'nonce_used']);
  });

  it('does not know a key of another region, or one that does not exist', async () => {
    expect(await judged(await request(bearer(), 'id'))).toEqual([401, 'invalid_access_key']);
    const claims = { access_key: 'fake-access-sg-nobody', nonce: randomUUID() };
    expect(await judged(await request(bearer(handmade({ claims }))))).toEqual([401, 'invalid_access_key']);
  });

  it.each([
    '/sg/v1/account',
    '/sg/v1/accounts/',
    '/sg/v1/accounts?page=1',
    '/sg',
    '/us/v1/accounts',
    '/v1/accounts',
    '/',
  ])('answers %s like a gateway without a route', async (path) => {
    const response = await fetch(new URL(path, upbit.url), { headers: bearer() });
    expect(response.headers.get('remaining-req')).toBeNull();
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: 'no Route matched with those values' },
    ]);
  });

  it('answers only GET', async () => {
    const url = `${upbit.url.replace('{region}', 'sg')}/v1/accounts`;
    expect((await fetch(url, { method: 'POST', headers: bearer() })).status).toBe(404);
  });

  it('sends the time of its own clock', async () => {
    expect((await request(bearer())).headers.get('date')).toBe('Sun, 22 Nov 2026 06:00:00 GMT');
    now += 90 * SECOND;
    expect((await request(bearer())).headers.get('date')).toBe('Sun, 22 Nov 2026 06:01:30 GMT');
  });

  it('gets each account’s balances at the time of its own clock', async () => {
    const asked: number[] = [];
    const account = simulated('sg/main', (at) => {
      asked.push(at);
      return [];
    });
    upbit.accounts.set(account.accessKey, account);
    now += 7;
    expect(await judged(await request(bearer()))).toEqual([200, []]);
    expect(asked).toEqual([SLOT + 7]);
  });

  describe('limits the calls', () => {
    it('to 30 in a second of its own clock, and says how many are left', async () => {
      const left = async () => (await request(bearer())).headers.get('remaining-req');
      expect(await left()).toBe('group=default; min=1800; sec=29');
      expect(await left()).toBe('group=default; min=1800; sec=28');
      for (let call = 3; call <= 30; call += 1) expect(await status()).toBe(200);
      expect(await judged(await request(bearer()))).toEqual([429, 'too_many_requests']);
      now += SECOND - 1;
      expect(await status()).toBe(429);
      now += 1;
      expect(await left()).toBe('group=default; min=1800; sec=29');
    });

    it('of each account on its own', async () => {
      const other = simulated('sg/other');
      upbit.accounts.set(other.accessKey, other);
      for (let call = 1; call <= 31; call += 1) await status();
      const claims = { access_key: other.accessKey, nonce: randomUUID() };
      const response = await request(bearer(handmade({ claims, secretKey: other.secretKey })));
      expect(response.headers.get('remaining-req')).toBe('group=default; min=1800; sec=29');
    });

    it('and blocks a caller that does not stop, longer each time', async () => {
      /** Calls until it is blocked, and returns what the answer says. */
      async function provoke() {
        for (let call = 1; call <= 60; call += 1) expect(await status()).toBe(call <= 30 ? 200 : 429);
        const response = await request(bearer());
        return [response.status, await response.text()];
      }
      expect(await provoke()).toEqual([
        418,
        expect.stringContaining('This account is blocked for 60 seconds.'),
      ]);
      now += 59 * SECOND;
      expect(await judged(await request(bearer()))).toEqual([418, 'too_many_requests']);
      now += SECOND;
      expect(await provoke()).toEqual([
        418,
        expect.stringContaining('This account is blocked for 120 seconds.'),
      ]);
      now += 120 * SECOND;
      expect(await provoke()).toEqual([
        418,
        expect.stringContaining('This account is blocked for 240 seconds.'),
      ]);
    });

    it('with an Origin to one in ten seconds', async () => {
      const call = async () => (await request({ ...bearer(), origin: 'https://example.com' })).status;
      expect([await call(), await call()]).toEqual([200, 429]);
      now += 10 * SECOND - 1;
      expect(await call()).toBe(429);
      now += 1;
      expect(await call()).toBe(200);
      expect(await status()).toBe(200);
    });
  });

  describe('fails as configured', () => {
    it('for the calls that the test selects', async () => {
      upbit.fault = ({ count }) => (count === 2 ? FAULTS.maintenance : undefined);
      expect([await status(), await status(), await status()]).toEqual([200, 503, 200]);
    });

    it('by resetting the connection before any answer', async () => {
      upbit.fault = () => FAULTS.reset;
      await expect(request(bearer())).rejects.toThrow('fetch failed');
    });

    it('by not answering, until the caller gives up', async () => {
      const caller = new AbortController();
      upbit.fault = () => {
        setTimeout(() => caller.abort(), 20);
        return FAULTS.silence;
      };
      await expect(request(bearer(), 'sg', caller.signal)).rejects.toThrow('aborted');
    });

    it('by sending one byte of the correct answer at a time, until the caller gives up', async () => {
      upbit.fault = () => FAULTS.drip;
      const caller = new AbortController();
      const response = await request(bearer(), 'sg', caller.signal);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-length')).toBe(String(JSON.stringify([ADA]).length));
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value).toEqual(new TextEncoder().encode('['));
      caller.abort();
      await expect(reader?.read()).rejects.toThrow('aborted');
    });

    it('by breaking off in the middle of the correct answer', async () => {
      upbit.fault = () => FAULTS.truncate;
      const response = await request(bearer());
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
    });

    it('but not for a call that is refused anyway', async () => {
      const fault: Fault = FAULTS.maintenance;
      let asked = 0;
      upbit.fault = () => {
        asked += 1;
        return fault;
      };
      expect((await request(bearer(handmade({ secretKey: 'fake' })))).status).toBe(401);
      expect(asked).toBe(0);
    });
  });

  it('lists when a key expires in Korea, and has no such path elsewhere', async () => {
    const kr = { ...simulated('kr/main'), expiresAt: SLOT };
    upbit.accounts.set(kr.accessKey, kr);
    const token = () => signToken(kr, randomUUID(), 'HS256');
    const ask = async (region: Region) =>
      await judged(
        await fetch(`${upbit.url.replace('{region}', region)}/v1/api_keys`, {
          headers: bearer(await token()),
        }),
      );
    expect(await ask('kr')).toEqual([
      200,
      [{ access_key: 'fake-access-kr-main', expire_at: '2026-11-22T15:00:00+09:00' }],
    ]);
    expect((await ask('sg'))[0]).toBe(404);
    expect(upbit.calls.map(({ path }) => path)).toEqual(['v1/api_keys']);
  });

  it('keeps a list of the calls with a key that exists', async () => {
    await request({});
    await request(bearer(), 'id');
    const tokens = [handmade(), handmade({ secretKey: 'fake' })] as const;
    await request(bearer(tokens[0]));
    now += SECOND;
    await request(bearer(tokens[1]));
    expect(upbit.calls).toEqual([
      { path: 'v1/accounts', region: 'sg', accessKey: KEY.accessKey, at: SLOT, count: 1, token: tokens[0] },
      {
        path: 'v1/accounts',
        region: 'sg',
        accessKey: KEY.accessKey,
        at: SLOT + SECOND,
        count: 2,
        token: tokens[1],
      },
    ]);
  });

  it('listens only on this machine', () => {
    expect(upbit.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\{region\}$/);
  });
});
