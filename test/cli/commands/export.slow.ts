import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Big from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, formatSecond, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import { catalogOf, line, memoryLedger, sheet, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

/** Midnight in Singapore: the 21st begins there. */
const MIDNIGHT = time('2026-11-20T16:00:00Z');
const MAIN: AccountEntry = { account: 'sg/cold-2', since: MIDNIGHT - DAY };
const HOURLY: ScheduleEntry = { from: MAIN.since, every: '1h', timeZone: 'Asia/Singapore', regions: ['sg'] };
/** Beancount calculates with 28 digits, one fewer than these. */
const BIG = '12345678901234567890.123456789';
/** Currency names that need escaping in one program or the other. */
const ODD = [
  '1INCH',
  'btc',
  'T',
  '비트코인',
  '<img "onerror>',
  'A;B %',
  'CURRENCY-OF-MORE-THAN-24-CHARACTERS',
  'TRUE',
  'FALSE',
  'NULL',
];
const KEPT = [
  line('IDR', '132992558.1098141'),
  line('USDT', '1234.567'),
  line('BIG', BIG),
  ...ODD.map((name) => line(name, '3')),
];
/** Direct and over another market, which is stale; the products have more digits than either price. */
const PRICES = {
  'SGD-BTC': '86028.12345678',
  'SGD-USDT': ['1.3412345678901234567890123456789', MIDNIGHT - DAY],
  'BTC-IDR': '0.0000000009',
  'SGD-BIG': '7',
  ...Object.fromEntries(
    ODD.map((name, index) => [`USDT-${name}`, `${index + 1}.5678901234567890123456789012345`]),
  ),
} as const;
const LEDGER = memoryLedger(
  catalogOf([MAIN], [HOURLY]),
  [
    snapshot('sg/cold-2', MIDNIGHT - HOUR, [line('BTC', '7')]),
    snapshot('sg/cold-2', MIDNIGHT, [line('BTC', '0.1', '0.00000001'), ...KEPT]),
    snapshot('sg/cold-2', MIDNIGHT + HOUR, [line('BTC', '8')]),
    snapshot('sg/cold-2', MIDNIGHT + DAY, [line('BTC', '0'), ...KEPT]),
  ],
  [
    sheet('sg', MIDNIGHT, PRICES),
    sheet('sg', MIDNIGHT + HOUR, { 'SGD-BTC': '1', 'SGD-USDT': '1' }),
    sheet('sg', MIDNIGHT + DAY, { ...PRICES, 'SGD-BTC': '90000' }),
  ],
);

/** Those of them that are plain words for hledger. */
const PLAIN_WORDS = ['btc', 'T', 'TRUE', 'FALSE', 'NULL'];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plain-text-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the program on a file with the text. Fails if the program is not installed. */
function check(program: string, words: readonly string[], text: string, more: readonly string[] = []) {
  const file = join(directory, 'ledger');
  writeFileSync(file, text);
  const { error, status, stdout, stderr } = spawnSync(program, [...words, file, ...more], {
    encoding: 'utf8',
    // hledger then reads ASCII only, as on a machine without a locale.
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
  if (error !== undefined) {
    throw new Error(`${program} is needed: apt-get install beancount hledger`, { cause: error });
  }
  return { status, said: stdout + stderr };
}

async function exported(format: string): Promise<string> {
  const words = `export --local --format ${format} --from 2026-11-20 --to 2026-11-23`;
  return (await typed(words, LEDGER, { now: MIDNIGHT + 3 * DAY })).stdout;
}

describe('Beancount’s own bean-check', () => {
  const transaction = (date: string, amounts: readonly string[]) =>
    `${date} * "trade"\n${amounts.map((amount) => `  Assets:Upbit:SG:Cold-2  ${amount}\n  Equity:Trades  ${negative(amount)}\n`).join('')}`;
  const negative = (amount: string) => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
  const bought = ['0.10000001 BTC', '132992558.1098141 IDR', '1234.567 USDT', `${BIG} BIG`];

  async function verdict(changes: (assertions: string) => string, transactions: readonly string[]) {
    const assertions = await exported('beancount');
    const more = [...assertions.matchAll(/commodity (\S+)\n/g)].map(([, name]) => `3 ${name}`);
    expect(more).toHaveLength(ODD.length);
    const text = `1970-01-01 open Equity:Trades\n${transaction('2026-11-20', more)}${transactions.join('')}${changes(assertions)}`;
    return check('bean-check', [], text);
  }
  const sold = transaction('2026-11-21', ['-0.10000001 BTC']);

  it('accepts the assertions for a ledger with the transactions of the previous days', async () => {
    expect(await verdict((text) => text, [transaction('2026-11-20', bought), sold])).toEqual({
      status: 0,
      said: '',
    });
  });

  it('finds a difference in the last digit', async () => {
    const { status, said } = await verdict(
      (text) => text.replace('0.10000001', '0.10000002'),
      [transaction('2026-11-20', bought), sold],
    );
    expect(status).not.toBe(0);
    expect(said).toContain('Balance failed');
    expect(said).toContain('expected 0.10000002 BTC');
  });

  it('finds a purchase on the day itself instead of the day before', async () => {
    const { said } = await verdict((text) => text, [transaction('2026-11-21', bought), sold]);
    expect(said).toContain('expected 0.10000001 BTC != accumulated 0 BTC');
  });

  it('preserves the original names in the file', async () => {
    const text = await exported('beancount');
    const kept = [...text.matchAll(/^ {2}utf8: "([0-9a-f]+)"$/gm)].map(([, hex = '']) =>
      Buffer.from(hex, 'hex').toString('utf8'),
    );
    expect(kept.sort()).toEqual([...ODD].sort());
  });
});

describe('several Beancount exports of one ledger', () => {
  const HALVES = ['--from 2026-11-20 --to 2026-11-22', '--from 2026-11-22 --to 2026-11-23'];
  const exports = (range: string, more = '') =>
    typed(`export --local --format beancount ${range} ${more}`.trim(), LEDGER, { now: MIDNIGHT + 3 * DAY });
  const include = (names: readonly string[]) => names.map((name) => `include "${name}"\n`).join('');
  const write = async (name: string, range: string, more = '') => {
    writeFileSync(join(directory, name), (await exports(range, more)).stdout);
  };

  it('cannot be included together as they are', async () => {
    for (const [index, range] of HALVES.entries()) await write(`half-${index}`, range);
    const { said } = check('bean-check', [], include(['half-0', 'half-1']));
    expect(said).toContain('Duplicate open directive');
  });

  it.each([
    ['the declarations in a file of their own', true],
    ['a ledger that has declarations already', false],
  ])('can be included together, and beside %s', async (_, isFile) => {
    for (const [index, range] of HALVES.entries()) await write(`half-${index}`, range, '--no-declarations');
    const all = (await exports('--from 2026-11-20 --to 2026-11-23', '--only-declarations')).stdout;
    writeFileSync(join(directory, 'declarations'), all);
    const own = isFile ? include(['declarations']) : all.replaceAll('1970-01-01', '2020-01-01');
    const { said } = check('bean-check', [], `${own}${include(['half-0', 'half-1'])}`);
    // Without transactions every assertion fails, and that is all that fails.
    const problems = said.split('\n').filter((text) => /^\S+:\d+:/.test(text));
    expect(problems.length).toBeGreaterThan(10);
    expect(problems.filter((text) => !text.includes('Balance failed'))).toEqual([]);
  });
});

describe('hledger', () => {
  const account = 'assets:upbit:sg:cold-2';
  const transaction = (date: string, amounts: readonly string[]) =>
    `${date} trade\n${amounts.map((amount) => `    ${account}  ${amount}\n`).join('')}    equity:trades\n\n`;
  const bought = ['0.10000001 BTC', '132992558.1098141 IDR', '1234.567 USDT', `${BIG} BIG`];
  const odd = (text: string) => [...new Set(text.match(/0 "[^"]+"/g))].map((zero) => zero.replace('0', '3'));

  async function verdict(changes: (assertions: string) => string, transactions: readonly string[]) {
    const assertions = await exported('hledger');
    expect(odd(assertions)).toHaveLength(ODD.length - PLAIN_WORDS.length);
    const first = transaction('2026-11-20', [...odd(assertions), ...PLAIN_WORDS.map((word) => `3 ${word}`)]);
    return check(
      'hledger',
      ['check', '-f'],
      `decimal-mark .\n${first}${transactions.join('')}${changes(assertions)}`,
    );
  }
  const sold = transaction('2026-11-21', ['-0.10000001 BTC']);

  it('accepts the assertions for a journal with the transactions of the previous days', async () => {
    expect(await verdict((text) => text, [transaction('2026-11-20', bought), sold])).toEqual({
      status: 0,
      said: '',
    });
  });

  it('finds a difference in the last digit', async () => {
    const { status, said } = await verdict(
      (text) => text.replace('= 0.10000001', '= 0.10000002'),
      [transaction('2026-11-20', bought), sold],
    );
    expect(status).not.toBe(0);
    expect(said).toMatch(/balance assertion/i);
  });

  it('finds a purchase on the next day', async () => {
    const { status, said } = await verdict((text) => text, [transaction('2026-11-21', bought), sold]);
    expect(status).not.toBe(0);
    expect(said).toMatch(/balance assertion/i);
  });
});

describe('the prices of an export', () => {
  /** What `balances worth` says that was worth, exactly, without some of the currencies. */
  async function worthOf(slot: Instant, without: readonly string[] = []): Promise<Big> {
    const { stdout } = await typed(`worth --local --format json --at ${formatSecond(slot)}`, LEDGER, {
      now: MIDNIGHT + 3 * DAY,
    });
    const rows: { currency: string | null; value: string | null }[] = JSON.parse(stdout);
    const counted = rows.filter(({ currency }) => currency !== null && !without.includes(currency));
    return counted.reduce((sum, { value }) => sum.plus(value ?? ''), new Big(0));
  }

  /** The assertions, and the prices after them. */
  async function parts(format: string): Promise<readonly [assertions: string, prices: string]> {
    const [assertions = '', prices = ''] = (await exported(`${format} --prices`)).split(/^(?=; Prices)/m);
    expect(prices.match(/SGD/g)?.length).toBeGreaterThan(20);
    return [assertions, prices];
  }

  const DAYS = [
    [MIDNIGHT, '2026-11-21'],
    [MIDNIGHT + DAY, '2026-11-22'],
  ] as const;

  it('give hledger the value at the end of each day that worth tells, to the last digit', async () => {
    const [assertions, prices] = await parts('hledger');
    const held = [...(assertions.split('\n\n')[1] ?? '').matchAll(/= (.+)/g)].map(([, amount]) => amount);
    expect(held).toHaveLength(4 + ODD.length);
    const posting = (amount?: string) => `    assets:upbit:sg:cold-2  ${amount}\n`;
    const trade = (date: string, amounts: readonly (string | undefined)[]) =>
      `${date} trade\n${amounts.map(posting).join('')}    equity:trades\n\n`;
    const trades = trade('2026-11-20', held) + trade('2026-11-21', ['-0.10000001 BTC']);
    const journal = `decimal-mark .\n${trades}${assertions}${prices}`;
    for (const [slot, end] of DAYS) {
      const valued = ['-X', 'SGD', '-e', end, '-N', '-O', 'csv', '-c', `SGD 1.${'0'.repeat(80)}`];
      const { status, said } = check('hledger', ['bal', 'assets', '-f'], journal, valued);
      expect(status, said).toBe(0);
      const [, sum = ''] = /cold-2","SGD ([\d.]+)"\n$/.exec(said) ?? [];
      expect(new Big(sum).toFixed()).toBe((await worthOf(slot)).toFixed());
    }
  });

  it('give Beancount the value at the start of each day that worth tells, to the digits it has', async () => {
    const [assertions, prices] = await parts('beancount');
    const held = [...assertions.matchAll(/^2026-11-21 balance \S+ (\S+) ~ 0 (\S+)$/gm)].map(
      ([, amount, name]) => [`${amount} ${name}`, `-${amount} ${name}`] as const,
    );
    expect(held).toHaveLength(3 + ODD.length);
    const trade = (date: string, amounts: readonly (readonly [string, string])[]) =>
      `${date} * "trade"\n${amounts.map(([plus, minus]) => `  Assets:Upbit:SG:Cold-2  ${plus}\n  Equity:Trades  ${minus}\n`).join('')}`;
    const sold = trade('2026-11-21', [['-0.10000001 BTC', '0.10000001 BTC']]);
    const ledger = `1970-01-01 open Equity:Trades\n${trade('2026-11-20', held)}${sold}${assertions}${prices}`;
    expect(check('bean-check', [], ledger)).toEqual({ status: 0, said: '' });
    for (const [slot, day] of DAYS) {
      const query = `SELECT convert(sum(position), 'SGD', ${day}) WHERE account ~ 'Upbit' AND date < ${day}`;
      const { status, said } = check('bean-query', ['-f', 'csv'], ledger, [query]);
      expect(status, said).toBe(0);
      const [, sum = ''] = /^ *([\d.]+) +SGD/m.exec(said) ?? [];
      expect(new Big(sum).toPrecision(24)).toBe((await worthOf(slot, ['BIG'])).toPrecision(24));
    }
  });
});
