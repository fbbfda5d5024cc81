import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const START = time('2026-11-20T16:00:00Z');
const NOW = START + 2 * DAY + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
/** START is midnight there. */
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'Asia/Singapore', regions: ['sg'] };
const BOTH: ScheduleEntry = { ...HOURLY, regions: ['sg', 'th'] };
const CATALOG = catalogOf([MAIN], [HOURLY]);

const ledgerOf = (entries: readonly Entry[], catalog = CATALOG) => memoryLedger(catalog, entries);
const hourly = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) =>
    snapshot('sg/main', START + (first + index) * HOUR, [line('BTC', `${first + index}`, '0.5')]),
  );
const WHOLE = ledgerOf(hourly(49));

async function rows(commandLine: string, ledger = WHOLE) {
  const ran = await typed(`history --real --format json ${commandLine}`.trim(), ledger, { now: NOW });
  return { ...ran, rows: JSON.parse(ran.stdout) as Record<string, unknown>[] };
}

const slotsOf = (list: readonly Record<string, unknown>[]) => list.map(({ slot }) => slot);

describe('balances history', () => {
  it('prints the rows of the contract as JSON, their keys in order', async () => {
    const { stdout, exitCode, stderr } = await rows('--from 2026-11-20T16:00:00Z --to 2026-11-20T17:00:00Z');
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

  it('is ordered by account, slot and currency, manual snapshots and all', async () => {
    const ledger = ledgerOf(
      [
        snapshot('th/main', START, [line('THB', '1')]),
        snapshot('sg/main', START + HOUR, [line('ADA', '1'), line('BTC', '2')]),
        snapshot('sg/main', START + 90 * MINUTE, [line('ADA', '3')], { manual: true }),
        snapshot('sg/main', START, [line('BTC', '1')]),
      ],
      catalogOf([MAIN, { account: 'th/main', since: START }], [BOTH]),
    );
    const { rows: found } = await rows('', ledger);
    expect(found.map(({ account, slot, currency }) => `${account} ${slot} ${currency}`)).toEqual([
      'sg/main 2026-11-20T16:00:00Z BTC',
      'sg/main 2026-11-20T17:00:00Z ADA',
      'sg/main 2026-11-20T17:00:00Z BTC',
      'sg/main 2026-11-20T17:30:00Z ADA',
      'th/main 2026-11-20T16:00:00Z THB',
    ]);
  });

  it('is half-open, and a date begins in the stack’s zone', async () => {
    const day = await rows('--from 2026-11-21 --to 2026-11-22');
    expect(slotsOf(day.rows)).toHaveLength(24);
    expect(slotsOf(day.rows).at(0)).toBe('2026-11-20T16:00:00Z');
    expect(slotsOf(day.rows).at(-1)).toBe('2026-11-21T15:00:00Z');
  });

  it('without a range is all there is', async () => {
    expect((await rows('')).rows).toHaveLength(49);
    const manualOnly = ledgerOf(
      [snapshot('sg/main', START, [line('BTC', '1')], { manual: true })],
      catalogOf([MAIN], []),
    );
    expect((await rows('', manualOnly)).rows).toHaveLength(1);
  });

  it('filters by currency in any case, and an empty account is one row of nulls', async () => {
    const ledger = ledgerOf([
      snapshot('sg/main', START, [line('ADA', '1'), line('BTC', '2')]),
      snapshot('sg/main', START + HOUR, []),
    ]);
    expect((await rows('--currency btc', ledger)).rows.map(({ currency }) => currency)).toEqual(['BTC']);
    const { rows: found, stderr } = await rows('', ledger);
    expect(found.at(-1)).toMatchObject({ slot: '2026-11-20T17:00:00Z', currency: null, balance: null });
    expect(stderr[0]).toContain('the account is empty at 2026-11-20T17:00:00Z');
  });

  it('says how many expected slots have no snapshot, and nothing where all have', async () => {
    const entries = hourly(49).filter((_, hour) => hour !== 5 && hour !== 7);
    const { stderr } = await rows('', ledgerOf([...entries, failure('sg/main', START + 5 * HOUR)]));
    expect(stderr).toEqual(['sg/main: 2 of 49 expected slots have no snapshot: balances gaps lists them']);
    const manual = snapshot('sg/main', START + 5 * HOUR + 61 * SECOND, [], { manual: true });
    expect((await rows('', ledgerOf([...entries, manual]))).stderr[0]).toContain('2 of 49');
    expect((await rows('')).stderr).toEqual([]);
  });

  it('of a time before the first snapshot has no rows, and says so', async () => {
    const { rows: found, stderr, exitCode } = await rows('--from 2020-01-01 --to 2020-02-01');
    expect({ found, stderr, exitCode }).toEqual({
      found: [],
      stderr: ['sg/main: no snapshot from 2019-12-31T16:00:00Z to 2020-01-31T16:00:00Z'],
      exitCode: 0,
    });
  });

  it('takes a range of ten thousand years', async () => {
    expect((await rows('--from 0001-01-01 --to 9999-12-31')).rows).toHaveLength(49);
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

  it('prints a table for each account, aligned on the point, that says SIMULATED', async () => {
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
      'slot                  currency      available  locked          total',
      '2026-11-20T16:00:00Z  ADA       1234.5              0  1234.5',
      '2026-11-20T16:00:00Z  BTC          0.00000001       2     2.00000001',
      '2026-11-20T17:00:00Z  (empty)',
      '',
      'th/main  SIMULATED',
      'slot                  currency  available  locked  total',
      '2026-11-20T16:00:00Z  THB               1       0      1',
      '',
    ]);
    expect(stderr[0]).toMatch(/^sg\/main: SIMULATED data; /);
  });

  it('begins its table anew after a thousand rows, so that nothing grows with the range', async () => {
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

describe('balances history --every', () => {
  it('prints one snapshot a day, of local midnight', async () => {
    expect(slotsOf((await rows('--every 1d')).rows)).toEqual([
      '2026-11-20T16:00:00Z',
      '2026-11-21T16:00:00Z',
      '2026-11-22T16:00:00Z',
    ]);
  });

  it('shows the slot that a row is really of, and says that it is a later one', async () => {
    const entries = [...hourly(10, 2), failure('sg/main', START + DAY), ...hourly(3, 25)];
    const { rows: found, stderr } = await rows('--every 1d', ledgerOf(entries));
    expect(slotsOf(found)).toEqual(['2026-11-20T18:00:00Z', '2026-11-21T17:00:00Z']);
    expect(stderr).toEqual([
      'sg/main: 2 of 3 points have a later slot’s snapshot, their own having none; 1 of 3 points have no snapshot up to the next one',
    ]);
  });

  it('counts no point at which the account was closed as one that lacks a snapshot', async () => {
    const closed = [{ from: START + DAY, to: START + 2 * DAY }];
    const ledger = ledgerOf([...hourly(24), ...hourly(1, 48)], catalogOf([{ ...MAIN, closed }], [HOURLY]));
    const { rows: found, stderr } = await rows('--every 1d', ledger);
    expect(slotsOf(found)).toEqual(['2026-11-20T16:00:00Z', '2026-11-22T16:00:00Z']);
    expect(stderr).toEqual([]);
  });

  it('is refused where it is no multiple of a schedule of the range', async () => {
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: START + DAY, every: '3h' }]);
    const ledger = ledgerOf(hourly(49), catalog);
    expect(await typed('history --real --every 4h --format json', ledger, { now: NOW })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: [
        'error: --every 4h is no multiple of 3h, how often snapshots are taken from 2026-11-21T16:00:00Z on',
      ],
      closed: 1,
    });
    expect((await rows('--every 4h --to 2026-11-21T16:00:00Z', ledger)).rows).toHaveLength(6);
    expect((await typed('history --real --every 30m', WHOLE, { now: NOW })).exitCode).toBe(2);
  });

  it('of a ledger without a schedule has no points, and says so', async () => {
    const ledger = memoryLedger(catalogOf([MAIN], []), [snapshot('sg/main', START, [], { manual: true })]);
    const { rows: found, stderr } = await rows('--every 1d', ledger);
    expect(found).toEqual([]);
    expect(stderr[0]).toBe(
      'the ledger has no schedule yet, so there is no grid to choose from: leave out --every',
    );
    expect((await rows('--every 1d', memoryLedger(EMPTY_CATALOG, []))).stdout).toBe('[]\n');
  });

  it.each(['history', 'changes', 'export'])(
    'says in %s that the ledger knows no account',
    async (command) => {
      const { exitCode, stderr } = await typed(`${command} --real`, memoryLedger(EMPTY_CATALOG, []), {
        now: NOW,
      });
      expect([exitCode, stderr]).toEqual([0, ['the ledger has no account to show yet']]);
    },
  );
});

describe('the progress of a long read', () => {
  async function onTerminal(
    isTTY: boolean,
    columns: number | undefined,
    stepMs: number,
    ledger: '--real' | '--local' = '--real',
  ) {
    let now = NOW;
    const clock = () => {
      now += stepMs;
      return now;
    };
    return await typed(`history ${ledger} --format csv`, WHOLE, {
      now: clock,
      isTTY,
      ...(columns === undefined ? {} : { columns }),
    });
  }

  it('is a bar on a terminal’s stderr that is wiped in the end, while the data goes elsewhere', async () => {
    const { stderrText } = await onTerminal(true, undefined, 400);
    expect(stderrText).toMatch(/\rReading \[#+\.*\] \d+ %/);
    expect(stderrText).toMatch(/\r +\r$/);
    expect(stderrText).not.toContain('\u001b');
  });

  it('is wiped before a line is written behind it', async () => {
    const { stderrText } = await onTerminal(true, undefined, 400, '--local');
    expect(stderrText).toMatch(/ \d+ %\r +\r[a-z/]+: SIMULATED data/);
    expect(stderrText).not.toMatch(/%[^\r]/);
  });

  it('is not shown of a short read, beside data on the same terminal, or to a file', async () => {
    expect((await onTerminal(true, undefined, 0)).stderrText).toBe('');
    expect((await onTerminal(true, 80, 400)).stderrText).toBe('');
    expect((await onTerminal(false, undefined, 400)).stderrText).toBe('');
  });
});
