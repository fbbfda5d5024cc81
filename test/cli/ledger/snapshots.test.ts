import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, SECOND } from '../../../lambda/core/instant.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import type { Cadence } from '../../../lambda/core/slots.ts';
import {
  HOURLY,
  historyRows,
  hourly,
  ledgerOf,
  MAIN,
  NOW,
  START,
  slotsOf,
  WHOLE,
} from '../../support/history-ledger.ts';
import { catalogOf, failure, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';
import { ask, hoursOf } from '../../support/unreadable-ledger.ts';

describe('the notes on a range', () => {
  it('say how many expected slots have no snapshot, if any', async () => {
    const entries = hourly(49).filter((_, hour) => hour !== 5 && hour !== 7);
    const { stderr } = await historyRows('', ledgerOf([...entries, failure('sg/main', START + 5 * HOUR)]));
    expect(stderr).toEqual(['sg/main: 2 of 49 expected slots have no snapshot: balances gaps lists them']);
    const manual = snapshot('sg/main', START + 5 * HOUR + 61 * SECOND, [], { manual: true });
    expect((await historyRows('', ledgerOf([...entries, manual]))).stderr[0]).toContain('2 of 49');
    expect((await historyRows('')).stderr).toEqual([]);
  });

  it('count the slots that gaps lists, whatever else was recorded', async () => {
    const hour = fc.integer({ min: -3, max: 60 }).map((count) => START + count * HOUR);
    const schedule = fc.record({
      from: hour,
      every: fc.constantFrom<Cadence>('30m', '1h', '2h'),
      timeZone: fc.constant('Asia/Singapore' as const),
      regions: fc.constantFrom<readonly Region[]>(['sg'], ['id'], ['id', 'sg']),
    });
    const item = fc
      .record({ slot: hour, halfAnHour: fc.boolean(), kind: fc.constantFrom('taken', 'failed', 'manual') })
      .map(({ slot, halfAnHour, kind }) => {
        const its = slot + (halfAnHour ? HOUR / 2 : 0);
        if (kind === 'failed') return failure('sg/main', its);
        return snapshot('sg/main', its, [], { manual: kind === 'manual' });
      });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(schedule, { minLength: 1, maxLength: 3, selector: ({ from }) => from }),
        fc.uniqueArray(item, { minLength: 20, maxLength: 50, selector: ({ slot }) => slot }),
        fc.uniqueArray(hour, { minLength: 1, maxLength: 4 }),
        async (schedules, items, times) => {
          const [since = START, from, to, closedFrom] = times.toSorted((a, b) => a - b);
          const closed = from === undefined || to === undefined ? {} : { closed: [{ from, to }] };
          const closing = closedFrom === undefined ? {} : { closedFrom };
          const catalog = catalogOf([{ account: 'sg/main', since, ...closed, ...closing }], schedules);
          const ledger = ledgerOf(items, catalog);
          const range = '--from 2026-11-20T10:00:00Z';
          const gaps = await typed(`gaps --real --format json ${range}`, ledger, { now: NOW });
          const { stderr } = await historyRows(range, ledger);
          const said = stderr.map((line) => Number(/(\d+) of \d+ expected slots/.exec(line)?.[1] ?? 0));
          expect(said.reduce((sum, count) => sum + count, 0)).toBe(JSON.parse(gaps.stdout).length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('say that there is no snapshot', async () => {
    const { rows: found, stderr, exitCode } = await historyRows('--from 2020-01-01 --to 2020-02-01');
    expect({ found, stderr, exitCode }).toEqual({
      found: [],
      stderr: ['sg/main: no snapshot from 2019-12-31T16:00:00Z to 2020-01-31T16:00:00Z'],
      exitCode: 0,
    });
  });
});

describe('balances history --every', () => {
  it('prints one snapshot per day, at local midnight', async () => {
    expect(slotsOf((await historyRows('--every 1d')).rows)).toEqual([
      '2026-11-20T16:00:00Z',
      '2026-11-21T16:00:00Z',
      '2026-11-22T16:00:00Z',
    ]);
  });

  it('without --from begins with the day in which the ledger begins', async () => {
    const since = START + 5 * HOUR;
    const catalog = catalogOf([{ account: 'sg/cold', since }], [{ ...HOURLY, from: since }]);
    const taken = Array.from({ length: 40 }, (_, hour) => snapshot('sg/cold', since + hour * HOUR));
    const { rows: found } = await historyRows('--every 1d', ledgerOf(taken, catalog));
    expect(slotsOf(found)).toEqual(['2026-11-20T21:00:00Z', '2026-11-21T16:00:00Z']);
    const later = await historyRows('--every 1d --from 2026-11-20T21:00:00Z', ledgerOf(taken, catalog));
    expect(slotsOf(later.rows)).toEqual(['2026-11-21T16:00:00Z']);
  });

  it('has no points of an account that stood for its region before the keys came', async () => {
    const since = START + 5 * HOUR;
    const catalog = catalogOf([{ account: 'sg/cold', since }], [HOURLY]);
    const before = Array.from({ length: 5 }, (_, hour) =>
      failure('sg/main', START + hour * HOUR, 'keys.missing'),
    );
    const taken = Array.from({ length: 44 }, (_, hour) => snapshot('sg/cold', since + hour * HOUR));
    const { stderr } = await historyRows('--every 1d', ledgerOf([...before, ...taken], catalog));
    expect(stderr).toEqual([
      'sg/cold: 1 of 3 points show a later slot’s snapshot because their own has none',
      'sg/main: 1 of 1 points have no snapshot before the next point; no snapshot from 2026-11-20T16:00:00Z to 2026-11-22T16:30:00Z',
    ]);
  });

  it('shows the real slot of a row, and notes that it is a later one', async () => {
    const entries = [...hourly(10, 2), failure('sg/main', START + DAY), ...hourly(3, 25)];
    const { rows: found, stderr } = await historyRows('--every 1d', ledgerOf(entries));
    expect(slotsOf(found)).toEqual(['2026-11-20T18:00:00Z', '2026-11-21T17:00:00Z']);
    expect(stderr).toEqual([
      'sg/main: 2 of 3 points show a later slot’s snapshot because their own has none; 1 of 3 points have no snapshot before the next point',
    ]);
  });

  it('does not count points at which the account was closed as lacking a snapshot', async () => {
    const closed = [{ from: START + DAY, to: START + 2 * DAY }];
    const ledger = ledgerOf([...hourly(24), ...hourly(1, 48)], catalogOf([{ ...MAIN, closed }], [HOURLY]));
    const { rows: found, stderr } = await historyRows('--every 1d', ledger);
    expect(slotsOf(found)).toEqual(['2026-11-20T16:00:00Z', '2026-11-22T16:00:00Z']);
    expect(stderr).toEqual([]);
  });

  it('is refused if it is not a multiple of every schedule in the range', async () => {
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: START + DAY, every: '3h' }]);
    const ledger = ledgerOf(hourly(49), catalog);
    expect(await typed('history --real --every 4h --format json', ledger, { now: NOW })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: ['error: --every 4h is not a multiple of 3h, the cadence from 2026-11-21T16:00:00Z on'],
      closed: 1,
    });
    expect((await historyRows('--every 4h --to 2026-11-21T16:00:00Z', ledger)).rows).toHaveLength(6);
    expect((await typed('history --real --every 30m', WHOLE, { now: NOW })).exitCode).toBe(2);
  });

  it('has no points without a schedule, and says so', async () => {
    const ledger = memoryLedger(catalogOf([MAIN], []), [snapshot('sg/main', START, [], { manual: true })]);
    const { rows: found, stderr } = await historyRows('--every 1d', ledger);
    expect(found).toEqual([]);
    expect(stderr[0]).toBe(
      'the ledger has no schedule yet, so there is no grid to choose from: leave out --every',
    );
    expect((await historyRows('--every 1d', memoryLedger(EMPTY_CATALOG, []))).stdout).toBe('[]\n');
  });
});

describe('an unreadable item in a range', () => {
  it('is skipped: the output stays well-formed and continues after it', async () => {
    for (const command of ['history', 'export']) {
      const format = command === 'history' ? 'csv' : 'jsonl';
      const { exitCode, stdout, stderr } = await ask(`${command} --table ledger --format ${format}`, 1, 2);
      expect(exitCode).toBe(1);
      expect(stdout.split('\n').filter((row) => row.includes('sg/main'))).toHaveLength(2);
      expect(stderr).toEqual([
        'sg/main: 2 items cannot be read; 1 of 5 expected slots have no snapshot: balances gaps lists them',
        'error: the ledger holds 2 items this version cannot read, left out here: sg/main 2026-11-22T01:00:00Z, its schema version is 2, and this program reads 1, and 1 more up to 2026-11-22T02:00:00Z',
      ]);
    }
  });

  it('at a point is replaced by the next success, like a failure', async () => {
    const { exitCode, stdout } = await ask('history --every 2h --table ledger --format json', 2, 3);
    expect([exitCode, hoursOf(stdout, 'sg/main'), hoursOf(stdout, 'id/main')]).toEqual([
      1,
      [0, 4],
      [0, 2, 4],
    ]);
  });
});
