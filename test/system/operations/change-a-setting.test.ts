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
  'AWS::IAM::Policy PolicyDocument',
  'AWS::Lambda::Function Environment',
  'AWS::Lambda::Function MemorySize',
  'AWS::Lambda::Function VpcConfig',
  'AWS::Lambda::EventInvokeConfig MaximumEventAgeInSeconds',
  'AWS::Logs::LogGroup RetentionInDays',
  'AWS::CloudWatch::Alarm AlarmDescription',
  'AWS::CloudWatch::Alarm EvaluationPeriods',
  'AWS::CloudWatch::Alarm Metrics',
  'AWS::DynamoDB::GlobalTable Replicas',
  'AWS::DynamoDB::GlobalTable StreamSpecification',
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
    [{ timestampUrl: 'https://tsa.example/tsr' }],
    [{ replicas: 'prepared' }],
    [{ replicas: 'eu-west-1' }],
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

  it('for copies, step by step, changes only the stream, or adds or removes one copy, and nothing else', () => {
    const tableOf = (context: Readonly<Record<string, string>>) => {
      const table = synthesize(context).resources.find(({ type }) => type === 'AWS::DynamoDB::GlobalTable');
      const { Replicas: replicas, StreamSpecification: stream, ...others } = table?.properties ?? {};
      return { replicas: Array.isArray(replicas) ? replicas : [], stream, others };
    };
    // The procedure of docs/operations.md, there and back.
    const steps = ['prepared', 'eu-west-1', 'eu-west-1,us-east-1', 'eu-west-1', 'prepared'];
    const contexts = [{}, ...steps.map((replicas) => ({ replicas })), {}];
    const tables = contexts.map(tableOf);
    const changes = tables.slice(1).map((now, index) => {
      const then = tables[index];
      return {
        stream: !isDeepStrictEqual(now.stream, then?.stream),
        copies: now.replicas.length - (then?.replicas.length ?? 0),
        others: !isDeepStrictEqual(now.others, then?.others),
      };
    });
    // CloudFormation's conditions: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
    const stream = { stream: true, copies: 0, others: false };
    const copies = (count: number) => ({ stream: false, copies: count, others: false });
    expect(changes).toEqual([stream, copies(1), copies(1), copies(-1), copies(-1), stream]);
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
