import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { synthesize } from '../../../infra/template.ts';

const before = synthesize({}).resources;

/**
 * Properties that CloudFormation changes in place: «Update requires: No interruption» (or «Some interruptions») in
 * docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference. Any other property would replace the resource.
 */
const CHANGED_IN_PLACE = new Set([
  'AWS::Scheduler::Schedule ScheduleExpression',
  'AWS::Scheduler::Schedule ScheduleExpressionTimezone',
  'AWS::Scheduler::Schedule Target',
  'AWS::Lambda::Function Environment',
  'AWS::Lambda::Function MemorySize',
  'AWS::Lambda::Function VpcConfig',
  'AWS::Lambda::EventInvokeConfig MaximumEventAgeInSeconds',
  'AWS::Logs::LogGroup RetentionInDays',
  'AWS::CloudWatch::Alarm AlarmDescription',
  'AWS::CloudWatch::Alarm EvaluationPeriods',
  'AWS::CloudWatch::Alarm Metrics',
  'AWS::DynamoDB::GlobalTable Replicas',
]);

describe('changing a setting of a deployed stack', () => {
  it.each([
    [{ every: '1m' }],
    [{ every: '15m' }],
    [{ every: '1d' }],
    [{ timeZone: 'Asia/Seoul' }],
    [{ regions: 'kr' }],
    [{ memory: 512 }],
    [{ logDays: 365 }],
    [{ jwtAlg: 'HS512' }],
    [{ alarmEmail: 'ops@example.com' }],
    [{ dashboard: true }],
    [{ egress: 'nat-instance' }],
    [{ egress: 'nat-gateway' }],
    [{ removal: 'destroy' }],
    [{ prices: false }],
  ])('replaces and removes nothing: %j', (context) => {
    const after = new Map(synthesize(context).resources.map((resource) => [resource.id, resource]));
    const changed = before.flatMap(({ id, type, properties }) => {
      const now = after.get(id);
      if (now?.type !== type) return [`${type} removed`];
      return [...new Set([...Object.keys(properties), ...Object.keys(now.properties)])]
        .filter((name) => !isDeepStrictEqual(properties[name], now.properties[name]))
        .map((name) => `${type} ${name}`);
    });
    expect(changed.filter((change) => !CHANGED_IN_PLACE.has(change))).toEqual([]);
    // Each setting must change something.
    expect(changed.length + after.size - before.length).toBeGreaterThan(0);
  });

  it('without seals removes the sealer with its schedule and alarms, and changes nothing else', () => {
    const after = new Map(synthesize({ seals: false }).resources.map((resource) => [resource.id, resource]));
    const [kept, removed] = [true, false].map((isKept) =>
      before.filter(({ id }) => after.has(id) === isKept),
    );
    for (const resource of kept ?? []) expect(after.get(resource.id)).toEqual(resource);
    expect(after.size).toBe(kept?.length);
    for (const { id } of removed ?? []) expect(id).toMatch(/^Seal(er|Schedule)|^Monitoring\w*seal/);
  });
});
