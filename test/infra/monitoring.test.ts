import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { InlineCode, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { DeadLetters } from '../../infra/dead-letters.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { silenceOfTwoSlots } from '../../infra/silence.ts';
import { SECOND } from '../../lambda/core/instant.ts';
import { createEmitter } from '../../lambda/handlers/stdout.ts';
import { ALL_CADENCES } from '../support/arbitraries.ts';
import { objectOf } from '../support/checkout.ts';
import { SLOT } from '../support/memory-parts.ts';
import { deployedText, type Synthesized, synthesize } from '../support/synthesized.ts';

const ALARM = 'AWS::CloudWatch::Alarm';
const TOPIC = 'AWS::SNS::Topic';
const FUNCTION = 'AWS::Lambda::Function';
const SUBSCRIPTION = 'AWS::SNS::Subscription';

const [standard, subscribed] = synthesize({}, { stackName: 'mine', alarmEmail: 'ops@example.com' });
const topic = standard.the(TOPIC);
const functionName = {
  Name: 'FunctionName',
  Value: { Ref: standard.part('Collector', FUNCTION).id },
};

/** The properties of the alarm named after an entry of the runbook. */
function alarm(entry: string, stack: Synthesized = standard): Readonly<Record<string, unknown>> {
  const found = stack
    .all(ALARM)
    .filter(({ properties }) => String(properties['AlarmName']).endsWith(`-${entry}`));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} alarms for ${entry}`);
  return only.properties;
}

/** What the collector really emits: namespace, dimensions and metrics. */
function emitted() {
  const lines: string[] = [];
  createEmitter(
    (line) => lines.push(line),
    () => SLOT,
    'the-function',
  )({ AccountsFailed: 0, DaysToKeyExpiry: 1 });
  const line = objectOf(JSON.parse(lines.join()));
  const [definition] = Object.values(objectOf(line['_aws'])).flatMap((value) =>
    Array.isArray(value) ? value : [],
  );
  const { Namespace, Dimensions, Metrics } = objectOf(definition);
  return { line, Namespace, Dimensions, Metrics };
}

describe('every alarm', () => {
  it.each(
    standard.all(ALARM).map(({ properties }) => [String(properties['AlarmName']), properties] as const),
  )('notifies the topic when it goes off and when it clears: %s', (_, properties) => {
    expect(properties['AlarmActions']).toStrictEqual([{ Ref: topic.id }]);
    expect(properties['OKActions']).toStrictEqual([{ Ref: topic.id }]);
    expect(properties).not.toHaveProperty('ActionsEnabled');
  });

  it('is named after its stack and its runbook entry, and says what happened and what to do', () => {
    for (const stack of [standard, subscribed]) {
      for (const { properties } of stack.all(ALARM)) {
        // The longest name that a stack can have.
        const description = deployedText(properties['AlarmDescription'], 'a'.repeat(128));
        const [, entry = ''] = /See docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
        expect(properties['AlarmName']).toBe(`${stack === standard ? 'stack-0' : 'mine'}-${entry}`);
        // What happened; what to do; where to read more.
        expect(description.split(/(?<=[.`]|\$2529) (?=[A-Z])/).length).toBeGreaterThanOrEqual(3);
        expect(description.length).toBeLessThanOrEqual(1024);
        // It is sent by e-mail.
        expect(description).toMatch(/^[\x20-\x7e]+$/);
      }
    }
  });

  it('of a failure links to the accounts, codes and remedies in the log, without a checkout', () => {
    const described = (name: string) => {
      const found = subscribed
        .all(ALARM)
        .find(({ properties }) => properties['AlarmName'] === `mine-${name}`);
      return deployedText(found?.properties['AlarmDescription']);
    };
    const [link = ''] = /https:\S+/.exec(described('account-failed')) ?? [];
    expect(link).toMatch(
      /^https:\/\/ap-southeast-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=ap-southeast-1#logsV2:logs-insights\$3FqueryDetail\$3D[A-Za-z0-9$*-]+$/,
    );
    // As the console reads it: $ for %, twice; then an asterisk for % within a text.
    const detail = decodeURIComponent(
      decodeURIComponent(link.replace(/^.*queryDetail\$3D/, '').replaceAll('$', '%')),
    );
    expect(detail).toMatch(
      /^~\(end~0~start~-86400~timeType~'RELATIVE~unit~'seconds~editorString~'(?:[A-Za-z0-9]|\*[0-9a-f]{2})+~source~\(~'mine-CollectorLog\w+-A1B2C3D4E5F6\)\)$/,
    );
    const query = /editorString~'([^~]+)/.exec(detail)?.[1]?.replaceAll('*', '%') ?? '';
    expect(decodeURIComponent(query)).toBe(
      'fields slot, account, outcome, detail, remedy | filter message = "account" and level != "INFO" | sort @timestamp desc',
    );
    expect(described('run-error')).toContain('https://');
  });

  it('from another part also notifies the topic', () => {
    const stack = new Stack(new App(), 'Other');
    const collector = new LambdaFunction(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: new InlineCode('exports.handler = () => {}'),
    });
    const monitoring = new Monitoring(stack, 'Monitoring', {
      collector,
      logGroup: new LogGroup(stack, 'Log'),
      every: '1h',
      failedRuns: new DeadLetters(stack, 'FailedRuns'),
      undelivered: new DeadLetters(stack, 'Undelivered'),
      sealing: undefined,
      alarmEmail: undefined,
    });
    const metric = new Metric({ namespace: 'AWS/EC2', metricName: 'StatusCheckFailed' });
    monitoring.addAlarm(
      new Alarm(stack, 'Theirs', { alarmName: 'x-theirs', metric, threshold: 0, evaluationPeriods: 1 }),
    );
    Template.fromStack(stack).hasResourceProperties(ALARM, {
      AlarmName: 'x-theirs',
      AlarmActions: [stack.resolve(monitoring.topicArn)],
      OKActions: [stack.resolve(monitoring.topicArn)],
    });
  });
});

describe('the alarm', () => {
  const { Namespace, Dimensions, Metrics, line } = emitted();

  it('for a failed account goes off when a run reports one, and stays until a run reports none', () => {
    expect(alarm('account-failed')).toMatchObject({
      Namespace,
      MetricName: 'AccountsFailed',
      Dimensions: [functionName],
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  it('for a run error does the same with the function’s errors, counting every attempt', () => {
    expect(alarm('run-error')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [functionName],
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  it.each([
    ['failed-run-kept', 'CollectorFailedRuns'],
    ['event-undelivered', 'ScheduleUndelivered'],
  ])('%s goes off while its queue has a message', (entry, queue) => {
    const properties = alarm(entry);
    expect(properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(JSON.stringify(properties['Dimensions'])).toContain(`["${queue}Queue`);
  });

  it.each([
    ['key-expires', 30],
    ['key-expires-soon', 7],
    ['key-expires-tomorrow', 1],
  ])(
    '%s goes off %i days before, and clears after two days: one day without data does not clear it',
    (entry, days) => {
      expect(alarm(entry)).toMatchObject({
        Namespace,
        MetricName: 'DaysToKeyExpiry',
        Dimensions: [functionName],
        Statistic: 'Minimum',
        ComparisonOperator: 'LessThanOrEqualToThreshold',
        Threshold: days,
        Period: 24 * 3600,
        EvaluationPeriods: 2,
        DatapointsToAlarm: 1,
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it.each(ALL_CADENCES)(
    'for no run counts the runs of two slots, and treats missing data as no run: %s',
    (every) => {
      const [stack] = synthesize({ every });
      const properties = alarm('no-run', stack);
      const { period, periods } = silenceOfTwoSlots(every);
      expect(properties).toMatchObject({
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        EvaluationPeriods: periods,
        TreatMissingData: 'breaching',
        Metrics: [
          { Expression: 'FILL(runs, 0)', ReturnData: true },
          {
            Id: 'runs',
            ReturnData: false,
            MetricStat: {
              Metric: { Namespace, MetricName: 'AccountsFailed', Dimensions: [functionName] },
              Stat: 'SampleCount',
              Period: period / SECOND,
            },
          },
        ],
      });
      // All periods must breach: one run in any of them is enough.
      expect(properties).not.toHaveProperty('DatapointsToAlarm');
    },
  );

  it('for no seal goes off when no run of the sealer has succeeded for two days, also if none ever has', () => {
    const properties = alarm('no-seal');
    expect(properties).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
      Metrics: [
        { Expression: 'FILL(errors, 1)', ReturnData: true },
        {
          Id: 'errors',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Errors',
              Dimensions: [{ Name: 'FunctionName', Value: { Ref: standard.part('Sealer', FUNCTION).id } }],
            },
            Stat: 'Minimum',
            Period: 24 * 3600,
          },
        },
      ],
    });
    expect(properties).not.toHaveProperty('DatapointsToAlarm');
  });

  it('watches a metric that the collector emits, with the same dimension', () => {
    expect(Dimensions).toStrictEqual([[functionName.Name]]);
    expect(line[functionName.Name]).toBe('the-function');
    expect(Metrics).toStrictEqual([
      { Name: 'AccountsFailed', Unit: 'Count' },
      { Name: 'DaysToKeyExpiry', Unit: 'None' },
    ]);
  });
});

describe('the topic of the alarms', () => {
  const statements = objectOf(standard.the('AWS::SNS::TopicPolicy').properties['PolicyDocument'])[
    'Statement'
  ];

  it('accepts only alarms of this AWS account and region, and only TLS', () => {
    const own = {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':cloudwatch:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':alarm:*',
        ],
      ],
    };
    expect(statements).toStrictEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topic.id },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic.id },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': own },
        },
      }),
    ]);
  });

  it('is not encrypted with a key that CloudWatch may not use', () => {
    expect(topic.properties).toStrictEqual({});
  });

  it('has the configured address as its subscriber, or none', () => {
    expect(subscribed.the(SUBSCRIPTION).properties).toStrictEqual({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: subscribed.the(TOPIC).id },
    });
    expect(standard.all(SUBSCRIPTION)).toHaveLength(0);
  });
});
