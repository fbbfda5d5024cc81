import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorSettings, LogFields } from '../../../lambda/collector/ports.ts';
import { recordPrices } from '../../../lambda/collector/price-records.ts';
import { Recorder } from '../../../lambda/collector/recorder.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';
import { quoted, scriptedTicker } from '../../support/ticker.ts';

const MARKETS = {
  'SGD-BTC': '64200.5',
  'SGD-USDT': '1.29',
  'USDT-BTC': '49800',
  'SGD-ADA': '0.1234567890123456789',
  'BTC-ETH': '0.03',
};

function withTicker(memory: MemoryParts, ticker = scriptedTicker(() => quoted(MARKETS))): MemoryParts {
  memory.ticker = ticker.ask;
  return memory;
}

async function run(memory: MemoryParts, settings: CollectorSettings = SETTINGS, slot = SLOT, manual = false) {
  return await collect({ slot, manual }, settings, memory.parts, memory.now + 5 * MINUTE);
}

/** The prices recorded for a region, as text by market. */
function recorded(memory: MemoryParts, region = 'sg', slot = SLOT) {
  const sheet = memory.sheets.get(`${region} ${formatSecond(slot)}`);
  return (
    sheet &&
    Object.fromEntries(Array.from(sheet.prices, ([market, { price }]) => [market, formatDecimal(price)]))
  );
}

const told = (memory: MemoryParts) => memory.logged.filter(({ message }) => message === 'prices');

describe('the prices of a slot', () => {
  it('are those of what its accounts hold together, to the last digit', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main', 'sg/desk')));
    memory.script = (account) => holding(account === 'sg/main' ? { ADA: '1', ETH: '0' } : { BTC: '2' });
    await run(memory);
    const { 'BTC-ETH': _, ...needed } = MARKETS;
    expect(recorded(memory)).toEqual(needed);
    expect(memory.sheets.get('sg 2026-11-22T06:00:00Z')).toMatchObject({ observedAt: SLOT, writer: 'test' });
  });

  it('include what is only locked', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main')));
    memory.script = () => {
      const verdict = holding({ ETH: '0' });
      if (verdict.kind !== 'balances') return verdict;
      return {
        ...verdict,
        balances: verdict.balances.map((line) => ({ ...line, locked: { coefficient: 1n, exponent: 0 } })),
      };
    };
    await run(memory);
    expect(recorded(memory)).toHaveProperty('BTC-ETH');
  });

  it('are recorded in each region for what is held there', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main', 'th/main', 'id/main')));
    const ticker = scriptedTicker(({ region }) =>
      region === 'id'
        ? refusal('upbit.unavailable', 'never')
        : quoted({ [region === 'th' ? 'THB-ADA' : 'SGD-ADA']: '3' }),
    );
    withTicker(memory, ticker).script = () => holding({ ADA: '1' });
    await run(memory, { ...SETTINGS, regions: ['id', 'sg', 'th'] });
    expect([recorded(memory), recorded(memory, 'th'), recorded(memory, 'id')]).toEqual([
      { 'SGD-ADA': '3' },
      { 'THB-ADA': '3' },
      undefined,
    ]);
    expect(ticker.calls.map(({ quotes }) => quotes.join()).sort()).toEqual([
      'IDR,USDT,BTC',
      'SGD,USDT,BTC',
      'THB,USDT,BTC',
    ]);
  });

  it('are not recorded if nothing is held, or no account has a snapshot', async () => {
    for (const verdict of [holding({}), holding({ BTC: '0' }), refusal('key.expired', 'never')]) {
      const memory = withTicker(new MemoryParts(secret('sg/main')));
      memory.script = () => verdict;
      await run(memory);
      expect(memory.sheets.size).toBe(0);
      expect(told(memory)).toEqual([]);
    }
  });

  it('are those of the first run: a second one records nothing', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main')));
    await run(memory);
    const first = recorded(memory);
    withTicker(
      memory,
      scriptedTicker(() => quoted({ 'SGD-BTC': '1' })),
    );
    await run(memory);
    expect(recorded(memory)).toEqual(first);
    expect(memory.sheets.size).toBe(1);
    expect(told(memory).map(({ outcome }) => outcome)).toEqual(['ok', 'duplicate']);
  });

  it('are recorded by a second run if the first had none', async () => {
    const memory = withTicker(
      new MemoryParts(secret('sg/main')),
      scriptedTicker(() => refusal('upbit.tls', 'never')),
    );
    await run(memory);
    expect(memory.sheets.size).toBe(0);
    withTicker(memory);
    const report = await run(memory);
    expect(report.accounts[0]?.outcome).toBe('duplicate');
    expect(recorded(memory)).toHaveProperty('SGD-BTC', '64200.5');
  });

  it('do not keep a run whose accounts are decided: a ticker that is down is asked twice', async () => {
    const ticker = scriptedTicker(() => refusal('upbit.unavailable', 'later'));
    const memory = withTicker(new MemoryParts(secret('sg/main')), ticker);
    await run(memory);
    expect(ticker.calls).toHaveLength(2);
    expect(memory.now).toBe(SLOT + 2 * SECOND);
  });

  it('are recorded before the run returns, but hold up neither its accounts nor its metrics', async () => {
    let seen: unknown;
    const memory = new MemoryParts(secret('sg/main'));
    const slow = scriptedTicker(async () => {
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      seen = [memory.outcome('sg/main'), memory.emitted.length];
      return quoted(MARKETS);
    });
    await run(withTicker(memory, slow));
    expect(memory.sheets.size).toBe(1);
    expect(seen).toEqual(['ok', 1]);
  });

  it('belong to the slot of a manual run, to the second', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main'), SLOT + 34 * SECOND));
    await run(memory, SETTINGS, SLOT + 34 * SECOND, true);
    expect([...memory.sheets.keys()]).toEqual(['sg 2026-11-22T06:00:34Z']);
  });

  it('are not asked for by a late run', async () => {
    const ticker = scriptedTicker(() => quoted(MARKETS));
    const memory = withTicker(new MemoryParts(secret('sg/main'), SLOT + 6 * MINUTE), ticker);
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('late');
    expect(ticker.calls).toEqual([]);
  });

  it('are asked for only in a region in which an account is asked', async () => {
    const ticker = scriptedTicker(() => quoted(MARKETS));
    const memory = withTicker(new MemoryParts(secret('sg/main', 'th/main')), ticker);
    memory.blocks.note('th/main', 'th', { until: SLOT + HOUR, whom: 'address' });
    await run(memory, { ...SETTINGS, regions: ['id', 'sg', 'th'] });
    expect(memory.outcome('id/main')).toBe('keys.missing');
    expect(memory.outcome('th/main')).toBe('upbit.blocked');
    expect(ticker.calls.map(({ region }) => region)).toEqual(['sg']);
  });
});

describe('the log', () => {
  const line = (fields: Partial<LogFields>) => [
    { level: 'INFO', message: 'prices', slot: '2026-11-22T06:00:00Z', region: 'sg', ...fields },
  ];
  async function toldBy(answer: Parameters<typeof scriptedTicker>[0], broken = false) {
    const memory = withTicker(new MemoryParts(secret('sg/main')), scriptedTicker(answer));
    memory.broken = (about) => broken && about === 'prices';
    await run(memory);
    return told(memory);
  }

  it('says how many prices were recorded', async () => {
    expect(await toldBy(() => quoted(MARKETS))).toEqual(line({ outcome: 'ok', markets: 3 }));
  });

  it('says if rows were refused', async () => {
    const detail = '2 rows of the ticker could not be accepted';
    expect(await toldBy(() => quoted(MARKETS, 2))).toEqual(line({ outcome: 'ok', markets: 3, detail }));
    expect(await toldBy(() => quoted({}, 2))).toEqual(line({ outcome: 'none', detail }));
  });

  it('says why there are none', async () => {
    const listed = 'the region lists no market of a currency that is held';
    expect(await toldBy(() => quoted({ 'SGD-ADA': '1' }))).toEqual(line({ outcome: 'none', detail: listed }));
    expect(await toldBy(() => refusal('upbit.tls', 'never'))).toEqual(
      line({ level: 'WARN', outcome: 'none', detail: 'told upbit.tls' }),
    );
    expect(await toldBy(() => quoted(MARKETS), true)).toEqual(
      line({ level: 'WARN', outcome: 'none', detail: 'no write about prices' }),
    );
  });
});

describe('a slot’s prices are not put', () => {
  it('if they are more than an item can hold, which is over 400 KB', async () => {
    // In two accounts, since one with so many currencies would itself be too large.
    const names = Array.from({ length: 6_100 }, (_, index) => `C${index}`.padEnd(60, 'X'));
    const [first, second] = [names.slice(0, 3_050), names.slice(3_050)];
    const memory = withTicker(
      new MemoryParts(secret('sg/main', 'sg/desk')),
      scriptedTicker(() => quoted(Object.fromEntries(names.map((name) => [`SGD-${name}`, '1'])))),
    );
    const one = (all: readonly string[]) => holding(Object.fromEntries(all.map((name) => [name, '1'])));
    memory.script = (account) => one(account === 'sg/main' ? first : second);
    await run(memory);
    expect([memory.outcome('sg/main'), memory.outcome('sg/desk')]).toEqual(['ok', 'ok']);
    expect(memory.sheets.size).toBe(0);
    expect(told(memory)).toMatchObject([
      {
        level: 'WARN',
        outcome: 'none',
        detail: expect.stringMatching(/^the prices are not recorded: they have about 4\d{5} bytes$/),
      },
    ]);
  });

  it('if taking or recording them throws something unforeseen: no snapshot is lost over it', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    for (const parts of [
      { prices: { take: () => Promise.reject(new TypeError('a fault of ours')) } },
      {
        prices: { take: async () => ({ ...quoted(MARKETS), observedAt: SLOT }) },
        ledger: {
          ...memory.parts.ledger,
          recordPrices: () => Promise.reject(new TypeError('a fault of ours')),
        },
      },
    ]) {
      const report = await collect(
        { slot: SLOT, manual: false },
        SETTINGS,
        { ...memory.parts, ...parts },
        SLOT + 4 * MINUTE,
      );
      expect(report.accounts[0]?.outcome).toMatch(/ok|duplicate/);
      expect(told(memory).at(-1)).toMatchObject({
        message: 'prices',
        outcome: 'none',
        detail: 'a fault of ours',
      });
    }
  });

  it('if DynamoDB does not answer: the retry of the run is not held up', async () => {
    const memory = withTicker(new MemoryParts(secret('sg/main')));
    const begun = { slot: SLOT, manual: false, settings: SETTINGS, startedAt: SLOT, late: false };
    const run = { ...begun, deadline: SLOT + 4 * MINUTE, writesEnd: SLOT + 5 * MINUTE };
    const recorder = new Recorder(run, memory.parts, EMPTY_CATALOG);
    memory.broken = (about) => about !== 'prices';
    const verdict = holding({ BTC: '1' });
    if (verdict.kind !== 'balances') throw new Error('no balances');
    await recorder.snapshot(
      { account: 'sg/main', named: true },
      { attempts: 1, accessKey: 'fake' },
      SLOT,
      verdict,
    );
    memory.now += 6 * SECOND;
    const prices = quoted(MARKETS);
    if (prices.kind !== 'prices') throw new Error('no prices');
    await recordPrices('sg', run, memory.parts, recorder, Promise.resolve({ ...prices, observedAt: SLOT }));
    expect(memory.sheets.size).toBe(0);
    expect(told(memory)).toMatchObject([{ detail: 'the prices are not recorded: DynamoDB does not answer' }]);
  });
});
