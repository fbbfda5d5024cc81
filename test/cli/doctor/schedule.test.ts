import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtSchedule } from '../../../cli/doctor/schedule.ts';
import type { Grid } from '../../../lambda/core/slots.ts';
import { startOperations } from '../../support/operations-endpoint.ts';

const HOURLY: Grid = { every: '1h', timeZone: 'Asia/Seoul' };

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeEach(async () => {
  operations = await startOperations();
});
afterEach(() => operations.close());

const look = (grid: Grid | undefined = HOURLY) =>
  lookAtSchedule(operations.clients.scheduler, 'group/slots', grid);
const deploy = (state: string, expression = 'cron(0 * * * ? *)', zone = 'Asia/Seoul') =>
  operations.schedules.set('group/slots', { state, expression, zone });

describe('the doctor’s check of the schedule', () => {
  it('finds one that is enabled and fires at the slots of the function', async () => {
    deploy('ENABLED');
    expect(await look()).toEqual([{ lookedAt: 'schedule', state: 'ok', found: 'enabled' }]);
  });

  it('finds one that is disabled, and says that a deploy does not enable it', async () => {
    deploy('DISABLED');
    expect(await look()).toMatchObject([
      {
        state: 'wrong',
        found: 'it is DISABLED, not ENABLED: nothing calls the function',
        remedy: 'Enable it: docs/runbook.md#no-run has the command. A deploy alone does not.',
        tells: ['no-run'],
      },
    ]);
  });

  it.each([
    ['cron(0/15 * * * ? *)', 'Asia/Seoul'],
    ['cron(0 * * * ? *)', 'UTC'],
  ])('finds one that fires at other times than the function expects: %s in %s', async (expression, zone) => {
    deploy('ENABLED', expression, zone);
    expect(await look()).toMatchObject([
      {
        state: 'wrong',
        found: `it fires at ${expression} in ${zone}, which is not every 1h in Asia/Seoul`,
      },
    ]);
  });

  it('does not judge when it fires if the function’s settings are unknown', async () => {
    deploy('ENABLED', 'cron(0/15 * * * ? *)');
    expect(await lookAtSchedule(operations.clients.scheduler, 'group/slots', undefined)).toMatchObject([
      { state: 'ok' },
    ]);
  });

  it('finds one that is not there', async () => {
    expect(await look()).toMatchObject([
      {
        state: 'wrong',
        found: 'there is no such schedule in this AWS account and region',
        tells: ['no-run'],
      },
    ]);
  });

  it('passes on any other error', async () => {
    operations.denied.add('GetSchedule');
    await expect(look()).rejects.toThrow('scheduler:GetSchedule');
  });
});
