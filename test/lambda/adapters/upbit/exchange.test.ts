import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, stop } from '../../../../infra/local/http-server.ts';
import type { Fetch } from '../../../../lambda/adapters/fetch.ts';
import { nodeGet } from '../../../../lambda/adapters/node-get.ts';
import { createUpbit } from '../../../../lambda/adapters/upbit/exchange.ts';
import { SECOND } from '../../../../lambda/core/instant.ts';
import { SLOT } from '../../../support/memory-parts.ts';

const KEY = { accessKey: 'fake-access', secretKey: 'fake-secret' };
const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((end) => end()));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  running.push(() => stop(server));
  return await listen(server);
}

async function ask(baseUrl: string, timeoutMs = 5 * SECOND, injected: Fetch = nodeGet, now = () => SLOT) {
  const upbit = createUpbit({
    fetch: injected,
    baseUrl: (region) => baseUrl.replace('{region}', region),
    algorithm: () => 'HS256',
    nonce: randomUUID,
    now,
  });
  return await upbit.ask('th/main', KEY, timeoutMs);
}

describe('a call to Upbit', () => {
  it('is a GET of /v1/accounts on the region’s host, with a token and without an Origin', async () => {
    const requests: IncomingMessage[] = [];
    const url = await serve((request, response) => {
      requests.push(request);
      response.end('[]');
    });
    expect(await ask(`${url}/{region}`)).toMatchObject({ kind: 'balances', balances: [] });
    const [request] = requests;
    expect([request?.method, request?.url]).toEqual(['GET', '/th/v1/accounts']);
    expect(request?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(request?.headers.accept).toBe('application/json');
    expect(request?.headers.origin).toBeUndefined();
    expect(request?.headers['user-agent']).toMatch(/^upbit-balance-snapshots\//);
  });

  it('is also judged by the answer’s Date and Retry-After', async () => {
    const url = await serve((request, response) => {
      response.setHeader('date', 'Sun, 22 Nov 2026 06:00:00 GMT').setHeader('retry-after', '3600');
      response.writeHead(request.url?.startsWith('/418') === true ? 418 : 200).end('[]');
    });
    expect(await ask(url)).toMatchObject({
      serverClock: { date: Date.parse('2026-11-22T06:00:00Z'), skew: 0 },
    });
    expect(await ask(`${url}/418`)).toMatchObject({ block: { until: SLOT + 3_600 * SECOND } });
  });

  it('compares the clocks when the headers arrive, so that a slow body makes no difference', async () => {
    let now = SLOT;
    const url = await serve((_, response) =>
      response.setHeader('date', new Date(SLOT).toUTCString()).end('[]'),
    );
    const slow: Fetch = async (...call) => {
      const reply = await nodeGet(...call);
      async function* body() {
        now += 4 * SECOND;
        yield* reply.body ?? [];
      }
      return { ...reply, body: body() };
    };
    expect(await ask(url, 5 * SECOND, slow, () => now)).toMatchObject({
      serverClock: { date: SLOT, skew: 0 },
    });
    expect(now).toBe(SLOT + 4 * SECOND);
  });

  it('names the server that answered for Upbit, without what it repeats of the token', async () => {
    const url = await serve((request, response) => {
      const { authorization } = request.headers;
      response.writeHead(403, { server: 'nginx/1.25' }).end(`<p>No entry for ${authorization}</p>`);
    });
    expect(await ask(url)).toMatchObject({
      code: 'upbit.unavailable',
      retry: 'later',
      detail:
        'Upbit’s own answer did not arrive: something in front of it sent 403, server nginx, “No entry for Bearer …”',
    });
  });

  it('reuses its connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('[]');
    });
    for (let call = 0; call < 3; call += 1) await ask(url);
    expect(ports.size).toBe(1);
  });

  it.each([
    ['plain', '[]', {}],
    ['compressed', gzipSync('[]'), { 'content-encoding': 'gzip' }],
  ])('reads a %s body', async (_, body, headers) => {
    const url = await serve((_request, response) => response.writeHead(200, headers).end(body));
    expect(await ask(url)).toMatchObject({ kind: 'balances', balances: [] });
  });

  it.each<[string, RequestListener, number]>([
    ['breaks', (_, response) => response.writeHead(418).write('bl', () => response.destroy()), 5 * SECOND],
    ['never ends', (_, response) => response.writeHead(418).write('bl'), 200],
    [
      'is not what it says',
      (_, response) => response.writeHead(418, { 'content-encoding': 'gzip' }).end('blocked'),
      5 * SECOND,
    ],
  ])('that is blocked stays so if the body %s', async (_, listener, timeoutMs) => {
    const url = await serve(listener);
    expect(await ask(url, timeoutMs)).toMatchObject({ code: 'upbit.blocked', retry: 'never' });
  });

  it('stops reading at 1 MB, even if the body never ends', async () => {
    let sent = 0;
    const url = await serve((_, response) => {
      const more = () => {
        sent += 65_536;
        if (!response.destroyed) response.write(' '.repeat(65_536), () => setImmediate(more));
      };
      more();
    });
    expect(await ask(url)).toMatchObject({ code: 'response.tooLarge', retry: 'never' });
    expect(sent).toBeLessThan(20_000_000);
  });

  it('accepts a body of exactly 1 MB, but not a byte more', async () => {
    const url = await serve((request, response) =>
      response.end(`[${' '.repeat(999_998 + Number(request.url?.startsWith('/more')))}]`),
    );
    expect(await ask(url)).toMatchObject({ kind: 'balances' });
    expect(await ask(`${url}/more`)).toMatchObject({ code: 'response.tooLarge' });
  });

  it.each([
    ['the token', (token: string) => `Bearer ${token}`],
    ['its claims, which have the access key in them', (token: string) => token.split('.')[1] ?? ''],
    ['its signature', (token: string) => token.split('.')[2] ?? ''],
  ])('whose answer has %s as the name of a field is malformed, and kept without it', async (_, name) => {
    const line = {
      currency: 'ADA',
      balance: '1',
      locked: '0',
      avg_buy_price: '0',
      avg_buy_price_modified: true,
    };
    const url = await serve((request, response) => {
      const token = String(request.headers.authorization).replace('Bearer ', '');
      response.end(JSON.stringify([{ ...line, unit_currency: 'SGD', [name(token)]: 1 }]));
    });
    expect(await ask(url)).toEqual({
      kind: 'refusal',
      code: 'response.malformed',
      retry: 'never',
      detail: 'the answer repeats the key',
      answer: {
        text: expect.stringMatching(/"unit_currency":"SGD","(Bearer )?\*\*\*":1}]$/),
        isCut: false,
      },
    });
  });

  it.each([
    ['nothing is answered', () => undefined],
    ['the body never ends', (_: unknown, response: { write(text: string): unknown }) => response.write('[')],
  ])('ends when its time is up and %s', async (_, listener) => {
    const url = await serve(listener as RequestListener);
    expect(await ask(url, 200)).toMatchObject({ code: 'upbit.timeout', retry: 'later' });
  });
});

describe('the request for a key’s expiry', () => {
  async function expiry(listener: RequestListener, timeoutMs = 5 * SECOND) {
    const url = await serve(listener);
    const upbit = createUpbit({
      fetch: nodeGet,
      baseUrl: () => url,
      algorithm: () => 'HS256',
      nonce: randomUUID,
      now: () => SLOT,
    });
    return await upbit.expiry('kr/main', KEY, timeoutMs);
  }
  const list = JSON.stringify([{ access_key: 'fake-access', expire_at: '2026-12-01T09:00:00+09:00' }]);

  it('is a GET of /v1/api_keys with its own token', async () => {
    const requests: IncomingMessage[] = [];
    const answer = await expiry((request, response) => {
      requests.push(request);
      response.end(list);
    });
    expect(answer).toEqual({ expiresAt: Date.parse('2026-12-01T00:00:00Z') });
    expect(requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/v1/api_keys']]);
    expect(requests[0]?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it.each<[string, RequestListener]>([
    ['a gateway without such a path', (_, response) => response.writeHead(404).end('{"message":"no Route"}')],
    ['a fault', (_, response) => response.writeHead(503).end('<html>')],
    ['a refusal', (_, response) => response.writeHead(403).end('{"error":{"name":"out_of_scope"}}')],
    ['a page', (_, response) => response.end('<html>')],
    ['nothing', (_, response) => response.writeHead(204).end()],
    ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['more than 1 MB', (_, response) => response.end(list + ' '.repeat(1_000_000))],
    ['a broken connection', (_, response) => response.destroy()],
  ])('gets no expiry from %s, which is not a failure', async (_, listener) => {
    expect(await expiry(listener)).toEqual({});
  });

  it('ends if it is not answered in time', async () => {
    expect(await expiry(() => undefined, 100)).toEqual({});
  });

  it('returns a block', async () => {
    const answer = await expiry((_, response) =>
      response
        .writeHead(418)
        .end('{"error":{"name":"too_many","message":"This IP is blocked for 20 minutes."}}'),
    );
    expect(answer).toEqual({ block: { until: SLOT + 1_200 * SECOND, whom: 'address' } });
  });
});
