import { describe, expect, it } from 'vitest';
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
    const stderr = ['no gap from 2026-11-22T00:00:00Z to 2026-11-22T03:30:00Z'];
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

  it('prints a table, account by account', async () => {
    const { stdout } = await typed('gaps --local', GAPPY, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                  reason',
      'sg/main  2026-11-22T01:00:00Z  upbit.timeout',
      'sg/main  2026-11-22T02:00:00Z  missing',
      '',
    ]);
  });
});
