import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { formatSecond } from '../../lambda/core/instant.ts';
import { type Finding, NOT_THERE, ok, wrong } from './finding.ts';
import { NOTHING_UNSEALED } from './seals.ts';
import { NOTHING_MISSED } from './snapshots.ts';

const LOOKED_AT = 'alarms';

/**
 * Checks which alarms of the stack are on, and that all send notices. One whose cause is found elsewhere is not repeated in
 * full.
 *
 * @param topicArn the topic of this stack's alarms: a stack with a longer name may share the prefix. Undefined if unknown.
 */
export async function lookAtAlarms(
  client: CloudWatchClient,
  stackName: string,
  topicArn: string | undefined,
): Promise<Finding[]> {
  const prefix = `${stackName}-`;
  const alarms: MetricAlarm[] = [];
  for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: prefix })) {
    const ours = (page.MetricAlarms ?? []).filter(
      ({ AlarmActions: actions = [] }) => topicArn === undefined || actions.includes(topicArn),
    );
    alarms.push(...ours);
  }
  if (alarms.length === 0) return [wrong(LOOKED_AT, 'there are none of this stack', NOT_THERE)];
  const findings = alarms.flatMap((alarm) => judgeAlarm(alarm, prefix));
  const count = alarms.length === 1 ? '1 alarm' : `${alarms.length} alarms`;
  return findings.length === 0 ? [ok(LOOKED_AT, `${count}, none is on`)] : findings;
}

function judgeAlarm(alarm: MetricAlarm, prefix: string): Finding[] {
  const { AlarmName: name = '', ActionsEnabled: enabled = true, StateValue: state } = alarm;
  const silent = wrong(
    `alarm ${name.slice(prefix.length)}`,
    'it sends no notices: its actions are disabled',
    `Enable them: aws cloudwatch enable-alarm-actions --alarm-names ${name}`,
  );
  return [
    ...(enabled ? [] : [silent]),
    ...(state === 'ALARM' ? [isOn(alarm, name.slice(prefix.length))] : []),
  ];
}

function isOn(
  { AlarmDescription: words = '', StateUpdatedTimestamp: since }: MetricAlarm,
  entry: string,
): Finding {
  const lookedAt = `alarm ${entry}`;
  const on =
    since === undefined ? 'on' : `on since ${formatSecond(Math.floor(since.getTime() / 1000) * 1000)}`;
  const happened = words.replace(/ See docs\/runbook\.md#\S+$/, '');
  const full = wrong(
    lookedAt,
    happened === '' ? on : `${on}: ${happened}`,
    `Follow docs/runbook.md#${entry}.`,
  );
  return {
    ...full,
    echoes: [
      { of: entry, instead: wrong(lookedAt, `${on}, for a problem listed here`, undefined) },
      // After a first deploy, and after one with a finer cadence: it ends with the first run.
      ...(entry === 'no-run'
        ? [
            {
              of: NOTHING_MISSED,
              instead: ok(lookedAt, `${on}, until the next run returns; no slot is missed`),
            },
          ]
        : []),
      // After a first deploy: it ends with the first run, within a day.
      ...(entry === 'no-seal'
        ? [
            {
              of: NOTHING_UNSEALED,
              instead: ok(lookedAt, `${on}, until the next run of the sealer returns; no seal is late`),
            },
          ]
        : []),
    ],
  };
}
