import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeGet } from '../../../../lambda/adapters/node-get.ts';
import { createTicker } from '../../../../lambda/adapters/upbit/ticker.ts';
import { formatDecimal } from '../../../../lambda/core/decimal.ts';
import { SECOND } from '../../../../lambda/core/instant.ts';
import { SLOT } from '../../../support/memory-parts.ts';
import { startTicker, type TickerServer, tickerBody, tickerRow } from '../../../support/ticker.ts';

const running: TickerServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function asking(listener: RequestListener, timeoutMs = 5 * SECOND) {
  const server = await startTicker(listener);
  running.push(server);
  const baseUrl = (region: string) => `${server.url}/${region}`;
  const ticker = createTicker({ fetch: nodeGet, baseUrl, now: () => SLOT });
  return { verdict: await ticker.ask('th', ['THB', 'USDT', 'BTC'], timeoutMs), requests: server.requests };
}

const sending =
  (body: string | Buffer, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, headers).end(body);
const BODY = tickerBody({ 'THB-BTC': '0.1234567890123456789', 'USDT-ADA': '1e-8' });

describe('a call of the ticker', () => {
  it('is one GET of the region’s last trades in the quotes, without a key', async () => {
    const { verdict, requests } = await asking(sending(BODY));
    if (verdict.kind !== 'prices') throw new Error(verdict.detail);
    expect(Array.from(verdict.prices, ([market, { price }]) => [market, formatDecimal(price)])).toEqual([
      ['THB-BTC', '0.1234567890123456789'],
      ['USDT-ADA', '0.00000001'],
    ]);
    expect(requests).toHaveLength(1);
    const [{ method, url, headers } = {}] = requests;
    expect([method, url]).toEqual(['GET', '/th/v1/ticker/all?quote_currencies=THB,USDT,BTC']);
    // Neither a key nor an Origin, with which Upbit allows one call in ten seconds.
    expect(Object.keys(headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': expect.stringMatching(/^upbit-balance-snapshots\//),
    });
  });

  it('reads a compressed answer', async () => {
    const { verdict } = await asking(sending(gzipSync(BODY), { 'content-encoding': 'gzip' }));
    expect(verdict).toMatchObject({ kind: 'prices', refused: 0 });
  });

  it('accepts 2 MB after decompression, and not a byte more', async () => {
    const padded = (length: number) => `[${' '.repeat(length - 2)}]`;
    expect((await asking(sending(padded(2_000_000)))).verdict).toMatchObject({ kind: 'prices' });
    const tooLarge = { code: 'response.tooLarge', retry: 'never', detail: 'the answer is too large' };
    expect((await asking(sending(padded(2_000_001)))).verdict).toMatchObject(tooLarge);
    const bomb = sending(gzipSync(padded(50_000_000)), { 'content-encoding': 'gzip' });
    expect((await asking(bomb)).verdict).toMatchObject(tooLarge);
  });

  it('ends within its time, even while bytes arrive', async () => {
    const silent = await asking(() => undefined, 150);
    expect(silent.verdict).toMatchObject({ code: 'upbit.timeout', retry: 'later' });
    const dripping: RequestListener = (_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    };
    expect((await asking(dripping, 150)).verdict).toMatchObject({ code: 'upbit.timeout', retry: 'later' });
  });

  it('that breaks is judged like any other', async () => {
    const reset: RequestListener = (request) => request.socket.destroy();
    expect((await asking(reset)).verdict).toMatchObject({ code: 'upbit.unreachable', retry: 'later' });
    const cut: RequestListener = (_, response) =>
      response
        .writeHead(200, { 'content-length': 500 })
        .write(tickerRow('THB-BTC', '1'), () => response.destroy());
    expect((await asking(cut)).verdict).toMatchObject({ code: 'upbit.unreachable', retry: 'later' });
    const notGzip = await asking(sending(BODY, { 'content-encoding': 'gzip' }));
    expect(notGzip.verdict).toMatchObject({ kind: 'refusal', retry: 'later' });
  });

  it('follows no redirect', async () => {
    const { verdict, requests } = await asking((request, response) =>
      response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end(),
    );
    expect(verdict).toMatchObject({ code: 'response.malformed' });
    expect(requests).toHaveLength(1);
  });

  it('that is blocked stays so if the body breaks', async () => {
    const { verdict } = await asking((_, response) =>
      response.writeHead(418).write('bl', () => response.destroy()),
    );
    expect(verdict).toMatchObject({ code: 'upbit.blocked', block: { until: expect.any(Number) } });
  });
});
