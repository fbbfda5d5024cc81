import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { BOTH, historyRows, ledgerOf, MAIN, NOW, START, WHOLE } from '../../support/history-ledger.ts';
import { catalogOf, line, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

describe('balances history', () => {
  it('prints the documented rows as JSON, keys in order', async () => {
    const { stdout, exitCode, stderr } = await historyRows(
      '--from 2026-11-20T16:00:00Z --to 2026-11-20T17:00:00Z',
    );
    const row = {
      account: 'sg/main',
      slot: '2026-11-20T16:00:00Z',
      observedAt: '2026-11-20T16:00:01.234Z',
      currency: 'BTC',
      balance: '0',
      locked: '0.5',
      avg_buy_price: '0',
      avg_buy_price_modified: false,
      unit_currency: 'USDT',
    };
    expect(stdout).toBe(`[\n  ${JSON.stringify(row)}\n]\n`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: [] });
  });

  it('is ordered by account, slot and currency, including manual snapshots', async () => {
    const ledger = ledgerOf(
      [
        snapshot('th/main', START, [line('THB', '1')]),
        snapshot('sg/main', START + HOUR, [line('ADA', '1'), line('BTC', '2')]),
        snapshot('sg/main', START + 90 * MINUTE, [line('ADA', '3')], { manual: true }),
        snapshot('sg/main', START, [line('BTC', '1')]),
      ],
      catalogOf([MAIN, { account: 'th/main', since: START }], [BOTH]),
    );
    const { rows: found } = await historyRows('', ledger);
    expect(found.map(({ account, slot, currency }) => `${account} ${slot} ${currency}`)).toEqual([
      'sg/main 2026-11-20T16:00:00Z BTC',
      'sg/main 2026-11-20T17:00:00Z ADA',
      'sg/main 2026-11-20T17:00:00Z BTC',
      'sg/main 2026-11-20T17:30:00Z ADA',
      'sg/main 2026-11-20T17:30:00Z BTC',
      'th/main 2026-11-20T16:00:00Z THB',
    ]);
  });

  it('filters by currency, case-insensitive, and shows an empty account as one row of nulls', async () => {
    const ledger = ledgerOf([
      snapshot('sg/main', START, [line('ADA', '1'), line('BTC', '2')]),
      snapshot('sg/main', START + HOUR, []),
    ]);
    expect((await historyRows('--currency btc', ledger)).rows.map(({ currency }) => currency)).toEqual([
      'BTC',
      'BTC',
    ]);
    const { rows: found, stderr } = await historyRows('', ledger);
    expect(found[2]).toMatchObject({ slot: '2026-11-20T17:00:00Z', currency: null, balance: null });
    expect(stderr[0]).toContain('the account is empty at 2026-11-20T17:00:00Z');
  });

  it('prints CSV with its header', async () => {
    const { stdout } = await typed('history --real --format csv --to 2026-11-20T17:00:00Z', WHOLE, {
      now: NOW,
    });
    expect(stdout.split('\n')).toEqual([
      'account,slot,observedAt,currency,balance,locked,avg_buy_price,avg_buy_price_modified,unit_currency',
      'sg/main,2026-11-20T16:00:00Z,2026-11-20T16:00:01.234Z,BTC,0,0.5,0,false,USDT',
      '',
    ]);
  });

  it('prints a table per account, aligned on the decimal point, that says SIMULATED', async () => {
    const ledger = ledgerOf(
      [
        snapshot('sg/main', START, [line('ADA', '1234.5'), line('BTC', '0.00000001', '2')]),
        snapshot('sg/main', START + HOUR, []),
        snapshot('th/main', START, [line('THB', '1')]),
      ],
      catalogOf([MAIN, { account: 'th/main', since: START }], [BOTH]),
    );
    const { stdout, stderr } = await typed('history --local --to 2026-11-20T18:00:00Z', ledger, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'sg/main  SIMULATED',
      'slot                       currency      available  locked          total',
      '2026-11-21T00:00:00+08:00  ADA       1234.5              0  1234.5',
      '2026-11-21T00:00:00+08:00  BTC          0.00000001       2     2.00000001',
      '2026-11-21T01:00:00+08:00  (empty)',
      '2026-11-21T01:00:00+08:00  ADA          0                0     0',
      '2026-11-21T01:00:00+08:00  BTC          0                0     0',
      '',
      'th/main  SIMULATED',
      'slot                       currency  available  locked  total',
      '2026-11-21T00:00:00+08:00  THB               1       0      1',
      '',
    ]);
    expect(stderr[0]).toMatch(/^sg\/main: SIMULATED data; /);
  });

  it('starts a new table after a thousand rows, so that memory does not grow with the range', async () => {
    const many = Array.from({ length: 600 }, (_, index) => line(`C${index}`, '1'));
    const ledger = ledgerOf([0, 1, 2].map((hour) => snapshot('sg/main', START + hour * HOUR, many)));
    const { stdout } = await typed('history --real', ledger, { now: NOW });
    expect(stdout.match(/^slot /gm)).toHaveLength(2);
    expect(stdout.match(/^2026/gm)).toHaveLength(1800);
  });

  it('fits the terminal', async () => {
    const { stdout } = await typed('history --real --to 2026-11-20T17:00:00Z', WHOLE, {
      now: NOW,
      columns: 30,
    });
    expect(stdout).toContain('  available  0\n  locked     0.5\n');
  });
});

describe('a currency that was sold out', () => {
  const day = (count: number) => START + count * 24 * HOUR;
  /** Three midnights: ADA is sold for USDT, then everything is withdrawn. */
  const SOLD = ledgerOf([
    snapshot('sg/main', day(0), [line('ADA', '5.5'), line('BTC', '1'), line('USDT', '100')]),
    snapshot('sg/main', day(1), [line('BTC', '1'), line('USDT', '105.5')]),
    snapshot('sg/main', day(2), []),
  ]);
  const brief = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ slot, currency, balance }) => `${String(slot).slice(8, 10)} ${currency} ${balance}`);

  it('is a row of 0 in each later snapshot of the answer, with what only Upbit could say null', async () => {
    const { rows } = await historyRows('', SOLD);
    expect(brief(rows)).toEqual([
      ...['20 ADA 5.5', '20 BTC 1', '20 USDT 100', '21 ADA 0', '21 BTC 1', '21 USDT 105.5'],
      ...['22 null null', '22 ADA 0', '22 BTC 0', '22 USDT 0'],
    ]);
    expect(rows[3]).toEqual({
      account: 'sg/main',
      slot: '2026-11-21T16:00:00Z',
      observedAt: '2026-11-21T16:00:01.234Z',
      currency: 'ADA',
      balance: '0',
      locked: '0',
      avg_buy_price: null,
      avg_buy_price_modified: null,
      unit_currency: null,
    });
    expect(brief((await historyRows('--every 1d', SOLD)).rows)).toEqual(brief(rows));
  });

  it('is one that the answer has shown, or with --currency one that any earlier snapshot listed', async () => {
    const last = '--from 2026-11-22T16:00:00Z';
    expect(brief((await historyRows(last, SOLD)).rows)).toEqual(['22 null null']);
    // The snapshot before the range does not list it either.
    const { rows, stderr } = await historyRows(`${last} --currency ada`, SOLD);
    expect(brief(rows)).toEqual(['22 ADA 0']);
    expect(stderr.join()).not.toContain('--currency');
    expect(brief((await historyRows('--to 2026-11-21T16:00:00Z --currency ADA', SOLD)).rows)).toEqual([
      '20 ADA 5.5',
    ]);
  });

  it('is none of another account', async () => {
    const ledger = ledgerOf(
      [snapshot('sg/main', day(0), [line('ADA', '1')]), snapshot('th/main', day(1), [line('THB', '1')])],
      catalogOf([MAIN, { account: 'th/main', since: START }], [BOTH]),
    );
    expect(brief((await historyRows('', ledger)).rows)).toEqual(['20 ADA 1', '21 THB 1']);
  });

  it('may be named with others, with commas', async () => {
    const { rows } = await historyRows('--to 2026-11-21T16:00:00Z --currency ADA,usdt', SOLD);
    expect(brief(rows)).toEqual(['20 ADA 5.5', '20 USDT 100']);
    const { exitCode, stderr } = await typed('history --real --currency BTC,', SOLD, { now: NOW });
    expect([exitCode, stderr[0]]).toEqual([
      2,
      'error: --currency has an empty part: write currencies, e.g. BTC or BTC,ETH',
    ]);
  });

  it('is told from one that was never listed, and the answer says which there are', async () => {
    const { rows, stderr, exitCode } = await historyRows('--currency XRP,ADA', SOLD);
    expect(brief(rows)).toEqual(['20 ADA 5.5', '21 ADA 0', '22 ADA 0']);
    expect(stderr.at(-1)).toBe('--currency XRP: no snapshot here lists it; listed are ADA, BTC, USDT');
    expect(exitCode).toBe(0);
  });
});
