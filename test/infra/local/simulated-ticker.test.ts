import { get, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import type { MarketPrice } from '../../../infra/local/ticker-row.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { REGION_IDS, type Region } from '../../../lambda/core/regions.ts';
import { simulated } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

const PRICES: readonly MarketPrice[] = [
  { market: 'SGD-BTC', price: '81542', tradedAt: SLOT - SECOND },
  { market: 'USDT-ADA', price: '1.0352', tradedAt: SLOT - MINUTE },
  { market: 'USDT-PEPE', price: '0.00001012', tradedAt: SLOT - 5 * MINUTE },
  { market: 'BTC-ETH', price: '0.051248', tradedAt: SLOT - 300 * MINUTE },
];

describe('the ticker of the simulated Upbit', () => {
  let now = SLOT;
  let upbit: SimulatedUpbit;

  beforeEach(async () => {
    now = SLOT;
    upbit = await startSimulatedUpbit({
      now: () => now,
      accounts: [simulated('sg/main')],
      prices: () => PRICES,
    });
  });
  afterEach(() => upbit.close());

  function urlOf(quotes: string, region: Region = 'sg') {
    return `${upbit.url.replace('{region}', region)}/v1/ticker/all?quote_currencies=${quotes}`;
  }
  function ask(quotes: string, region?: Region, headers: Record<string, string> = {}) {
    return fetch(urlOf(quotes, region), { headers });
  }
  /** The markets of the answer. */
  async function markets(quotes: string, region?: Region) {
    const rows = (await (await ask(quotes, region)).json()) as { market: string }[];
    return rows.map(({ market }) => market);
  }
  /** The status, and the name and message of the error. */
  async function refusal(response: Response) {
    const { error } = (await response.json()) as { error: { name: unknown; message: string } };
    return [response.status, error.name, error.message];
  }
  async function status(region?: Region) {
    const response = await ask('SGD', region);
    await response.arrayBuffer();
    return response.status;
  }
  /** The answer as it is on the wire. */
  function raw(headers: Record<string, string>) {
    return new Promise<{ headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      get(urlOf('SGD,USDT,BTC'), { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      }).on('error', reject);
    });
  }

  it('answers without a token, for the quote currencies asked for', async () => {
    expect(await markets('SGD,USDT,BTC')).toEqual(PRICES.map(({ market }) => market));
    expect(await markets('USDT')).toEqual(['USDT-ADA', 'USDT-PEPE']);
    expect(await markets('BTC,SGD')).toEqual(['SGD-BTC', 'BTC-ETH']);
  });

  it('accepts commas in percent encoding', async () => {
    expect(await markets('SGD%2CBTC')).toEqual(['SGD-BTC', 'BTC-ETH']);
  });

  it('sends every price as an exact JSON number, and the time of its trade in milliseconds', async () => {
    const text = await (await ask('SGD,USDT,BTC')).text();
    expect(JSON.parse(text)).toHaveLength(PRICES.length);
    for (const { price, tradedAt } of PRICES) {
      expect(text).toContain(`"trade_price":${price},`);
      expect(text).toContain(`"trade_timestamp":${tradedAt},`);
    }
  });

  it('asks for the prices of the region, at the time of its own clock', async () => {
    const asked: [Region, number][] = [];
    upbit.prices = (region, time) => {
      asked.push([region, time]);
      return [{ market: 'THB-BTC', price: '2126600', tradedAt: time }];
    };
    now += 7;
    expect(await markets('THB', 'th')).toEqual(['THB-BTC']);
    expect(asked).toEqual([['th', SLOT + 7]]);
  });

  it('lists no market unless told otherwise', async () => {
    const plain = await startSimulatedUpbit({ now: () => now });
    try {
      const url = `${plain.url.replace('{region}', 'id')}/v1/ticker/all?quote_currencies=IDR,USDT,BTC`;
      const response = await fetch(url);
      expect([response.status, await response.json()]).toEqual([200, []]);
    } finally {
      await plain.close();
    }
  });

  it.each(REGION_IDS)('in %s trades in the fiat currency, USDT and BTC, and in no other', async (region) => {
    const fiats = { sg: 'SGD', id: 'IDR', th: 'THB', kr: 'KRW' };
    for (const [of, fiat] of Object.entries(fiats)) {
      const response = await ask(`USDT,BTC,${fiat}`, region);
      expect(response.status).toBe(of === region ? 200 : 404);
      await response.arrayBuffer();
    }
  });

  it.each(['ZZZ', 'SGD,ZZZ', 'SGD,', 'SGD, BTC', 'sgd'])(
    'refuses the whole call for %j, with a number as the error’s name',
    async (quotes) => {
      expect(await refusal(await ask(quotes))).toEqual([404, 404, 'Code not found']);
    },
  );

  it('can stop trading in a currency', async () => {
    upbit.quotes = () => ['SGD', 'USDT'];
    expect((await refusal(await ask('SGD,USDT,BTC')))[0]).toBe(404);
    expect(await markets('SGD,USDT')).toEqual(['SGD-BTC', 'USDT-ADA', 'USDT-PEPE']);
  });

  it.each(['', '?', '?quote_currencies=', '?quotes=SGD'])(
    'refuses a call without the parameter (%j)',
    async (query) => {
      const url = `${upbit.url.replace('{region}', 'sg')}/v1/ticker/all${query}`;
      expect(await refusal(await fetch(url))).toEqual([
        400,
        400,
        'Missing request parameter: quote_currencies',
      ]);
    },
  );

  it.each(['/sg/v1/ticker/all/', '/sg/v1/ticker?markets=SGD-BTC', '/us/v1/ticker/all?quote_currencies=BTC'])(
    'is not at %s',
    async (path) => {
      expect((await fetch(new URL(path, upbit.url))).status).toBe(404);
      expect(upbit.tickerCalls).toEqual([]);
    },
  );

  it('answers only GET', async () => {
    expect((await fetch(urlOf('SGD'), { method: 'POST' })).status).toBe(404);
  });

  describe('compresses', () => {
    it('its answer for a caller that accepts gzip', async () => {
      const { headers, body } = await raw({ 'accept-encoding': 'deflate, gzip' });
      expect(headers['content-encoding']).toBe('gzip');
      expect(headers['content-length']).toBe(String(body.length));
      expect(JSON.parse(gunzipSync(body).toString())).toHaveLength(PRICES.length);
    });

    it.each([{}, { 'accept-encoding': 'br' }])('nothing for one that sends %j', async (sent) => {
      const { headers, body } = await raw(sent);
      expect(headers['content-encoding']).toBeUndefined();
      expect(JSON.parse(body.toString())).toHaveLength(PRICES.length);
    });
  });

  describe('limits the calls', () => {
    it('to 10 in a second of its own clock, and says how many are left', async () => {
      const left = async () => (await ask('SGD')).headers.get('remaining-req');
      expect(await left()).toBe('group=ticker; min=600; sec=9');
      for (let call = 2; call <= 10; call += 1) expect(await status()).toBe(200);
      expect(await refusal(await ask('SGD'))).toEqual([429, 429, 'Too many API requests.']);
      now += SECOND - 1;
      expect(await status()).toBe(429);
      now += 1;
      expect(await left()).toBe('group=ticker; min=600; sec=9');
    });

    it('of each region on its own, and apart from those of accounts', async () => {
      for (let call = 1; call <= 11; call += 1) await status();
      expect([await status('sg'), (await ask('THB', 'th')).status]).toEqual([429, 200]);
      const accounts = await fetch(`${upbit.url.replace('{region}', 'sg')}/v1/accounts`);
      expect(accounts.status).toBe(401);
    });

    it('and blocks the address of a caller that does not stop, longer each time', async () => {
      for (const seconds of [60, 120]) {
        for (let call = 1; call <= 40; call += 1) expect(await status()).toBe(call <= 10 ? 200 : 429);
        const message = `This IP is blocked for ${seconds} seconds.`;
        expect(await refusal(await ask('SGD'))).toEqual([418, 418, message]);
        now += seconds * SECOND;
      }
      expect(await status()).toBe(200);
    });

    it('with an Origin to one in ten seconds', async () => {
      const call = async () => (await ask('SGD', 'sg', { origin: 'https://example.com' })).status;
      expect([await call(), await call()]).toEqual([200, 429]);
      now += 10 * SECOND;
      expect(await call()).toBe(200);
    });
  });

  describe('fails as configured', () => {
    it('for the calls that the test selects, and only there', async () => {
      upbit.tickerFault = ({ region, count }) =>
        region === 'sg' && count === 2 ? FAULTS.maintenance : undefined;
      upbit.fault = () => FAULTS.badGateway;
      expect([await status(), await status(), await status()]).toEqual([200, 503, 200]);
      expect((await ask('THB', 'th')).status).toBe(200);
    });

    it('by resetting the connection before any answer', async () => {
      upbit.tickerFault = () => FAULTS.reset;
      await expect(ask('SGD')).rejects.toThrow('fetch failed');
    });

    it('by not answering, until the caller gives up', async () => {
      const caller = new AbortController();
      upbit.tickerFault = () => {
        setTimeout(() => caller.abort(), 20);
        return FAULTS.silence;
      };
      await expect(fetch(urlOf('SGD'), { signal: caller.signal })).rejects.toThrow('aborted');
    });

    it('by sending one byte of the correct answer at a time, until the caller gives up', async () => {
      upbit.tickerFault = () => FAULTS.drip;
      const caller = new AbortController();
      const headers = { 'accept-encoding': 'identity' };
      const response = await fetch(urlOf('SGD'), { headers, signal: caller.signal });
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value).toEqual(new TextEncoder().encode('['));
      caller.abort();
      await expect(reader?.read()).rejects.toThrow('aborted');
    });

    it('by breaking off in the middle of the correct answer', async () => {
      upbit.tickerFault = () => FAULTS.truncate;
      const response = await ask('SGD');
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
    });

    it('but not for a call that is refused anyway', async () => {
      let asked = 0;
      upbit.tickerFault = () => {
        asked += 1;
        return FAULTS.maintenance;
      };
      expect((await ask('ZZZ')).status).toBe(404);
      expect(asked).toBe(0);
    });
  });

  it('keeps its own list of calls, refused ones included', async () => {
    await ask('SGD,USDT');
    now += SECOND;
    await ask('ZZZ', 'sg', { authorization: 'Bearer of.news.here' });
    await ask('THB', 'th');
    expect(upbit.tickerCalls).toEqual([
      { region: 'sg', quotes: ['SGD', 'USDT'], at: SLOT, count: 1, authorized: false },
      { region: 'sg', quotes: ['ZZZ'], at: SLOT + SECOND, count: 2, authorized: true },
      { region: 'th', quotes: ['THB'], at: SLOT + SECOND, count: 1, authorized: false },
    ]);
    expect(upbit.calls).toEqual([]);
  });
});
