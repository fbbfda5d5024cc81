import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR } from '../../../lambda/core/instant.ts';
import { catalogOf, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

/** Midnight in Singapore: the 21st begins there. */
const MIDNIGHT = time('2026-11-20T16:00:00Z');
const MAIN: AccountEntry = { account: 'sg/cold-2', since: MIDNIGHT - DAY };
const HOURLY: ScheduleEntry = { from: MAIN.since, every: '1h', timeZone: 'Asia/Singapore', regions: ['sg'] };
/** Currency names that need escaping in one program or the other. */
const ODD = [
  '1INCH',
  'btc',
  'T',
  '비트코인',
  '<img "onerror>',
  'A;B %',
  'CURRENCY-OF-MORE-THAN-24-CHARACTERS',
];
const LEDGER = memoryLedger(catalogOf([MAIN], [HOURLY]), [
  snapshot('sg/cold-2', MIDNIGHT - HOUR, [line('BTC', '7')]),
  snapshot('sg/cold-2', MIDNIGHT, [
    line('BTC', '0.1', '0.00000001'),
    line('IDR', '132992558.1098141'),
    line('USDT', '1234.567'),
    ...ODD.map((name) => line(name, '3')),
  ]),
  snapshot('sg/cold-2', MIDNIGHT + HOUR, [line('BTC', '8')]),
  snapshot('sg/cold-2', MIDNIGHT + DAY, [line('BTC', '0')]),
]);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plain-text-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the program on a file with the text. Fails if the program is not installed. */
function check(program: string, words: readonly string[], text: string) {
  const file = join(directory, 'ledger');
  writeFileSync(file, text);
  const { error, status, stdout, stderr } = spawnSync(program, [...words, file], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
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
  const bought = ['0.10000001 BTC', '132992558.1098141 IDR', '1234.567 USDT'];

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

describe('hledger', () => {
  const account = 'assets:upbit:sg:cold-2';
  const transaction = (date: string, amounts: readonly string[]) =>
    `${date} trade\n${amounts.map((amount) => `    ${account}  ${amount}\n`).join('')}    equity:trades\n\n`;
  const bought = ['0.10000001 BTC', '132992558.1098141 IDR', '1234.567 USDT'];
  const odd = (text: string) => [...new Set(text.match(/0 "[^"]+"/g))].map((zero) => zero.replace('0', '3'));

  async function verdict(changes: (assertions: string) => string, transactions: readonly string[]) {
    const assertions = await exported('hledger');
    expect(odd(assertions)).toHaveLength(ODD.length - 2);
    const first = transaction('2026-11-20', [...odd(assertions), '3 btc', '3 T']);
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
