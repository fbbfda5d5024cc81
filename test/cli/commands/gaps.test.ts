import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { catalogOf, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { GAPPY, HOURLY, MAIN, NOW, START, WHOLE } from '../../support/slot-ledgers.ts';
import { typed } from '../../support/typed.ts';

describe('balances gaps', () => {
  it('says only that there is no schedule, if there is none', async () => {
    const ran = await typed('gaps --real --format json', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: ['the ledger has no schedule yet, so no slot is expected'],
    });
  });

  it('lists exactly the slots without a snapshot, counts them on stderr, and exits with 3', async () => {
    const { exitCode, stdout, stderr } = await typed('gaps --real --format json', GAPPY, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      { account: 'sg/main', slot: '2026-11-22T01:00:00Z', reason: 'upbit.timeout' },
      { account: 'sg/main', slot: '2026-11-22T02:00:00Z', reason: 'missing' },
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: [
        'sg/main: 2 gaps: missing 1, upbit.timeout 1',
        'missing: Nothing was recorded for this slot: the schedule or the function did not run. Check whether the schedule is enabled; the function’s log and the two dead-letter queues show what went wrong.',
        'upbit.timeout: Upbit did not answer within five seconds on any attempt. Check Upbit’s notices: this happens during maintenance. No action needed if it has recovered.',
        '2 of 4 slots recorded (50.0 %)',
      ],
    });
  });

  it('is half-open, with dates in the stack’s zone', async () => {
    const gaps = async (range: string) =>
      (await typed(`gaps --real --format csv ${range}`, GAPPY, { now: NOW })).stdout;
    const header = 'account,slot,reason\n';
    expect(await gaps('--from 2026-11-22T01:00:00Z --to 2026-11-22T02:00:00Z')).toBe(
      `${header}sg/main,2026-11-22T01:00:00Z,upbit.timeout\n`,
    );
    // Bangkok's 23rd begins at 17:00 UTC of the 22nd, its 22nd before the first schedule.
    expect(await gaps('--from 2026-11-22 --to 2026-11-22T01:30:00Z')).toContain('01:00:00Z');
    expect(await gaps('--from 2026-11-21 --to 2026-11-22')).toBe(header);
    expect(await gaps('--to 2026-11-22')).toBe(header);
  });

  it('exits with 0 and prints nothing if there are none', async () => {
    const ran = (format: string) => typed(`gaps --real --format ${format}`, WHOLE, { now: NOW });
    const stderr = [
      'no gap from 2026-11-22T00:00:00Z to 2026-11-22T03:30:00Z',
      '4 of 4 slots recorded (100.0 %)',
    ];
    expect(await ran('json')).toMatchObject({ exitCode: 0, stdout: '[]\n', stderr });
    expect(await ran('csv')).toMatchObject({ exitCode: 0, stdout: 'account,slot,reason\n', stderr });
    expect(await ran('table')).toMatchObject({ exitCode: 0, stdout: '', stderr });
  });

  it('claims that there is no gap only if slots were expected', async () => {
    const ran = await typed('gaps --real --from 2026-11-20 --to 2026-11-21', WHOLE, { now: NOW });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    const before =
      'no slot was expected up to 2026-11-20T17:00:00Z: the ledger begins at 2026-11-22T00:00:00Z';
    expect(ran.stderr).toEqual([before]);
    const upTo = await typed('gaps --real --to 2026-11-21', WHOLE, { now: NOW });
    expect(upTo).toMatchObject({ exitCode: 0, stderr: [before] });
    const late = await typed('gaps --real --from 2026-11-22T03:26:00Z', WHOLE, { now: NOW });
    expect(late.stderr).toEqual([
      'no slot was expected yet from 2026-11-22T03:26:00Z to 2026-11-22T03:30:00Z',
    ]);
  });

  it('gives scheduleChanged as the reason at the end of an old grid', async () => {
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
    expect(await typed('gaps --real --account th/main', GAPPY, { now: NOW })).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
  });

  it('prints a table of joined gaps, or of --each, in the stack’s zone', async () => {
    const { stdout } = await typed('gaps --local', GAPPY, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'from                    to  slots  reason         accounts',
      '2026-11-22T08:00+07:00          1  upbit.timeout  sg/main',
      '2026-11-22T09:00+07:00          1  missing        sg/main',
      '',
    ]);
    const each = await typed('gaps --local --each', GAPPY, { now: NOW });
    expect(each.stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                       reason',
      'sg/main  2026-11-22T08:00:00+07:00  upbit.timeout',
      'sg/main  2026-11-22T09:00:00+07:00  missing',
      '',
    ]);
  });

  it('says that all accounts miss the same slots, names a few, and counts many', async () => {
    const names = Array.from({ length: 5 }, (_, index): AccountName => `sg/a${index}`);
    const ledger = (missing: (name: AccountName, hour: number) => boolean) =>
      memoryLedger(
        catalogOf(
          names.map((account) => ({ account, since: START })),
          [HOURLY],
        ),
        names.flatMap((name) =>
          [0, 1, 2, 3, 4, 5]
            .filter((hour) => !missing(name, hour))
            .map((hour) => snapshot(name, START + (5 - hour) * HOUR)),
        ),
      );
    const tableOf = async (missing: (name: AccountName, hour: number) => boolean) =>
      (await typed('gaps --real', ledger(missing), { now: NOW + 2 * HOUR })).stdout.split('\n').slice(1, -1);
    expect(await tableOf((_, hour) => hour === 2 || hour === 3)).toEqual([
      '2026-11-22T09:00+07:00  10:00      2  missing  all 5',
    ]);
    expect(await tableOf((name, hour) => hour === 2 && name < 'sg/a2')).toEqual([
      '2026-11-22T10:00+07:00          1  missing  sg/a0, sg/a1',
    ]);
    expect(await tableOf((name, hour) => hour === 2 && name < 'sg/a4')).toEqual([
      '2026-11-22T10:00+07:00          1  missing  sg/a0, sg/a1 and 2 more',
    ]);
  });

  it('rounds the share of recorded slots down: only all is 100 %', async () => {
    const hours = Array.from({ length: 2_000 }, (_, hour) => hour).filter((hour) => hour !== 7);
    const ledger = memoryLedger(
      catalogOf([MAIN], [HOURLY]),
      hours.map((hour) => snapshot('sg/main', START + hour * HOUR)),
    );
    const { stderr } = await typed('gaps --real', ledger, { now: START + 1_999.5 * HOUR });
    expect(stderr.at(-1)).toBe('1,999 of 2,000 slots recorded (99.9 %)');
  });
});
