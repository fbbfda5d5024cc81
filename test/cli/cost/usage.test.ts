import { describe, expect, it } from 'vitest';
import { billOf } from '../../../cli/cost/bill.ts';
import { monthOf } from '../../../cli/cost/month.ts';
import { PRICE_LIST } from '../../../cli/cost/price-list.ts';
import { usageOf } from '../../../cli/cost/usage.ts';
import { synthesize, type TemplateResource } from '../../../infra/template.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { CodedError } from '../../../lambda/core/error.ts';

const WORK = {
  accounts: 3,
  currencies: 28,
  every: '1h',
  regions: 3,
  prices: true,
  timestamps: false,
  months: 12,
} as const;
const MONTH = monthOf({ ...WORK, seals: false });
const SEALED = monthOf({ ...WORK, seals: true });
const resource = (type: string, properties: TemplateResource['properties'] = {}, id = 'It') => ({
  id,
  type,
  properties,
});
const used = (...resources: readonly TemplateResource[]) =>
  usageOf(resources, MONTH).map(({ of, quantity }) => `${formatDecimal(quantity)} ${of}`);

const SCHEDULE = resource(
  'AWS::Scheduler::Schedule',
  { Target: { Arn: { 'Fn::GetAtt': ['Collector', 'Arn'] } } },
  'Schedule',
);
const FUNCTION = { Architectures: ['arm64'], MemorySize: 256, LoggingConfig: { LogGroup: { Ref: 'Log' } } };
const COLLECTOR = resource('AWS::Lambda::Function', FUNCTION, 'Collector');
const LOG = resource('AWS::Logs::LogGroup', { RetentionInDays: 30 }, 'Log');
const REPLICA = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
const TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  Replicas: [REPLICA],
  SSESpecification: { SSEEnabled: false },
};
const metric = (Period: number) => ({ Id: 'm', MetricStat: { Metric: {}, Period, Stat: 'Sum' } });

/** The resources that egress through a NAT instance or a NAT gateway adds to the stack. */
const NETWORK = [
  resource('AWS::EC2::VPC'),
  resource('AWS::EC2::Subnet'),
  resource('AWS::EC2::InternetGateway'),
  resource('AWS::EC2::SecurityGroup'),
  resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }),
  resource('AWS::EC2::EIP'),
];
const NAT_INSTANCE = [...NETWORK, resource('AWS::EC2::Instance', { InstanceType: 't4g.nano' })];
const NAT_GATEWAY = [...NETWORK, resource('AWS::EC2::NatGateway')];

describe('a resource uses', () => {
  it.each([
    ['a schedule', [SCHEDULE], ['744 schedulerInvocation']],
    [
      'a scheduled function',
      [COLLECTOR, SCHEDULE],
      [
        '744 lambdaRequest',
        '677.04 lambdaGbSecond',
        '1.05 metric',
        '0.02232 sentGb',
        '744 schedulerInvocation',
      ],
    ],
    [
      'the log of a scheduled function',
      [LOG, COLLECTOR, SCHEDULE],
      expect.arrayContaining(['0.00236592 logGb', '0.0022896 logGbMonth']),
    ],
    [
      'a log kept three times as long',
      [{ ...LOG, properties: { RetentionInDays: 90 } }, COLLECTOR, SCHEDULE],
      expect.arrayContaining(['0.00236592 logGb', '0.0068688 logGbMonth']),
    ],
    [
      'a table',
      [resource('AWS::DynamoDB::GlobalTable', TABLE)],
      ['6696 dynamoWriteUnit', '744 dynamoReadUnit', '0.069799104 dynamoStorage', '0.069799104 dynamoPitr'],
    ],
    [
      'a table that cannot be restored',
      [resource('AWS::DynamoDB::GlobalTable', { ...TABLE, Replicas: [{}] })],
      ['6696 dynamoWriteUnit', '744 dynamoReadUnit', '0.069799104 dynamoStorage'],
    ],
    [
      'a table with two copies, of which one cannot be restored',
      [resource('AWS::DynamoDB::GlobalTable', { ...TABLE, Replicas: [REPLICA, REPLICA, {}] })],
      [
        '20088 dynamoWriteUnit',
        '744 dynamoReadUnit',
        '0.209397312 dynamoStorage',
        '0.139598208 dynamoPitr',
        '0.011633184 replicatedGb',
      ],
    ],
    ['a secret', [resource('AWS::SecretsManager::Secret')], ['1 secret', '744 secretCall']],
    ['a queue', [resource('AWS::SQS::Queue')], ['0 queueRequest']],
    ['a topic', [resource('AWS::SNS::Topic')], ['20 notice']],
    ['a subscription', [resource('AWS::SNS::Subscription', { Protocol: 'email' })], ['20 email']],
    ['a dashboard', [resource('AWS::CloudWatch::Dashboard')], ['1 dashboard']],
    ['an alarm', [resource('AWS::CloudWatch::Alarm', { MetricName: 'Errors', Period: 300 })], ['1 alarm']],
    [
      'an alarm with a period of half a minute',
      [resource('AWS::CloudWatch::Alarm', { MetricName: 'Errors', Period: 30 })],
      ['1 fastAlarm'],
    ],
    [
      'an alarm on a sum of two metrics',
      [
        resource('AWS::CloudWatch::Alarm', {
          Metrics: [{ Id: 'e', Expression: 'FILL(a, 0) + b' }, metric(60), metric(10)],
        }),
      ],
      ['1 alarm', '1 fastAlarm'],
    ],
    ['egress through an instance', NAT_INSTANCE, ['744 addressHour', '744 natInstanceHour', '8 gp3GbMonth']],
    [
      'an instance with its own volume',
      [
        resource('AWS::EC2::Instance', {
          InstanceType: 't4g.nano',
          BlockDeviceMappings: [{ Ebs: { VolumeSize: 4, VolumeType: 'gp3' } }],
        }),
      ],
      ['744 natInstanceHour', '4 gp3GbMonth'],
    ],
    [
      'egress through a gateway',
      NAT_GATEWAY,
      ['744 addressHour', '744 natGatewayHour', '0.19716 natGatewayGb'],
    ],
    [
      'a function that runs only during a deploy',
      [
        resource('AWS::Lambda::Function', {}, 'Helper'),
        resource('Custom::VpcRestrictDefaultSG', { ServiceToken: { 'Fn::GetAtt': ['Helper', 'Arn'] } }),
      ],
      [],
    ],
  ])('%s', (_, resources, expected) => {
    expect(used(...resources)).toEqual(expected);
  });
});

describe('the sealer', () => {
  const schedule = resource(
    'AWS::Scheduler::Schedule',
    {
      Target: {
        Arn: { 'Fn::GetAtt': ['Sealer', 'Arn'] },
        Input: '{"seal":"<aws.scheduler.scheduled-time>"}',
      },
    },
    'SealSchedule',
  );
  const log = { ...LOG, id: 'SealerLog' };
  const properties = { ...FUNCTION, MemorySize: 1024, LoggingConfig: { LogGroup: { Ref: log.id } } };
  const sealer = resource('AWS::Lambda::Function', properties, 'Sealer');

  it('is counted by its own runs, whatever the collector does, and emits no metric', () => {
    const resources = [schedule, sealer, log, SCHEDULE, COLLECTOR];
    const counted = usageOf(resources, SEALED).map(({ of, quantity }) => `${formatDecimal(quantity)} ${of}`);
    expect(counted.slice(0, 5)).toEqual([
      '31 schedulerInvocation',
      '31 lambdaRequest',
      '18.6992 lambdaGbSecond',
      '0.00004526 logGb',
      '0.0000438 logGbMonth',
    ]);
    expect(counted).toContain('744 lambdaRequest');
    expect(counted.filter((line) => line.endsWith(' metric'))).toEqual(['1.05 metric']);
  });
});

describe('a stack cannot be priced if it has', () => {
  it.each([
    ['AWS::KMS::Key', [resource('AWS::KMS::Key')]],
    ['AWS::EC2::FlowLog', [resource('AWS::EC2::FlowLog')]],
    ['Custom::Anything', [resource('Custom::Anything')]],
    ['AWS::Lambda::Function that no schedule calls', [COLLECTOR]],
    [
      'AWS::Lambda::Function that is not arm64',
      [{ ...COLLECTOR, properties: { ...FUNCTION, Architectures: ['x86_64'] } }, SCHEDULE],
    ],
    [
      'AWS::Lambda::Function whose memory is not a number',
      [{ ...COLLECTOR, properties: { ...FUNCTION, MemorySize: { Ref: 'Parameter' } } }, SCHEDULE],
    ],
    ['AWS::Logs::LogGroup that no scheduled function writes to', [LOG]],
    [
      'AWS::Logs::LogGroup that is not of the standard class',
      [
        { ...LOG, properties: { RetentionInDays: 30, LogGroupClass: 'INFREQUENT_ACCESS' } },
        COLLECTOR,
        SCHEDULE,
      ],
    ],
    ['AWS::Logs::LogGroup that never expires', [{ ...LOG, properties: {} }, COLLECTOR, SCHEDULE]],
    [
      'AWS::DynamoDB::GlobalTable that is not billed per request',
      [resource('AWS::DynamoDB::GlobalTable', { ...TABLE, BillingMode: 'PROVISIONED' })],
    ],
    [
      'AWS::DynamoDB::GlobalTable in no region',
      [resource('AWS::DynamoDB::GlobalTable', { ...TABLE, Replicas: [] })],
    ],
    [
      'AWS::DynamoDB::GlobalTable that is not of the standard class',
      [
        resource('AWS::DynamoDB::GlobalTable', {
          ...TABLE,
          Replicas: [REPLICA, { ...REPLICA, TableClass: 'STANDARD_INFREQUENT_ACCESS' }],
        }),
      ],
    ],
    [
      'AWS::DynamoDB::GlobalTable encrypted with a KMS key',
      [resource('AWS::DynamoDB::GlobalTable', { ...TABLE, SSESpecification: { SSEEnabled: true } })],
    ],
    ['AWS::SNS::Subscription that is not e-mail', [resource('AWS::SNS::Subscription', { Protocol: 'sms' })]],
    ...[
      'SELECT SUM(Errors) FROM "AWS/Lambda"',
      "SEARCH('{AWS/Lambda}', 'Sum')",
      'ANOMALY_DETECTION_BAND(m)',
    ].map((Expression): [string, TemplateResource[]] => [
      'AWS::CloudWatch::Alarm that watches more metrics than it names',
      [resource('AWS::CloudWatch::Alarm', { Metrics: [{ Id: 'e', Expression }] })],
    ]),
    ['AWS::EC2::Instance of type "t3.micro"', [resource('AWS::EC2::Instance', { InstanceType: 't3.micro' })]],
    [
      'AWS::EC2::Instance with a volume that is not gp3 of a given size',
      [
        resource('AWS::EC2::Instance', {
          InstanceType: 't4g.nano',
          BlockDeviceMappings: [{ Ebs: { VolumeSize: 8, VolumeType: 'io2' } }],
        }),
      ],
    ],
    [
      'AWS::EC2::VPCEndpoint of type "Interface"',
      [resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' })],
    ],
  ])('%s', (what, resources) => {
    const [{ id = '' } = {}] = resources;
    expect(() => usageOf(resources, MONTH)).toThrow(
      new CodedError('cost.unpriced', `the stack cannot be priced: there is no price for ${what} (${id})`),
    );
  });
});

describe('the default stack costs', () => {
  const { resources } = synthesize({});
  const bill = (...more: readonly TemplateResource[]) => {
    const { list, toPay } = billOf(usageOf([...resources, ...more], SEALED), PRICE_LIST);
    return { list: Number(formatDecimal(list)), toPay: Number(formatDecimal(toPay)) };
  };

  it('at most a dollar a month, and 1.70 without the free allowances', () => {
    const { list, toPay } = bill();
    expect(toPay).toBeLessThanOrEqual(1);
    expect(list).toBeLessThanOrEqual(1.7);
    expect(toPay).toBeGreaterThan(0.4);
  });

  it('at most 9.50 with a NAT instance, and over four times as much with a NAT gateway', () => {
    expect(bill(...NAT_INSTANCE).toPay).toBeLessThanOrEqual(9.5);
    expect(bill(...NAT_GATEWAY).toPay).toBeGreaterThan(4 * 9.5);
  });
});
