import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSealEvent } from '../../../lambda/core/seal-event.ts';
import { readText } from '../../support/checkout.ts';
import { shellAfter, type } from './documented.ts';

const OUTPUTS = {
  stack: {
    TableName: 'ledger',
    ScheduleName: 'group/slots',
    CollectorFunctionName: 'fn',
    SealerScheduleName: 'seals/days',
    SealerFunctionName: 'sealer',
  },
};
const HAS_JQ = spawnSync('jq', ['--version']).status === 0;

/** A folder, which the test run removes, with the outputs of a deploy. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'typed-'));
  writeFileSync(join(folder, 'cdk.outputs.json'), JSON.stringify(OUTPUTS));
  return folder;
}

describe('the commands that restore the table', () => {
  const commands = `output() { echo ledger; }\n${shellAfter('docs/operations.md', '## Restore the table')}`;

  it('wait for as long as a restore takes, though the AWS CLI gives up after 500 s', () => {
    const waitsThrice = `if [ "$2" = wait ] && [ "$(grep -c ' wait ' "$FOLDER/calls")" -lt 3 ]; then exit 255; fi`;
    const { calls, stdout } = type(checkout(), commands, waitsThrice);
    expect(calls).toEqual([
      'dynamodb restore-table-to-point-in-time --source-table-name ledger --target-table-name ledger-restored --restore-date-time 2026-11-22T08:30:00Z',
      ...[1, 2, 3].map(() => 'dynamodb wait table-exists --table-name ledger-restored'),
      'dynamodb update-continuous-backups --table-name ledger-restored --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true',
      'dynamodb update-table --table-name ledger-restored --deletion-protection-enabled',
    ]);
    expect(stdout).toBe('ledger-restored is not there yet\n'.repeat(2));
  });
});

describe.skipIf(!HAS_JQ)('the shell functions of the runbook', () => {
  const functions = shellAfter('docs/runbook.md', '# Runbook');

  it('enable the schedule, and change nothing else in it', () => {
    const schedule = {
      Arn: 'arn:aws:scheduler:::schedule/group/slots',
      CreationDate: '2026-11-22T06:00:00Z',
      LastModificationDate: '2026-11-22T06:00:00Z',
      GroupName: 'group',
      Name: 'slots',
      State: 'DISABLED',
      ScheduleExpression: 'cron(0 * * * ? *)',
      Target: { Input: '{"slot":"<aws.scheduler.scheduled-time>"}' },
    };
    const { calls } = type(
      checkout(),
      `${functions}\nenable_schedule`,
      `if [ "$2" = get-schedule ]; then echo '${JSON.stringify(schedule)}'; fi`,
    );
    expect(calls[0]).toBe('scheduler get-schedule --group-name group --name slots --output json');
    const { Arn: _, CreationDate: __, LastModificationDate: ___, ...kept } = schedule;
    const [before, json] = calls
      .slice(1)
      .join('\n')
      .split(/(?<=--cli-input-json) /);
    expect(before).toBe('scheduler update-schedule --cli-input-json');
    expect(JSON.parse(json ?? '')).toEqual({ ...kept, State: 'ENABLED' });
  });

  it('enable the schedule of the sealer by the name of its output', () => {
    const { calls } = type(checkout(), `${functions}\nenable_schedule SealerScheduleName`, 'echo {}');
    expect(calls[0]).toBe('scheduler get-schedule --group-name seals --name days --output json');
  });

  it('seal with an event that the sealer accepts', () => {
    const { calls } = type(checkout(), `${functions}\nseal`, ':');
    const [call, payload = ''] = calls.join('\n').split(/ --payload | \/dev\/stdout/);
    expect(call).toBe('lambda invoke --function-name sealer --cli-binary-format raw-in-base64-out');
    expect(parseSealEvent(JSON.parse(payload), Date.now())).toEqual({ value: expect.any(Number) });
  });
});

describe('the AWS CLI', () => {
  it('is named with its least version wherever its commands are typed', () => {
    for (const page of ['README.md', 'docs/operations.md', 'docs/runbook.md'])
      expect(readText(page)).toMatch(/version 2 of the AWS\s+CLI[,]? \(?2\.11\.2 or later/);
    expect(readText('docs/operations.md')).toContain(
      'update-table --table-name "$new" --deletion-protection-enabled',
    );
    expect(readText('docs/runbook.md')).toMatch(/--cli-binary-format [\s\S]* logs tail /);
  });
});
