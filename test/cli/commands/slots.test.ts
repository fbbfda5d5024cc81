import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 3 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const THAI: AccountEntry = { account: 'th/main', since: START + HOUR };
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'Asia/Bangkok', regions: ['sg'] };

const LEDGER = memoryLedger(catalogOf([MAIN, THAI], [HOURLY]), [
  snapshot('sg/main', START, [line('BTC', '1'), line('SGD', '2')]),
  failure('sg/main', START + HOUR),
  snapshot('sg/main', START + 2 * HOUR + 700_000, [], { manual: true }),
  snapshot('sg/main', START + 3 * HOUR),
]);
const WHOLE = memoryLedger(
  catalogOf([MAIN], [HOURLY]),
  [0, 1, 2, 3].map((hour) => snapshot('sg/main', START + hour * HOUR)),
);

describe('balances slots', () => {
  it('prints every expected slot as JSON, and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await typed('slots --real --format json', LEDGER, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      {
        account: 'sg/main',
        slot: '2026-11-22T00:00:00Z',
        outcome: 'snapshot',
        observedAt: '2026-11-22T00:00:01.234Z',
        currencies: 2,
        reason: null,
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T01:00:00Z',
        outcome: 'failure',
        observedAt: '2026-11-22T01:00:02.000Z',
        currencies: null,
        reason: 'upbit.timeout',
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T02:00:00Z',
        outcome: 'missing',
        observedAt: null,
        currencies: null,
        reason: 'missing',
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T03:00:00Z',
        outcome: 'snapshot',
        observedAt: '2026-11-22T03:00:01.234Z',
        currencies: 1,
        reason: null,
      },
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: [] });
  });

  it('prints the same as CSV, nothing for null', async () => {
    const { stdout } = await typed('slots --real --format csv --to 2026-11-22T03:00:00Z', LEDGER, {
      now: NOW,
    });
    expect(stdout.split('\n')).toEqual([
      'account,slot,outcome,observedAt,currencies,reason',
      'sg/main,2026-11-22T00:00:00Z,snapshot,2026-11-22T00:00:01.234Z,2,',
      'sg/main,2026-11-22T01:00:00Z,failure,2026-11-22T01:00:02.000Z,,upbit.timeout',
      'sg/main,2026-11-22T02:00:00Z,missing,,,missing',
      '',
    ]);
  });

  it('prints a table that fits 80 characters and says SIMULATED', async () => {
    const { stdout, stderr } = await typed('slots --local --from 2h', LEDGER, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                  outcome   what',
      'sg/main  2026-11-22T02:00:00Z  missing',
      'sg/main  2026-11-22T03:00:00Z  snapshot  1 currency observed after 1.234 s',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: SIMULATED data', 'th/main: SIMULATED data']);
  });

  it('shows a recorded slot before it is due', async () => {
    const early = await typed('slots --real --format json --from 1h', WHOLE, {
      now: START + 3 * HOUR + 5000,
    });
    expect(JSON.parse(early.stdout)).toMatchObject([{ slot: '2026-11-22T03:00:00Z', outcome: 'snapshot' }]);
  });

  it('takes a range of ten years, and the year 9999', async () => {
    const { exitCode, stdout } = await typed(
      'slots --real --format json --from 2020-01-01 --to 9999-12-31',
      LEDGER,
      { now: NOW },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(4);
  });

  it('of a ledger without a schedule expects nothing, and says so', async () => {
    const ran = await typed('slots --real --format json', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: ['the ledger has no schedule yet, so no slot is expected'],
    });
  });
});

describe('balances gaps', () => {
  it('of a ledger without a schedule says only that', async () => {
    const ran = await typed('gaps --real --format json', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: ['the ledger has no schedule yet, so no slot is expected'],
    });
  });

  it('lists exactly the slots without a snapshot, counts them on stderr, and exits with 3', async () => {
    const { exitCode, stdout, stderr } = await typed('gaps --real --format json', LEDGER, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      { account: 'sg/main', slot: '2026-11-22T01:00:00Z', reason: 'upbit.timeout' },
      { account: 'sg/main', slot: '2026-11-22T02:00:00Z', reason: 'missing' },
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: [
        'sg/main: 2 gaps: missing 1, upbit.timeout 1',
        'missing: Nothing was recorded for this slot: the schedule or the function did not run. See whether the schedule is enabled; the function’s log and the two dead-letter queues say what went wrong.',
        'upbit.timeout: Upbit did not answer within five seconds, at any attempt. Look at Upbit’s notices: this is seen during maintenance. Nothing else is needed if it healed.',
      ],
    });
  });

  it('is half-open, and its dates begin in the stack’s zone', async () => {
    const gaps = async (range: string) =>
      (await typed(`gaps --real --format csv ${range}`, LEDGER, { now: NOW })).stdout;
    const header = 'account,slot,reason\n';
    expect(await gaps('--from 2026-11-22T01:00:00Z --to 2026-11-22T02:00:00Z')).toBe(
      `${header}sg/main,2026-11-22T01:00:00Z,upbit.timeout\n`,
    );
    // Bangkok's 23rd begins at 17:00 UTC of the 22nd, its 22nd before the first schedule.
    expect(await gaps('--from 2026-11-22 --to 2026-11-22T01:30:00Z')).toContain('01:00:00Z');
    expect(await gaps('--from 2026-11-21 --to 2026-11-22')).toBe(header);
    expect(await gaps('--to 2026-11-22')).toBe(header);
  });

  it('exits with 0 and prints nothing where there is none', async () => {
    const ran = (format: string) => typed(`gaps --real --format ${format}`, WHOLE, { now: NOW });
    const stderr = ['no gap from 2026-11-22T00:00:00Z to 2026-11-22T03:30:00Z'];
    expect(await ran('json')).toMatchObject({ exitCode: 0, stdout: '[]\n', stderr });
    expect(await ran('csv')).toMatchObject({ exitCode: 0, stdout: 'account,slot,reason\n', stderr });
    expect(await ran('table')).toMatchObject({ exitCode: 0, stdout: '', stderr });
  });

  it('claims no gap is there only where slots were expected', async () => {
    const ran = await typed('gaps --real --from 2026-11-20 --to 2026-11-21', WHOLE, { now: NOW });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    expect(ran.stderr).toEqual([
      'no slot was expected yet from 2026-11-19T17:00:00Z to 2026-11-20T17:00:00Z',
    ]);
  });

  it.each(['slots', 'gaps'])('%s takes a currency, and says that it narrows nothing', async (command) => {
    const { stdout, stderr } = await typed(`${command} --real --format csv --currency BTC`, WHOLE, {
      now: NOW,
    });
    expect(stdout).toBe((await typed(`${command} --real --format csv`, WHOLE, { now: NOW })).stdout);
    expect(stderr[0]).toBe(
      '--currency narrows nothing here: a slot is taken, or missing, for all currencies of an account',
    );
  });

  it('names the end of an old grid as what it is', async () => {
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: START + 3 * HOUR, every: '3h' }]);
    const ledger = memoryLedger(catalog, [snapshot('sg/main', START), snapshot('sg/main', START + 3 * HOUR)]);
    const { exitCode, stdout } = await typed('gaps --real --format json', ledger, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      { account: 'sg/main', slot: '2026-11-22T01:00:00Z', reason: 'scheduleChanged' },
      { account: 'sg/main', slot: '2026-11-22T02:00:00Z', reason: 'scheduleChanged' },
    ]);
    expect(exitCode).toBe(3);
  });

  it('filters by account', async () => {
    expect(await typed('gaps --real --account th/main', LEDGER, { now: NOW })).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
  });

  it('prints a table, account by account', async () => {
    const { stdout } = await typed('gaps --local', LEDGER, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                  reason',
      'sg/main  2026-11-22T01:00:00Z  upbit.timeout',
      'sg/main  2026-11-22T02:00:00Z  missing',
      '',
    ]);
  });
});
