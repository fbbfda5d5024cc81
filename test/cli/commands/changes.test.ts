import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  unreadable,
} from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 3 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const THAI: AccountEntry = { account: 'th/main', since: START };
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg', 'th'] };
const LEDGER = memoryLedger(catalogOf([MAIN, THAI], [HOURLY]), [
  snapshot('sg/main', START, [line('ADA', '1', '2'), line('BTC', '0.3'), line('USDT', '10')]),
  snapshot('sg/main', START + 2 * HOUR, [line('ADA', '3'), line('BTC', '0.05', '0.05'), line('XRP', '7')]),
  snapshot('sg/main', START + 3 * HOUR, [line('ADA', '3'), line('BTC', '0.1'), line('XRP', '7')]),
  snapshot('th/main', START + HOUR, [line('THB', '100')]),
  snapshot('th/main', START + 2 * HOUR, [line('THB', '99.5')]),
  failure('th/main', START + 3 * HOUR, 'key.expired', { detail: '' }),
]);
const RANGE = '--from 2026-11-22T00:30:00Z --to 2026-11-22T03:30:00Z';

const changes = (words: string) => typed(`changes --real ${words}`, LEDGER, { now: NOW });

describe('balances changes', () => {
  it('prints the documented rows as JSON, keys in order', async () => {
    const { exitCode, stdout } = await changes(`--format json --account sg/main ${RANGE}`);
    const slots = { from_slot: '2026-11-22T00:00:00Z', to_slot: '2026-11-22T03:00:00Z' };
    const rows = [
      { account: 'sg/main', currency: 'BTC', before: '0.3', after: '0.1', change: '-0.2', ...slots },
      { account: 'sg/main', currency: 'USDT', before: '10', after: '0', change: '-10', ...slots },
      { account: 'sg/main', currency: 'XRP', before: '0', after: '7', change: '7', ...slots },
    ];
    expect(stdout).toBe(`[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
    expect(exitCode).toBe(0);
  });

  it('notes what the two snapshots do not show, one line per account', async () => {
    const { stderr } = await changes(RANGE);
    expect(stderr).toHaveLength(1);
    expect(stderr[0]).toMatch(
      /^th\/main: before: no snapshot at or before 2026-11-22T00:30:00Z, the first is of 2026-11-22T01:00:00Z; before: 1 expected slot since .*; after: this is 1 h 29 min old, .*; after: key\.expired at 2026-11-22T03:00:00Z: .*; so the changes are counted from its first snapshot, 2026-11-22T01:00:00Z$/,
    );
  });

  it('prints CSV, and filters by currency, case-insensitive', async () => {
    const { stdout } = await changes(`--format csv --currency thb --currency btc ${RANGE}`);
    expect(stdout.split('\n')).toEqual([
      'account,currency,before,after,change,from_slot,to_slot',
      'sg/main,BTC,0.3,0.1,-0.2,2026-11-22T00:00:00Z,2026-11-22T03:00:00Z',
      'th/main,THB,100,99.5,-0.5,2026-11-22T01:00:00Z,2026-11-22T02:00:00Z',
      '',
    ]);
  });

  it('prints a table for each account with changes', async () => {
    const { stdout } = await typed(`changes --local ${RANGE}`, LEDGER, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'sg/main  SIMULATED  from slot 2026-11-22T00:00:00Z  to slot 2026-11-22T03:00:00Z',
      'currency  before  after  change',
      'BTC          0.3    0.1    -0.2',
      'USDT        10      0     -10',
      'XRP          0      7       7',
      '',
      'th/main  SIMULATED  from slot 2026-11-22T01:00:00Z  to slot 2026-11-22T02:00:00Z',
      'currency  before  after  change',
      'THB          100   99.5    -0.5',
      '',
    ]);
  });

  it('has no rows if nothing changed, or nothing is known', async () => {
    const still = '--account sg/main --from 2026-11-22T02:30:00Z --to 2026-11-22T03:30:00Z';
    expect(await changes(`--format json ${still}`)).toMatchObject({ stdout: '[]\n', stderr: [] });
    expect(await changes(still)).toMatchObject({ stdout: '' });
    const before = await changes('--format json --account sg/main --from 2020-01-01 --to 2020-01-02');
    expect(before.stdout).toBe('[]\n');
    expect(before.stderr[0]).toContain('no snapshot at or before 2020-01-02T00:00:00Z');
  });
});

describe('balances changes --total', () => {
  const WHOLE = memoryLedger(catalogOf([MAIN, THAI], [HOURLY]), [
    snapshot('sg/main', START, [line('BTC', '1'), line('ADA', '5')]),
    snapshot('sg/main', START + HOUR, [line('BTC', '0.75'), line('ADA', '5')]),
    snapshot('sg/main', START + 2 * HOUR, [line('BTC', '0.5'), line('ADA', '5')]),
    snapshot('th/main', START, [line('ADA', '2'), line('THB', '9')]),
    snapshot('th/main', START + HOUR, [line('ADA', '2'), line('BTC', '0.25'), line('THB', '8')]),
    snapshot('th/main', START + 2 * HOUR, [line('ADA', '3'), line('BTC', '0.25'), line('THB', '8')]),
  ]);
  const total = (words: string, ledger = WHOLE) =>
    typed(`changes --real --total ${words}`, ledger, { now: START + 2.5 * HOUR });
  const ALL = '--from 2026-11-22T00:00:00Z --to 2026-11-22T02:30:00Z';

  it('sums over the accounts: a move between them is not a change of the total', async () => {
    const { exitCode, stdout, stderr } = await total(`${ALL} --format json`);
    const slots = { from_slot: '2026-11-22T00:00:00Z', to_slot: '2026-11-22T02:00:00Z' };
    expect(JSON.parse(stdout)).toEqual([
      { currency: 'ADA', before: '7', after: '8', change: '1', accounts: 1, ...slots },
      { currency: 'BTC', before: '1', after: '0.75', change: '-0.25', accounts: 2, ...slots },
      { currency: 'THB', before: '9', after: '8', change: '-1', accounts: 1, ...slots },
    ]);
    expect([exitCode, stderr]).toEqual([0, []]);
    const first = await total('--from 2026-11-22T00:00:00Z --to 2026-11-22T01:30:00Z --format csv');
    expect(first.stdout.split('\n')).toEqual([
      'currency,before,after,change,accounts,from_slot,to_slot',
      'THB,9,8,-1,1,2026-11-22T00:00:00Z,2026-11-22T01:00:00Z',
      '',
    ]);
  });

  it('names an account that was expected and is missing, and exits with 3', async () => {
    const { exitCode, stderr } = await typed(`changes --real --total ${RANGE}`, LEDGER, { now: NOW });
    expect(exitCode).toBe(3);
    expect(stderr.at(-1)).toBe(
      'the total is not complete: th/main has no snapshot at one of the slots compared',
    );
  });

  it('has one table with --total, and one set of rows for each part with --every', async () => {
    const table = await typed(`changes --local --total --currency ADA ${ALL}`, WHOLE, {
      now: START + 2.5 * HOUR,
    });
    expect(table.stdout.split('\n')).toEqual([
      'all accounts  SIMULATED  from slot 2026-11-22T00:00:00Z  to slot 2026-11-22T02:00:00Z',
      'currency  before  after  change',
      'ADA            7      8       1',
      '',
    ]);
    const parts = await typed(`changes --real --every 1h --account sg/main --format csv ${ALL}`, WHOLE, {
      now: START + 2.5 * HOUR,
    });
    expect(parts.stdout.split('\n')).toEqual([
      'account,currency,before,after,change,from_slot,to_slot',
      'sg/main,BTC,1,0.75,-0.25,2026-11-22T00:00:00Z,2026-11-22T01:00:00Z',
      'sg/main,BTC,0.75,0.5,-0.25,2026-11-22T01:00:00Z,2026-11-22T02:00:00Z',
      '',
    ]);
  });

  it('is not printed if an item cannot be read', async () => {
    const broken = { ...WHOLE, newest: async () => unreadable('sg/main', START) };
    const { exitCode, stdout, stderr } = await total(`${ALL} --format json`, broken);
    expect([exitCode, stdout]).toEqual([1, '[]\n']);
    expect(stderr).toContain('no total: it would leave out an account that cannot be read');
  });
});
