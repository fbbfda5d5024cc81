import { describe, expect, it } from 'vitest';
import { cronExpression } from '../../infra/cron.ts';
import { CADENCES, tolerance } from '../../lambda/core/slots.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from '../support/arbitraries.ts';
import { objectOf } from '../support/checkout.ts';
import { type Synthesized, synthesize } from '../support/synthesized.ts';

const [standard, disposable, chosen, unsealed, copied, prepared, disposableCopies] = synthesize(
  {},
  { removal: 'destroy' },
  {
    regions: 'kr,id',
    every: '5m',
    timeZone: 'Asia/Seoul',
    memory: 1024,
    logDays: 90,
    jwtAlg: 'HS512',
    prices: 'false',
  },
  { seals: 'false' },
  { replicas: 'eu-west-1,us-east-1' },
  { replicas: 'prepared' },
  { replicas: 'eu-west-1', removal: 'destroy' },
);

const FUNCTION = 'AWS::Lambda::Function';
const TABLE = 'AWS::DynamoDB::GlobalTable';
const SECRET = 'AWS::SecretsManager::Secret';
const LOG_GROUP = 'AWS::Logs::LogGroup';
const QUEUE = 'AWS::SQS::Queue';
const SCHEDULE = 'AWS::Scheduler::Schedule';

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => objectOf(inner)[name], value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const fn = standard.part('Collector', FUNCTION);
const collectorRole = standard.target(fn.properties['Role']);
const schedule = standard.part('Schedule', SCHEDULE);
const schedulerRole = standard.target(at(schedule.properties, 'Target', 'RoleArn'));
const failedRuns = standard.target(
  at(
    standard.part('Collector', 'AWS::Lambda::EventInvokeConfig').properties,
    'DestinationConfig',
    'OnFailure',
    'Destination',
  ),
);
const undelivered = standard.target(at(schedule.properties, 'Target', 'DeadLetterConfig', 'Arn'));
const queues = [failedRuns, undelivered, ...queuesOfTheSealer(standard)];

function queuesOfTheSealer(stack: Synthesized) {
  const invoked = stack.part('Sealer', 'AWS::Lambda::EventInvokeConfig');
  const called = stack.part('SealSchedule', SCHEDULE);
  return [
    stack.target(at(invoked.properties, 'DestinationConfig', 'OnFailure', 'Destination')),
    stack.target(at(called.properties, 'Target', 'DeadLetterConfig', 'Arn')),
  ];
}

describe('the permissions', () => {
  it('are created before the function and the schedule', () => {
    for (const [{ whole }, role] of [
      [fn, collectorRole],
      [schedule, schedulerRole],
    ] as const) {
      const policies = standard
        .all('AWS::IAM::Policy')
        .filter(({ properties }) => JSON.stringify(properties['Roles']).includes(role.id));
      expect(policies).toHaveLength(1);
      expect(whole['DependsOn']).toEqual(expect.arrayContaining(policies.map(({ id }) => id)));
    }
  });
});

describe('the ledger', () => {
  const { properties } = standard.the(TABLE);

  it('is keyed by account and slot, and billed per request', () => {
    expect(properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'account', KeyType: 'HASH' },
        { AttributeName: 'slot', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'account', AttributeType: 'S' },
        { AttributeName: 'slot', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(properties).not.toHaveProperty('TimeToLiveSpecification');
    expect(properties).not.toHaveProperty('GlobalSecondaryIndexes');
  });

  it('can be restored to any second, and is protected from deletion', () => {
    expect(properties['Replicas']).toStrictEqual([
      {
        Region: { Ref: 'AWS::Region' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    ]);
  });

  it('can be deleted if the stack is disposable, and can be restored even then', () => {
    expect(list(disposable.the(TABLE).properties['Replicas'])).toMatchObject([
      {
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
  });

  it('has no copy and no stream by default', () => {
    expect(list(properties['Replicas'])).toHaveLength(1);
    expect(properties).not.toHaveProperty('StreamSpecification');
    expect(standard.outputs).not.toHaveProperty('ReplicaRegions');
  });

  it('and the secret keep their logical ids, since a deploy would otherwise create empty ones', () => {
    for (const stack of [standard, disposable, chosen, copied, prepared]) {
      expect([stack.the(TABLE).id, stack.the(SECRET).id]).toStrictEqual([
        'LedgerTable9343E4AA',
        'ApiKeysSecret2A98600C',
      ]);
    }
  });
});

describe('copies of the ledger', () => {
  /** A table without its replicas and its stream. */
  const rest = (stack: Synthesized) => {
    const { Replicas: _, StreamSpecification: __, ...others } = stack.the(TABLE).properties;
    return others;
  };
  const replicas = (stack: Synthesized) => list(stack.the(TABLE).properties['Replicas']).map(objectOf);

  it('are protected and restorable, each on its own, as the table itself is', () => {
    // Not stated, both are off: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html
    const settings = {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    };
    expect(replicas(copied)).toStrictEqual([
      { Region: { Ref: 'AWS::Region' }, ...settings },
      { Region: 'eu-west-1', ...settings },
      { Region: 'us-east-1', ...settings },
    ]);
  });

  it('can be deleted, and restored, if the stack is disposable', () => {
    for (const replica of replicas(disposableCopies)) {
      expect(replica).toMatchObject({
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    expect(replicas(disposableCopies)).toHaveLength(2);
  });

  it('need the stream, which a prepared table has already', () => {
    for (const stack of [copied, prepared]) {
      // docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-streamspecification.html
      expect(stack.the(TABLE).properties['StreamSpecification']).toStrictEqual({
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      });
      expect(rest(stack)).toStrictEqual(rest(standard));
    }
    expect(replicas(prepared)).toStrictEqual(replicas(standard));
  });

  it('are an output, if there are any', () => {
    expect(at(copied.outputs, 'ReplicaRegions', 'Value')).toBe('eu-west-1,us-east-1');
    expect(prepared.outputs).not.toHaveProperty('ReplicaRegions');
  });
});

describe('the secret', () => {
  it('has neither a value nor a generator', () => {
    expect(Object.keys(standard.the(SECRET).properties)).toStrictEqual(['Description']);
  });
});

describe('what the stack leaves behind', () => {
  const KEPT = [TABLE, SECRET, LOG_GROUP];

  it.each(KEPT)('by default is %s, whether it is deleted or replaced', (type) => {
    for (const { whole } of standard.all(type))
      expect(whole).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('is nothing with removal=destroy', () => {
    for (const { whole } of disposable.resources) {
      expect(['Delete', undefined]).toContain(whole['DeletionPolicy']);
      expect(['Delete', undefined]).toContain(whole['UpdateReplacePolicy']);
    }
    for (const { whole } of KEPT.flatMap((type) => disposable.all(type)))
      expect(whole['DeletionPolicy']).toBe('Delete');
  });
});

describe('the function', () => {
  const { properties } = fn;

  it('runs on Node 24 on arm64, for at most five minutes', () => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 300,
      MemorySize: 256,
      Handler: 'index.handler',
    });
  });

  it('reserves no concurrency', () => {
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('logs JSON to its own log group with the configured retention', () => {
    expect(properties['LoggingConfig']).toStrictEqual({
      LogFormat: 'JSON',
      LogGroup: { Ref: standard.part('Collector', LOG_GROUP).id },
    });
    expect(standard.part('Collector', LOG_GROUP).properties['RetentionInDays']).toBe(30);
    expect(chosen.part('Collector', LOG_GROUP).properties['RetentionInDays']).toBe(90);
  });

  it('has the configured memory', () => {
    expect(chosen.part('Collector', FUNCTION).properties['MemorySize']).toBe(1024);
  });

  it('gets table, secret, schedule and threads for names in its environment, and nothing else', () => {
    expect(at(properties, 'Environment', 'Variables')).toStrictEqual({
      TABLE_NAME: { Ref: standard.the(TABLE).id },
      API_KEYS_SECRET_ID: { Ref: standard.the(SECRET).id },
      REGIONS: 'sg,id,th',
      EVERY: '1h',
      TIME_ZONE: 'UTC',
      UV_THREADPOOL_SIZE: '16',
    });
    expect(at(chosen.part('Collector', FUNCTION).properties, 'Environment', 'Variables')).toMatchObject({
      REGIONS: 'kr,id',
      EVERY: '5m',
      TIME_ZONE: 'Asia/Seoul',
      JWT_ALG: 'HS512',
      PRICES: 'false',
    });
  });

  it('accepts the environment it is given', () => {
    for (const stack of [standard, disposable, chosen]) {
      const variables = objectOf(
        at(stack.part('Collector', FUNCTION).properties, 'Environment', 'Variables'),
      );
      const values = Object.entries(variables).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : stack.target(value).id,
      ]);
      const environment = readEnvironment(Object.fromEntries(values));
      expect(environment.tableName).toBe(stack.the(TABLE).id);
      expect(environment.prices).toBe(stack !== chosen);
    }
  });

  it('has no variable that Lambda reserves', () => {
    for (const name of Object.keys(objectOf(at(properties, 'Environment', 'Variables')))) {
      expect(name).not.toMatch(/^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN|TZ$)/);
    }
  });
});

describe('the schedule', () => {
  const grids = ALL_CADENCES.flatMap((every) => ALL_TIME_ZONES.map((timeZone) => ({ every, timeZone })));
  const stacks = synthesize(...grids);

  it('fires at the slots of every cadence in every zone, and passes the slot', () => {
    for (const [index, { every, timeZone }] of grids.entries()) {
      expect(stacks[index]?.part('Schedule', SCHEDULE).properties, `${every} ${timeZone}`).toMatchObject({
        ScheduleExpression: cronExpression(every),
        ScheduleExpressionTimezone: timeZone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Input: '{"slot":"<aws.scheduler.scheduled-time>"}' },
      });
    }
    expect(stacks).toHaveLength(13 * 5);
  });

  it('and the function agree on the grid', () => {
    for (const [index, { every, timeZone }] of grids.entries()) {
      expect(
        at(stacks[index]?.part('Collector', FUNCTION).properties, 'Environment', 'Variables'),
      ).toMatchObject({
        EVERY: every,
        TIME_ZONE: timeZone,
      });
    }
  });

  it('and the function give up an event once it is older than the tolerance, at any cadence', () => {
    for (const [index, { every }] of grids.entries()) {
      const stack = stacks[index];
      const ages = [
        at(stack?.part('Schedule', SCHEDULE).properties, 'Target', 'RetryPolicy', 'MaximumEventAgeInSeconds'),
        at(stack?.part('Collector', 'AWS::Lambda::EventInvokeConfig').properties, 'MaximumEventAgeInSeconds'),
      ];
      const seconds = tolerance(every) / 1_000;
      expect(ages, every).toStrictEqual([seconds, seconds]);
      // Both services accept whole seconds from 60.
      expect(seconds).toBeGreaterThanOrEqual(60);
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds * 1_000).toBeLessThanOrEqual(Math.max(CADENCES[every], 90_000));
    }
  });

  it('calls the function, whose failed runs are retried twice', () => {
    expect(standard.target(at(schedule.properties, 'Target', 'Arn'))).toBe(fn);
    expect(standard.part('Collector', 'AWS::Lambda::EventInvokeConfig').properties).toMatchObject({
      FunctionName: { Ref: fn.id },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
    });
  });

  it('belongs to the group that its role is restricted to', () => {
    expect(standard.target(schedule.properties['GroupName'])).toBe(
      standard.part('Schedule', 'AWS::Scheduler::ScheduleGroup'),
    );
  });
});

describe('the dead-letter queues', () => {
  it('belong to the two schedules and to the two functions', () => {
    expect(
      standard
        .all(QUEUE)
        .map(({ id }) => id)
        .sort(),
    ).toStrictEqual(queues.map(({ id }) => id).sort());
    expect(new Set(queues).size).toBe(4);
  });

  it.each(queues)('keep messages for 14 days, encrypted, and accept only TLS: $id', (queue) => {
    expect(queue.properties).toStrictEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
    const policies = standard
      .all('AWS::SQS::QueuePolicy')
      .filter(({ properties }) => list(properties['Queues']).some((name) => standard.target(name) === queue));
    expect(policies.map(({ properties }) => at(properties, 'PolicyDocument', 'Statement'))).toStrictEqual([
      [
        {
          Action: 'sqs:*',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
        },
      ],
    ]);
  });
});

describe('the stack', () => {
  const options = { alarmEmail: 'ops@example.com', dashboard: true };
  const two = synthesize({ stackName: 'first', ...options }, { stackName: 'second', ...options });
  /** Names that an alarm watches, or that are unique only inside a role. */
  const NO_NAME_OF_ITS_OWN = ['MetricName', 'PolicyName'];
  /** Every name in a template, from any property. */
  const namesIn = (stack: Synthesized) =>
    stack.resources.flatMap(({ type, properties }) =>
      Object.entries(properties)
        .filter(([property, value]) => /Name$/.test(property) && typeof value === 'string')
        .filter(([property]) => !NO_NAME_OF_ITS_OWN.includes(property))
        .map(([property, value]) => `${type} ${property} ${value}`),
    );

  it('names only its alarms, after itself, so that two stacks fit into one AWS account', () => {
    const [first, second] = two.map(namesIn);
    expect(first).toHaveLength(9);
    for (const name of first ?? []) expect(name).toMatch(/^AWS::CloudWatch::Alarm AlarmName first-/);
    expect(second).toHaveLength(9);
    expect((second ?? []).filter((name) => first?.includes(name))).toStrictEqual([]);
  });

  it('with the longest name has no name, tag or logical id that is too long for AWS', () => {
    const [long] = synthesize({ stackName: 'x'.repeat(128), egress: 'nat-instance', ...options });
    const ids = long.resources.map(({ id }) => id);
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(255);
    for (const { properties } of long.all('AWS::CloudWatch::Alarm'))
      expect(String(properties['AlarmName']).length).toBeLessThanOrEqual(255);
    const tags = long.resources.flatMap(({ properties }) => list(properties['Tags'] ?? []).map(objectOf));
    expect(tags.length).toBeGreaterThan(0);
    for (const { Value } of tags) expect(String(Value).length).toBeLessThanOrEqual(256);
    // CloudFormation generates the others, and truncates them to each service's limit.
    expect(namesIn(long).map((name) => name.split(' ')[0])).toStrictEqual(
      Array.from({ length: 11 }, () => 'AWS::CloudWatch::Alarm'),
    );
  });

  it('without seals has only the resources it needs', () => {
    expect(unsealed.resources.map(({ type }) => type).sort()).toStrictEqual(
      [
        TABLE,
        SECRET,
        FUNCTION,
        'AWS::Lambda::EventInvokeConfig',
        LOG_GROUP,
        SCHEDULE,
        'AWS::Scheduler::ScheduleGroup',
        'AWS::SNS::Topic',
        'AWS::SNS::TopicPolicy',
        ...Array.from({ length: 8 }, () => 'AWS::CloudWatch::Alarm'),
        ...['AWS::IAM::Role', 'AWS::IAM::Policy', QUEUE, 'AWS::SQS::QueuePolicy'].flatMap((type) => [
          type,
          type,
        ]),
      ].sort(),
    );
  });

  it('has the outputs that the commands and the deploy need', () => {
    const values = Object.entries(standard.outputs).map(([name, output]) => [name, at(output, 'Value')]);
    expect(Object.fromEntries(values)).toStrictEqual({
      TableName: { Ref: standard.the(TABLE).id },
      ApiKeysSecretArn: { Ref: standard.the(SECRET).id },
      CollectorFunctionName: { Ref: fn.id },
      CollectorLogGroupName: { Ref: standard.part('Collector', LOG_GROUP).id },
      ScheduleName: {
        'Fn::Join': [
          '',
          [
            { Ref: standard.part('Schedule', 'AWS::Scheduler::ScheduleGroup').id },
            '/',
            { Ref: standard.part('Schedule', SCHEDULE).id },
          ],
        ],
      },
      UndeliveredQueueUrl: { Ref: expect.stringMatching(/^ScheduleUndelivered/) },
      FailedRunsQueueUrl: { Ref: expect.stringMatching(/^CollectorFailedRuns/) },
      SealerFunctionName: { Ref: standard.part('Sealer', FUNCTION).id },
      SealerLogGroupName: { Ref: standard.part('Sealer', LOG_GROUP).id },
      SealerScheduleName: {
        'Fn::Join': [
          '',
          [
            { Ref: standard.part('SealSchedule', 'AWS::Scheduler::ScheduleGroup').id },
            '/',
            { Ref: standard.part('SealSchedule', SCHEDULE).id },
          ],
        ],
      },
      SealerUndeliveredQueueUrl: { Ref: expect.stringMatching(/^SealScheduleUndelivered/) },
      SealerFailedRunsQueueUrl: { Ref: expect.stringMatching(/^SealerFailedRuns/) },
      AlarmTopicArn: { Ref: standard.the('AWS::SNS::Topic').id },
      AwsRegion: { Ref: 'AWS::Region' },
    });
  });

  it('is tied to no AWS account or region', () => {
    expect(standard.text).not.toMatch(/\b\d{12}\b|\b(?:us|eu|ap|ca|sa|me|af)-[a-z]+-\d\b/);
  });
});
