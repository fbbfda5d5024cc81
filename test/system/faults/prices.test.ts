import type { RequestListener } from 'node:http';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { StoredItem } from '../../../lambda/core/stored.ts';
import type { TickerVerdict } from '../../../lambda/core/verdict.ts';
import type { DynamoDbFault } from '../../support/faulty-dynamodb.ts';
import { type LocalParts, startLocalParts } from '../../support/local-parts.ts';
import { refusal, SLOT } from '../../support/memory-parts.ts';
import { quoted, startTicker, type TickerServer, tickerBody, tickerRow } from '../../support/ticker.ts';
import { leaksIn } from './leaks.ts';
import { type Ran, runBeside, type Wait } from './price-runs.ts';

const PRICES = {
  'SGD-BTC': '64200.5',
  'SGD-USDT': '1.29',
  'SGD-ADA': '0.1234567890123456789',
  'USDT-ADA': '1e-8',
  'BTC-ETH': '0.03',
};

describe('a ticker that fails changes nothing but prices', () => {
  type Script = (wait: Wait, timeoutMs: number, nth: number) => Promise<TickerVerdict>;
  const replying =
    (ms: number, verdict: TickerVerdict): Script =>
    async (wait) => {
      await wait(ms);
      return verdict;
    };
  const timeout: Script = async (wait, timeoutMs) => {
    await wait(timeoutMs);
    return refusal('upbit.timeout', 'later');
  };
  const run = async (script: Script, surroundings = {}) => {
    let nth = 0;
    return await runBeside(
      (wait) => async (_, __, timeoutMs) => {
        nth += 1;
        return await script(wait, timeoutMs, nth);
      },
      surroundings,
    );
  };
  const accountsOf = ({ sheets: _, ...rest }: Ran) => rest;

  let without: Ran;
  beforeAll(async () => {
    without = await runBeside(undefined);
  });

  it('faults row 53: the run that the others are compared with has snapshots, failures and retries', () => {
    expect(without.items).toHaveLength(9);
    expect(without.items.join()).toContain('key.expired');
    expect(without.result).toContain('"account":"sg/heals-last","outcome":"ok","attempts":5');
    expect(without.emitted).toHaveLength(1);
    expect(without.emitted[0]).toContain('{"AccountsFailed":4}');
    expect(without.sheets).toEqual([]);
  });

  it.each<[string, Script]>([
    ['is silent, or sends a byte a second', timeout],
    ['is gone', replying(1, refusal('upbit.unreachable', 'later'))],
    ['is gone after a while', replying(3_000, refusal('upbit.unreachable', 'later'))],
    ['answers 401', replying(40, refusal('key.invalid', 'never'))],
    ['answers 403 with a page, or 5xx', replying(40, refusal('upbit.unavailable', 'later'))],
    [
      'asks to wait for two minutes',
      replying(40, refusal('upbit.unavailable', 'later', { notBefore: SLOT + 2 * MINUTE })),
    ],
    ['answers 429', replying(40, refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 2 * SECOND }))],
    [
      'answers 418',
      replying(40, refusal('upbit.blocked', 'never', { block: { until: SLOT + HOUR, whom: 'address' } })),
    ],
    ['refuses every quote', replying(40, refusal('upbit.refused', 'never'))],
    ['is malformed', replying(40, refusal('response.malformed', 'never'))],
    ['is too large', replying(40, refusal('response.tooLarge', 'never'))],
    ['has no row that can be accepted', replying(40, quoted({}, 600))],
    [
      'fails in another way each time',
      async (wait, timeoutMs, nth) => {
        if (nth % 3 === 0) return await timeout(wait, timeoutMs, nth);
        await wait(nth * 100);
        return refusal(nth % 3 === 1 ? 'upbit.unreachable' : 'upbit.unavailable', 'later');
      },
    ],
  ])('faults row 53: it %s', async (_, script) => {
    const ran = await run(script);
    expect(accountsOf(ran)).toStrictEqual(accountsOf(without));
    expect(ran.sheets).toEqual([]);
  });

  it.each<[string, Script]>([
    ['at once', replying(1, quoted(PRICES))],
    ['late in its time', replying(4_999, quoted(PRICES))],
    [
      'at the third call',
      async (wait, _, nth) => {
        await wait(40);
        return nth < 5 ? refusal('upbit.unavailable', 'later') : quoted(PRICES);
      },
    ],
  ])('nor does one that answers %s', async (_, script) => {
    const ran = await run(script);
    expect(accountsOf(ran)).toStrictEqual(accountsOf(without));
    expect(ran.sheets.map(({ region }) => region)).toContain('sg');
  });

  it.each<[string, Parameters<typeof runBeside>[1]]>([
    [
      'refuses the prices',
      {
        recordPrices: async () => {
          throw new CodedError('ledger.unavailable', 'the table refused');
        },
      },
    ],
    [
      'does not answer when prices are put',
      {
        recordPrices: async (wait, timeoutMs) => {
          await wait(timeoutMs);
          throw new CodedError('ledger.unavailable', 'the table does not answer');
        },
      },
    ],
  ])('faults row 53: nor does a DynamoDB that %s', async (_, surroundings) => {
    const ran = await run(replying(40, quoted(PRICES)), surroundings);
    expect(accountsOf(ran)).toStrictEqual(accountsOf(without));
    expect(ran.sheets).toEqual([]);
  });

  it('faults row 53: a run that must be retried throws as soon as without a ticker', async () => {
    const surroundings = { unwritable: ['sg/well', 'th/well'] } as const;
    const thrown = await runBeside(undefined, surroundings);
    expect(thrown.result).toMatch(/^threw .*could not be recorded/);
    for (const script of [
      timeout,
      replying(3_000, refusal('upbit.unavailable', 'later')),
      replying(40, quoted(PRICES)),
    ])
      expect(accountsOf(await run(script, surroundings))).toStrictEqual(accountsOf(thrown));
  });
});

// The real collector, with everything over HTTP.
describe.concurrent('over HTTP', () => {
  const open: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    await Promise.all(open.map((each) => each.close()));
  });

  interface Started {
    readonly parts: LocalParts;
    readonly ticker: TickerServer;
    /** Runs a slot, by default in a new process. */
    run(options?: {
      readonly collector?: ReturnType<LocalParts['cold']>;
      readonly slot?: number;
      readonly seconds?: number;
    }): Promise<unknown>;
    process(variables?: Readonly<Record<string, string>>): ReturnType<LocalParts['cold']>;
    /** The items as they are stored: those of prices, and all others. */
    items(): Promise<{ readonly prices: readonly StoredItem[]; readonly others: readonly StoredItem[] }>;
    /** The log lines about prices. */
    told(): readonly Record<string, unknown>[];
  }

  async function start(
    answer: RequestListener = (_, response) => response.end(tickerBody(PRICES)),
  ): Promise<Started> {
    const parts = await startLocalParts(['sg/main', 'sg/desk']);
    const ticker = await startTicker(answer);
    open.push(parts, ticker);
    parts.clock.set(SLOT + SECOND);
    const process = (variables = {}) => parts.cold({ fetch: ticker.fetch, variables });
    return {
      parts,
      ticker,
      process,
      run: async ({ collector = process(), slot = SLOT, seconds = 5 * 60 } = {}) =>
        await collector({ slot: formatSecond(slot) }, slot + seconds * SECOND),
      items: async () => {
        const { client, tableName } = parts.table;
        const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
        const isPrices = (item: StoredItem) => item['account']?.S?.startsWith('#price/') === true;
        const sorted = Items.map((item): StoredItem => JSON.parse(JSON.stringify(item))).sort((a, b) =>
          JSON.stringify([a['account'], a['slot']]) < JSON.stringify([b['account'], b['slot']]) ? -1 : 1,
        );
        return { prices: sorted.filter(isPrices), others: sorted.filter((item) => !isPrices(item)) };
      },
      told: () => parts.written.map((line) => JSON.parse(line)).filter(({ message }) => message === 'prices'),
    };
  }

  /** What a run of the slot leaves without prices. */
  async function leftWithout() {
    const { run, process, items } = await start();
    const report = await run({ collector: process({ PRICES: 'false' }) });
    return { report, others: (await items()).others };
  }

  /** Answers only after the run has logged its result, so that the simulated clock's jumps are after the accounts. */
  const afterRun =
    (started: { parts?: LocalParts }, then: RequestListener): RequestListener =>
    (request, response) => {
      const isLogged = started.parts?.written.some((line) => line.includes('"message":"run"')) === true;
      if (isLogged) then(request, response);
      else setTimeout(() => afterRun(started, then)(request, response), 1);
    };

  const sending =
    (fault: Fault): RequestListener =>
    (_, response) => {
      if (fault.kind !== 'answer') throw new Error(`${fault.kind} is no answer`);
      response.writeHead(fault.status, { ...fault.headers }).end(fault.body);
    };
  const json =
    (body: string): RequestListener =>
    (_, response) =>
      response.end(body);
  const dripping: RequestListener = (_, response) => {
    const body = tickerBody(PRICES);
    let sent = 0;
    const drip = () => {
      response.write(body.charAt(sent));
      sent += 1;
    };
    drip();
    const timer = setInterval(drip, SECOND);
    response.once('close', () => clearInterval(timer));
  };

  it.each<[string, RequestListener]>([
    ['401', sending(FAULTS.invalidAccessKey)],
    ['418', sending(FAULTS.addressBlocked)],
    ['429', sending(FAULTS.tooManyRequests)],
    ['500', sending(FAULTS.internalError)],
    ['503 with a page', sending(FAULTS.maintenance)],
    ['404 from a gateway', sending(FAULTS.notFound)],
    ['404 with a number for a name', sending(FAULTS.numericName)],
    ['200 with a page', sending(FAULTS.okHtml)],
    ['200 with an error', sending(FAULTS.okError)],
    ['a list that is cut', json(tickerBody(PRICES).slice(0, 90))],
    ['rows that are not prices', json('[{"a":1},null,5]')],
    ['null', json('null')],
    ['text that is not JSON and is slow to search', json(`"${'\\"'.repeat(500_000)}`)],
    ['more than 2 MB', json(`[${' '.repeat(3_000_000)}]`)],
    ['a reset', (request) => request.socket.destroy()],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 900 }).write('[', () => response.destroy());
      },
    ],
  ])(
    'faults row 53: the ticker answers %s: the accounts have their items, byte for byte',
    async (_, answer) => {
      const holder: { parts?: LocalParts } = {};
      const { run, items, parts, ticker, told } = await start(afterRun(holder, answer));
      holder.parts = parts;
      const without = await leftWithout();
      expect(await run()).toEqual(without.report);
      const left = await items();
      expect(left.others).toStrictEqual(without.others);
      expect(left.prices).toEqual([]);
      expect(ticker.requests.length).toBeGreaterThan(0);
      expect(told()).toMatchObject([{ region: 'sg', outcome: 'none', detail: expect.any(String) }]);
      expect(parts.written.find((line) => line.includes('AccountsFailed'))).toContain('"AccountsFailed":0');
    },
  );

  it.each<[string, RequestListener]>([
    ['silent', () => undefined],
    ['slow: a byte a second', dripping],
  ])('faults row 53: the ticker is %s: the accounts have their items, byte for byte', async (_, answer) => {
    const { run, items, ticker, told } = await start(answer);
    const without = await leftWithout();
    // Two seconds until the deadline, for the accounts too.
    expect(await run({ seconds: 8 })).toEqual(without.report);
    expect((await items()).others).toStrictEqual(without.others);
    expect((await items()).prices).toEqual([]);
    expect(ticker.requests).toHaveLength(1);
    expect(told()).toMatchObject([
      { level: 'WARN', outcome: 'none', detail: 'Upbit did not answer in time' },
    ]);
  });

  it('the prices of what is held are stored to the last digit, once, and are logged', async () => {
    const { run, items, ticker, told } = await start();
    const without = await leftWithout();
    expect(await run()).toEqual(without.report);
    const { prices, others } = await items();
    expect(others).toStrictEqual(without.others);
    expect(prices).toMatchObject([
      {
        account: { S: '#price/sg' },
        slot: { S: '2026-11-22T06:00:00Z' },
        observedAt: { S: '2026-11-22T06:00:01.000Z' },
      },
    ]);
    // ADA is held; of the rest, what is between the quotes.
    const { 'BTC-ETH': _, ...needed } = PRICES;
    expect(prices[0]?.['price']).toEqual({
      M: Object.fromEntries(
        Object.entries(needed).map(([market, N]) => [market, { N: N === '1e-8' ? '0.00000001' : N }]),
      ),
    });
    expect(told()).toMatchObject([{ level: 'INFO', region: 'sg', outcome: 'ok', markets: 4 }]);

    ticker.answer = json(tickerBody({ 'SGD-ADA': '9' }));
    await run();
    expect(await items()).toStrictEqual({ prices, others });
    expect(told().map(({ outcome }) => outcome)).toEqual(['ok', 'duplicate']);
  });

  it('the same slot several times at once leaves one item of prices', async () => {
    const { run, items, told } = await start();
    await Promise.all([run(), run(), run(), run()]);
    expect((await items()).prices).toHaveLength(1);
    expect(
      told()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['duplicate', 'duplicate', 'duplicate', 'ok']);
  });

  it('with PRICES=false nothing is asked and nothing is stored', async () => {
    const { run, process, items, ticker, told } = await start();
    await run({ collector: process({ PRICES: 'false' }) });
    expect(ticker.requests).toEqual([]);
    expect((await items()).prices).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('the ticker is called without a key or a token', async () => {
    const { run, ticker, parts } = await start();
    await run();
    expect(ticker.requests.map(({ url }) => url)).toEqual([
      '/sg/v1/ticker/all?quote_currencies=SGD,USDT,BTC',
    ]);
    expect(Object.keys(ticker.requests[0]?.headers ?? {})).not.toContain('authorization');
    const secrets = [
      'fake-access-sg-main',
      'fake-secret-sg-main',
      'fake-access-sg-desk',
      'fake-secret-sg-desk',
    ];
    expect(leaksIn(JSON.stringify([ticker.requests, parts.written]), secrets)).toEqual([]);
  });

  it('faults row 53: a 418 of the ticker stops the ticker, and no account', async () => {
    const { run, process, items, ticker, parts } = await start(sending(FAULTS.addressBlocked));
    const warm = process();
    await run({ collector: warm });
    ticker.answer = json(tickerBody(PRICES));
    const calls = parts.upbit.calls.length;
    parts.clock.set(SLOT + MINUTE);
    await warm({ manual: true }, SLOT + 5 * MINUTE);
    expect(ticker.requests).toHaveLength(1);
    expect(parts.upbit.calls.length).toBe(calls + 2);
    expect((await items()).prices).toEqual([]);
    parts.clock.set(SLOT + HOUR + SECOND);
    await run({ collector: warm, slot: SLOT + HOUR });
    expect((await items()).prices).toHaveLength(1);
  });

  it('faults row 53: a quote that the region refuses costs only its own prices', async () => {
    const untraded: RequestListener = (request, response) => {
      const { searchParams } = new URL(`http://localhost${request.url}`);
      const quotes = searchParams.get('quote_currencies')?.split(',') ?? [];
      if (quotes.includes('USDT')) return sending(FAULTS.numericName)(request, response);
      const listed = Object.entries(PRICES).filter(([market]) =>
        quotes.some((quote) => market.startsWith(`${quote}-`)),
      );
      return response.end(tickerBody(Object.fromEntries(listed)));
    };
    const { run, process, items, ticker, parts } = await start(untraded);
    const warm = process();
    await run({ collector: warm });
    const { prices } = await items();
    expect(Object.keys(prices[0]?.['price']?.M ?? {}).sort()).toEqual(['SGD-ADA', 'SGD-BTC', 'SGD-USDT']);
    expect(ticker.requests).toHaveLength(4);
    parts.clock.set(SLOT + 30 * MINUTE);
    await warm({ manual: true }, SLOT + HOUR);
    expect(ticker.requests.slice(4).map(({ url }) => url)).toEqual([
      '/sg/v1/ticker/all?quote_currencies=SGD,BTC',
    ]);
  });

  it('faults row 53: a row that is not a price costs only its own', async () => {
    const rows = [tickerRow('SGD-ADA', '0'), tickerRow('USDT-ADA', '2.5'), tickerRow('BTC-ADA', '"NaN"')];
    const { run, items, told } = await start(json(`[${rows.join(',')}]`));
    await run();
    expect((await items()).prices).toMatchObject([{ price: { M: { 'USDT-ADA': { N: '2.5' } } } }]);
    expect(told()).toMatchObject([
      { outcome: 'ok', markets: 1, detail: '2 rows of the ticker could not be accepted' },
    ]);
  });

  it.each<[string, DynamoDbFault]>([
    ['denies', 'denied'],
    ['throttles', 'throttled'],
    ['breaks off', 'reset'],
  ])('faults row 53: DynamoDB %s the put of prices: nothing fails by it', async (_, fault) => {
    const { run, items, parts, told } = await start();
    const without = await leftWithout();
    parts.dynamoDb.fault = ({ operation, body }) =>
      operation === 'PutItem' && body.includes('#price/') ? fault : undefined;
    expect(await run()).toEqual(without.report);
    expect((await items()).others).toStrictEqual(without.others);
    expect((await items()).prices).toEqual([]);
    expect(told()).toMatchObject([
      { level: 'WARN', outcome: 'none', detail: expect.stringContaining('ledger') },
    ]);
  });

  it('a late run asks for no prices, and a manual one stores them at its own slot', async () => {
    const { parts, run, process, items, ticker } = await start();
    parts.clock.set(SLOT + 6 * MINUTE);
    await run({ seconds: 11 * 60 });
    expect(ticker.requests).toEqual([]);
    parts.clock.set(SLOT + 7 * MINUTE + 34 * SECOND);
    await process()({ manual: true }, SLOT + 12 * MINUTE);
    const { prices } = await items();
    expect(prices.map((item) => item['slot']?.S)).toEqual(['2026-11-22T06:07:34Z']);
  });

  it('prices are read back as they were sent', async () => {
    const { run, parts } = await start();
    await run();
    const [sheet] = await parts.reader.prices('sg', [SLOT]);
    if (sheet === undefined || !('prices' in sheet)) throw new Error('no prices');
    expect(Array.from(sheet.prices, ([market, { price }]) => [market, formatDecimal(price)])).toContainEqual([
      'SGD-ADA',
      PRICES['SGD-ADA'],
    ]);
  });
});
