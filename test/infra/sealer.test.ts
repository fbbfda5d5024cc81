import { describe, expect, it } from 'vitest';
import { parseSealEvent } from '../../lambda/core/seal-event.ts';
import { readSealerEnvironment } from '../../lambda/handlers/environment.ts';
import { ALL_TIME_ZONES } from '../support/arbitraries.ts';
import { objectOf } from '../support/checkout.ts';
import { type Synthesized, synthesize } from '../support/synthesized.ts';

const [standard, unsealed, fixed, chosen, outside] = synthesize(
  {},
  { seals: false },
  { egress: 'nat-instance' },
  { every: '1m', memory: 2048, logDays: 90, timeZone: 'Asia/Seoul', removal: 'destroy' },
  { timestampUrl: 'https://tsa.example/tsr', alarmEmail: 'ops@example.com' },
);

const FUNCTION = 'AWS::Lambda::Function';
const SCHEDULE = 'AWS::Scheduler::Schedule';
const LOG_GROUP = 'AWS::Logs::LogGroup';
const INVOKED = 'AWS::Lambda::EventInvokeConfig';
const SIX_HOURS = 6 * 3600;

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => objectOf(inner)[name], value);
const variablesOf = (stack: Synthesized) =>
  objectOf(at(stack.part('Sealer', FUNCTION).properties, 'Environment', 'Variables'));

describe('the sealer', () => {
  const sealer = standard.part('Sealer', FUNCTION);

  it('is a function of its own, with 1024 MB whatever the collector has', () => {
    for (const stack of [standard, fixed, chosen])
      expect(stack.part('Sealer', FUNCTION).properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: 300,
        MemorySize: 1024,
        Handler: 'index.handler',
      });
  });

  it('gets the table and the time zone in its environment, and nothing else', () => {
    expect(variablesOf(standard)).toStrictEqual({
      TABLE_NAME: { Ref: standard.the('AWS::DynamoDB::GlobalTable').id },
      TIME_ZONE: 'UTC',
    });
    expect(readSealerEnvironment({ ...variablesOf(chosen), TABLE_NAME: 'table' }).timeZone).toBe(
      'Asia/Seoul',
    );
  });

  it('gets the authority and the topic of the mails where they are configured', () => {
    const topic = outside.the('AWS::SNS::Topic').id;
    expect(variablesOf(outside)).toMatchObject({
      TIMESTAMP_URL: 'https://tsa.example/tsr',
      ROOT_TOPIC_ARN: { Ref: topic },
    });
    const arn = `arn:aws:sns:ap-southeast-1:123456789012:${topic}`;
    const read = readSealerEnvironment({ ...variablesOf(outside), TABLE_NAME: 't', ROOT_TOPIC_ARN: arn });
    expect(read).toMatchObject({ timestampUrl: 'https://tsa.example/tsr', rootTopicArn: arn });
  });

  it('logs JSON to its own log group with the configured retention', () => {
    expect(sealer.properties['LoggingConfig']).toStrictEqual({
      LogFormat: 'JSON',
      LogGroup: { Ref: standard.part('Sealer', LOG_GROUP).id },
    });
    expect(chosen.part('Sealer', LOG_GROUP).properties['RetentionInDays']).toBe(90);
  });

  it('is outside the network of a fixed address, whose endpoint lets only the collector through', () => {
    expect(fixed.part('Collector', FUNCTION).properties).toHaveProperty('VpcConfig');
    expect(fixed.part('Sealer', FUNCTION).properties).not.toHaveProperty('VpcConfig');
    const [endpoint] = fixed.all('AWS::EC2::VPCEndpoint');
    expect(JSON.stringify(endpoint?.properties)).not.toContain('Sealer');
  });

  it('is called at 01:00 in the zone of the stack, with the time it is called for', () => {
    const stacks = synthesize(...ALL_TIME_ZONES.map((timeZone) => ({ timeZone })));
    for (const [index, timeZone] of ALL_TIME_ZONES.entries())
      expect(stacks[index]?.part('SealSchedule', SCHEDULE).properties, timeZone).toMatchObject({
        ScheduleExpression: 'cron(0 1 * * ? *)',
        ScheduleExpressionTimezone: timeZone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Input: '{"seal":"<aws.scheduler.scheduled-time>"}' },
      });
    expect(standard.target(at(standard.part('SealSchedule', SCHEDULE).properties, 'Target', 'Arn'))).toBe(
      sealer,
    );
  });

  it('accepts the event that its schedule sends', () => {
    const { Input: input } = objectOf(at(standard.part('SealSchedule', SCHEDULE).properties, 'Target'));
    const time = '2026-11-22T01:00:00Z';
    const event: unknown = JSON.parse(String(input).replace('<aws.scheduler.scheduled-time>', time));
    expect(parseSealEvent(event, Date.parse(time))).toEqual({ value: Date.parse(time) });
  });

  it('is tried for hours at any cadence, since sealing late is fine', () => {
    for (const stack of [standard, chosen]) {
      const invoked = stack.part('Sealer', INVOKED).properties;
      expect(invoked).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: SIX_HOURS });
      expect(stack.part('SealSchedule', SCHEDULE).properties).toMatchObject({
        Target: { RetryPolicy: { MaximumEventAgeInSeconds: SIX_HOURS } },
      });
    }
  });

  it('has a schedule whose role is restricted to its group', () => {
    const group = standard.part('SealSchedule', 'AWS::Scheduler::ScheduleGroup');
    expect(standard.target(standard.part('SealSchedule', SCHEDULE).properties['GroupName'])).toBe(group);
    expect(JSON.stringify(standard.part('SealScheduleRole', 'AWS::IAM::Role'))).toContain(group.id);
  });
});

describe('a stack with seals=false', () => {
  it('has the logical ids that a stack had before there was a sealer', () => {
    expect(unsealed.resources.map(({ id }) => id)).toStrictEqual(BEFORE_THE_SEALER);
  });

  it('has each resource and output exactly as a stack with seals has it', () => {
    const sealed = new Map(standard.resources.map((resource) => [resource.id, resource]));
    const named = (stack: Synthesized, text: unknown) =>
      JSON.stringify(text).replaceAll(stack === unsealed ? 'stack-1' : 'stack-0', 'stack');
    for (const { id, whole } of unsealed.resources)
      expect(named(unsealed, whole), id).toBe(named(standard, sealed.get(id)?.whole));
    for (const [name, output] of Object.entries(unsealed.outputs))
      expect(output, name).toStrictEqual(standard.outputs[name]);
  });

  it('has no trace of a sealer', () => {
    expect(unsealed.text).not.toMatch(/[Ss]eal/);
  });
});

const BEFORE_THE_SEALER = [
  'LedgerTable9343E4AA',
  'ApiKeysSecret2A98600C',
  'CollectorLog23EBC5EA',
  'CollectorRole4C6A1291',
  'CollectorRoleDefaultPolicy02D41903',
  'CollectorFunctionE9933A71',
  'CollectorFunctionEventInvokeConfig91F08F25',
  'CollectorFailedRunsQueueEEE9F892',
  'CollectorFailedRunsQueuePolicy6683F65A',
  'ScheduleGroup3914D641',
  'ScheduleRole2985F131',
  'ScheduleRoleDefaultPolicyC651555A',
  'ScheduleUndeliveredQueueD19424FB',
  'ScheduleUndeliveredQueuePolicyA88E117C',
  'ScheduleSlotsD878B622',
  'MonitoringAlarmsTopic63051086',
  'MonitoringAlarmsTopicPolicy35008398',
  'MonitoringaccountfailedE53955F2',
  'MonitoringnorunA33B718A',
  'MonitoringrunerrorADF82A1F',
  'Monitoringfailedrunkept48FDF021',
  'Monitoringeventundelivered4F5C4E29',
  'MonitoringkeyexpiresA9AFA156',
  'Monitoringkeyexpiressoon2BCFBF50',
  'Monitoringkeyexpirestomorrow58C124A8',
];
