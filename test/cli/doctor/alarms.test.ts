import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtAlarms } from '../../../cli/doctor/alarms.ts';
import { type StandInAlarm, startOperations } from '../../support/operations-endpoint.ts';

const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:alarms';
const SINCE = '2026-11-22T06:15:00Z';

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeEach(async () => {
  operations = await startOperations();
});
afterEach(() => operations.close());

const look = (topic: string | undefined = TOPIC) =>
  lookAtAlarms(operations.clients.cloudWatch, 'balances', topic);

function add(name: string, changes: Partial<StandInAlarm> = {}): void {
  operations.alarms.push({
    AlarmName: name,
    AlarmDescription: `What happened. What to do. See docs/runbook.md#${name.replace(/^balances-/, '')}`,
    AlarmActions: [TOPIC],
    ActionsEnabled: true,
    StateValue: 'OK',
    StateUpdatedTimestamp: Date.parse(SINCE) / 1000 + 0.123,
    ...changes,
  });
}

describe('the doctor’s check of the alarms', () => {
  it('counts them if none is on, those without data too', async () => {
    for (const entry of ['account-failed', 'no-run', 'run-error', 'key-expires', 'failed-run-kept'])
      add(`balances-${entry}`, { StateValue: entry === 'key-expires' ? 'INSUFFICIENT_DATA' : 'OK' });
    expect(await look()).toEqual([{ lookedAt: 'alarms', state: 'ok', found: '5 alarms, none is on' }]);
  });

  it('reports each that is on, since when, and its entry in the runbook', async () => {
    for (const entry of ['account-failed', 'no-run', 'run-error']) add(`balances-${entry}`);
    add('balances-key-expires', { StateValue: 'ALARM' });
    expect(await look()).toMatchObject([
      {
        lookedAt: 'alarm key-expires',
        state: 'wrong',
        found: `on since ${SINCE}: What happened. What to do.`,
        remedy: 'Follow docs/runbook.md#key-expires.',
        echoes: [{ of: 'key-expires' }],
      },
    ]);
  });

  it('of no run is as it should be while no slot is missed', async () => {
    add('balances-no-run', { StateValue: 'ALARM' });
    const [found] = await look();
    expect(found?.echoes?.[1]).toEqual({
      of: 'no expected slot is missed',
      instead: {
        lookedAt: 'alarm no-run',
        state: 'ok',
        found: `on since ${SINCE}, until the next run returns; no slot is missed`,
      },
    });
  });

  it('finds one that sends no notices', async () => {
    add('balances-no-run', { ActionsEnabled: false });
    expect(await look()).toMatchObject([
      {
        lookedAt: 'alarm no-run',
        state: 'wrong',
        found: 'it sends no notices: its actions are disabled',
        remedy: 'Enable them: aws cloudwatch enable-alarm-actions --alarm-names balances-no-run',
      },
    ]);
  });

  it('ignores those of another stack whose name begins like this one’s', async () => {
    add('balances-no-run');
    add('balances-2-no-run', { StateValue: 'ALARM', AlarmActions: ['arn:aws:sns:::other'] });
    expect(await look()).toMatchObject([{ state: 'ok', found: '1 alarm, none is on' }]);
  });

  it('finds that there are none', async () => {
    expect(await look()).toMatchObject([{ state: 'wrong', found: 'there are none of this stack' }]);
  });

  it('passes on an error', async () => {
    operations.denied.add('DescribeAlarms');
    await expect(look()).rejects.toThrow('cloudwatch:DescribeAlarms');
  });
});
