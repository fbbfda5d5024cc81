import type { TemplateResource } from '../../infra/template.ts';
import { add, type Decimal, multiply } from '../../lambda/core/decimal.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { MetricName } from '../../lambda/core/metrics.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import type { Usage } from './bill.ts';
import { exact } from './exact.ts';
import type { Month } from './month.ts';
import type { Priced } from './price-list.ts';

/** What one resource uses in a month; `resources` are for looking up references. */
type Meter = (
  resource: TemplateResource,
  month: Month,
  resources: readonly TemplateResource[],
) => readonly Usage[];

/**
 * The fraction of a month that each of the collector's metrics is billed for. A metric is billed for the hours in which it
 * is sent (aws.amazon.com/cloudwatch/pricing): one is sent by every run and counted for the whole month; the other is sent
 * once a day, so a little over a 24th.
 */
const MONTHS_OF_METRIC: Readonly<Record<MetricName, Decimal>> = {
  AccountsFailed: exact(1),
  DaysToKeyExpiry: exact('0.05'),
};
/** Alarm e-mails per month. */
const NOTICES = 20;
const MB_IN_GB = exact('0.0009765625');
const NOTHING = exact(0);
const ONE = exact(1);
/** The default root volume of Amazon Linux 2023: github.com/namecheap/ec2-github-runner/issues/44 */
const ROOT_VOLUME = { VolumeSize: 8, VolumeType: 'gp3' };

const METERS = new Map<string, Meter>([
  ['AWS::Scheduler::Schedule', meterSchedule],
  ['AWS::Lambda::Function', meterFunction],
  ['AWS::Logs::LogGroup', meterLogGroup],
  ['AWS::DynamoDB::GlobalTable', meterTable],
  ['AWS::SecretsManager::Secret', (_, { readings }) => [use('secret', ONE), use('secretCall', readings)]],
  // Only for dead letters, and every run is assumed to succeed.
  ['AWS::SQS::Queue', () => [use('queueRequest', NOTHING)]],
  ['AWS::SNS::Topic', () => [use('notice', exact(NOTICES))]],
  ['AWS::SNS::Subscription', meterSubscription],
  ['AWS::CloudWatch::Alarm', meterAlarm],
  ['AWS::CloudWatch::Dashboard', () => [use('dashboard', ONE)]],
  ['AWS::EC2::Instance', meterInstance],
  ['AWS::EC2::EIP', (_, { hours }) => [use('addressHour', hours)]],
  [
    'AWS::EC2::NatGateway',
    (_, { hours, natGb }) => [use('natGatewayHour', hours), use('natGatewayGb', natGb)],
  ],
  ['AWS::EC2::VPCEndpoint', meterEndpoint],
]);

/** Resources that cost nothing themselves; their traffic is counted elsewhere. */
const FREE: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'Custom::VpcRestrictDefaultSG',
]);

/**
 * What the resources of a stack use in a month.
 *
 * @throws CodedError `cost.unpriced` for the first resource of an unknown type or variant, because it may cost something.
 */
export function usageOf(resources: readonly TemplateResource[], month: Month): Usage[] {
  return resources.flatMap((resource) => {
    if (FREE.has(resource.type)) return [];
    const meter = METERS.get(resource.type);
    if (meter === undefined) throw unpriced(resource);
    return meter(resource, month, resources);
  });
}

/** A schedule's input says whose it is: the collector is called for slots, the sealer for days. */
function isOfSealer(schedule: TemplateResource): boolean {
  return String(at(schedule.properties, 'Target', 'Input')).startsWith('{"seal"');
}

function meterSchedule(resource: TemplateResource, { runs, sealer }: Month): Usage[] {
  return [use('schedulerInvocation', isOfSealer(resource) ? sealer.runs : runs)];
}

function meterFunction(
  resource: TemplateResource,
  month: Month,
  resources: readonly TemplateResource[],
): Usage[] {
  const { Architectures: architectures, MemorySize: memory = 128 } = resource.properties;
  const schedule = scheduleOf(resource, resources);
  if (schedule === undefined) {
    // The CDK's own helpers run only when the stack is deployed.
    if (resources.some(({ properties }) => refersTo(properties['ServiceToken'], resource))) return [];
    throw unpriced(resource, 'that no schedule calls');
  }
  if (!Array.isArray(architectures) || architectures[0] !== 'arm64')
    throw unpriced(resource, 'that is not arm64');
  if (typeof memory !== 'number') throw unpriced(resource, 'whose memory is not a number');
  const { runs, seconds } = isOfSealer(schedule) ? month.sealer : month;
  const called = [
    use('lambdaRequest', runs),
    use('lambdaGbSecond', multiply(seconds, multiply(exact(memory), MB_IN_GB))),
  ];
  // The sealer emits nothing. What it sends to a time-stamp authority, 100 bytes a day, is not counted.
  if (isOfSealer(schedule)) return called;
  return [...called, use('metric', Object.values(MONTHS_OF_METRIC).reduce(add)), use('sentGb', month.sentGb)];
}

function meterLogGroup(
  resource: TemplateResource,
  month: Month,
  resources: readonly TemplateResource[],
): Usage[] {
  const { RetentionInDays: days, LogGroupClass: logClass = 'STANDARD' } = resource.properties;
  const writer = resources.find(({ properties }) =>
    refersTo(at(properties, 'LoggingConfig', 'LogGroup'), resource),
  );
  const schedule = writer && scheduleOf(writer, resources);
  if (schedule === undefined) throw unpriced(resource, 'that no scheduled function writes to');
  if (logClass !== 'STANDARD') throw unpriced(resource, 'that is not of the standard class');
  if (typeof days !== 'number') throw unpriced(resource, 'that never expires');
  const { loggedGb, loggedGbADay } = isOfSealer(schedule) ? month.sealer : month;
  // One day's log, times the days of retention.
  return [use('logGb', loggedGb), use('logGbMonth', multiply(loggedGbADay, exact(days)))];
}

/**
 * A global table in a single region is billed as a table (docs.aws.amazon.com/cdk/api/latest/python/aws_cdk.aws_dynamodb/CfnGlobalTable.html).
 * With copies, each write is billed once for each replica, the first included, at the price of a write; each replica stores, and
 * restores, on its own; and what goes to another region is billed as sent there
 * (docs.aws.amazon.com/amazondynamodb/latest/developerguide/global-tables-billing.html). Nothing here reads a copy.
 */
function meterTable(
  resource: TemplateResource,
  { writeUnits, readUnits, writtenGb, storedGb }: Month,
): Usage[] {
  const { BillingMode: billing, Replicas: listed, SSESpecification: encryption } = resource.properties;
  const replicas: readonly unknown[] = Array.isArray(listed) ? listed : [];
  if (billing !== 'PAY_PER_REQUEST') throw unpriced(resource, 'that is not billed per request');
  if (replicas.length === 0) throw unpriced(resource, 'in no region');
  if (replicas.some((replica) => at(replica, 'TableClass') !== undefined))
    throw unpriced(resource, 'that is not of the standard class');
  if (at(encryption, 'SSEEnabled') === true) throw unpriced(resource, 'encrypted with a KMS key');
  const restorable = replicas.filter(
    (replica) => at(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true,
  );
  const times = (quantity: Decimal, count: number) => multiply(quantity, exact(count));
  const copies = replicas.length - 1;
  return [
    use('dynamoWriteUnit', times(writeUnits, replicas.length)),
    use('dynamoReadUnit', readUnits),
    use('dynamoStorage', times(storedGb, replicas.length)),
    ...(restorable.length > 0 ? [use('dynamoPitr', times(storedGb, restorable.length))] : []),
    ...(copies > 0 ? [use('replicatedGb', times(writtenGb, copies))] : []),
  ];
}

function meterSubscription(resource: TemplateResource): Usage[] {
  if (resource.properties['Protocol'] !== 'email') throw unpriced(resource, 'that is not e-mail');
  return [use('email', exact(NOTICES))];
}

/** Each metric that an alarm watches counts; an expression over them does not. */
function meterAlarm(resource: TemplateResource): Usage[] {
  const { Metrics: queries, Period: period } = resource.properties;
  if (queries === undefined) return [useOfAlarm(period)];
  return (Array.isArray(queries) ? queries : []).flatMap((query) => {
    const stat = at(query, 'MetricStat');
    if (stat !== undefined) return [useOfAlarm(at(stat, 'Period'))];
    const expression = at(query, 'Expression');
    // Bands, searches and Metrics Insights watch more metrics than they name.
    if (typeof expression === 'string' && !/ANOMALY_DETECTION_BAND|SEARCH|SELECT/.test(expression)) return [];
    throw unpriced(resource, 'that watches more metrics than it names');
  });
}

function useOfAlarm(period: unknown): Usage {
  return use(typeof period === 'number' && period < 60 ? 'fastAlarm' : 'alarm', ONE);
}

function meterInstance(resource: TemplateResource, { hours }: Month): Usage[] {
  const { InstanceType: type, BlockDeviceMappings: mappings = [{ Ebs: ROOT_VOLUME }] } = resource.properties;
  if (type !== 't4g.nano') throw unpriced(resource, `of type ${JSON.stringify(type)}`);
  const volumes = (Array.isArray(mappings) ? mappings : []).map((mapping) => {
    const size = at(mapping, 'Ebs', 'VolumeSize');
    if (typeof size !== 'number' || at(mapping, 'Ebs', 'VolumeType') !== 'gp3')
      throw unpriced(resource, 'with a volume that is not gp3 of a given size');
    return use('gp3GbMonth', exact(size));
  });
  return [use('natInstanceHour', hours), ...volumes];
}

function meterEndpoint(resource: TemplateResource): Usage[] {
  const { VpcEndpointType: type = 'Gateway' } = resource.properties;
  if (type !== 'Gateway') throw unpriced(resource, `of type ${JSON.stringify(type)}`);
  return [];
}

/** The schedule that calls a function; undefined if none does. */
function scheduleOf(
  resource: TemplateResource,
  resources: readonly TemplateResource[],
): TemplateResource | undefined {
  return resources.find(
    ({ type, properties }) =>
      type === 'AWS::Scheduler::Schedule' && refersTo(at(properties, 'Target', 'Arn'), resource),
  );
}

/** True for a `Ref` to the resource, or an `Fn::GetAtt` of one of its attributes. */
function refersTo(value: unknown, { id }: TemplateResource): boolean {
  const attribute = at(value, 'Fn::GetAtt');
  return at(value, 'Ref') === id || (Array.isArray(attribute) && attribute[0] === id);
}

/** The value at a path in nested objects; undefined if the path does not exist. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

function use(of: Priced, quantity: Decimal): Usage {
  return { of, quantity };
}

function unpriced({ type, id }: TemplateResource, which?: string): CodedError {
  const what = which === undefined ? type : `${type} ${which}`;
  return new CodedError('cost.unpriced', `the stack cannot be priced: there is no price for ${what} (${id})`);
}
