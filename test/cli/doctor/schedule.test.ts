import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtSchedule, lookAtSealSchedule } from '../../../cli/doctor/schedule.ts';
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
        remedy: 'Enable it: docs/runbook.md#no-run has the command. A deploy does not enable it.',
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

describe('the doctor’s check of the sealer’s schedule', () => {
  const CRON = 'cron(0 1 * * ? *)';
  const look = (timeZone: 'UTC' | 'Asia/Seoul' | undefined) =>
    lookAtSealSchedule(operations.clients.scheduler, 'group/days', timeZone);
  const set = (state: string, expression: string, zone: string) =>
    operations.schedules.set('group/days', { state, expression, zone });

  it('accepts 01:00 in the zone of the sealer, or in any if that is unknown', async () => {
    set('ENABLED', CRON, 'Asia/Seoul');
    for (const timeZone of ['Asia/Seoul', undefined] as const)
      expect(await look(timeZone)).toEqual([
        { lookedAt: 'schedule of the sealer', state: 'ok', found: 'enabled' },
      ]);
  });

  it.each([
    ['DISABLED', CRON, 'UTC', 'it is DISABLED, not ENABLED: nothing calls the sealer'],
    ['ENABLED', 'rate(1 day)', 'UTC', `it fires at rate(1 day) in UTC, not at ${CRON} in UTC`],
    ['ENABLED', CRON, 'Asia/Seoul', `it fires at ${CRON} in Asia/Seoul, not at ${CRON} in UTC`],
  ])('finds one that is %s, %s in %s', async (state, expression, zone, found) => {
    set(state, expression, zone);
    expect(await look('UTC')).toMatchObject([{ state: 'wrong', found, tells: ['no-seal'] }]);
  });

  it('finds that there is none', async () => {
    expect(await look('UTC')).toMatchObject([
      { state: 'wrong', found: 'there is no such schedule in this AWS account and region' },
    ]);
  });
});
