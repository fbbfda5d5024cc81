import { describe, expect, it } from 'vitest';
import { isObject } from '../../../lambda/core/parsed.ts';
import { objectOf } from '../../support/checkout.ts';
import { type Resource, type Synthesized, synthesize } from '../../support/synthesized.ts';

/** Every permission there is, and why. */
type Rights = Readonly<Record<string, string>>;

const UNSEALED: Rights = {
  'allow CollectorRole dynamodb:PutItem on LedgerTable': 'snapshots, failures and the catalog are items',
  'allow CollectorRole dynamodb:Query on LedgerTable if ForAllValues:StringEquals dynamodb:LeadingKeys #catalog':
    'the catalog is one partition; the function may not read what the accounts hold',
  'allow CollectorRole logs:CreateLogStream on CollectorLog': 'Lambda logs with the function’s role',
  'allow CollectorRole logs:PutLogEvents on CollectorLog': 'Lambda logs with the function’s role',
  'allow CollectorRole secretsmanager:GetSecretValue on ApiKeysSecret': 'the API keys are its value',
  'allow CollectorRole sqs:SendMessage on CollectorFailedRunsQueue':
    'Lambda sends events that failed for good with the function’s role',
  'allow ScheduleRole lambda:InvokeFunction on CollectorFunction': 'Scheduler calls the function',
  'allow ScheduleRole sqs:SendMessage on ScheduleUndeliveredQueue':
    'Scheduler keeps what it could not deliver',
  'allow lambda.amazonaws.com sts:AssumeRole on CollectorRole':
    'a function needs a role; Lambda sets no source when it assumes one',
  'allow scheduler.amazonaws.com sts:AssumeRole on ScheduleRole if StringEquals aws:SourceAccount AWS::AccountId, StringEquals aws:SourceArn ScheduleGroup':
    'a schedule needs a role; no schedule of another account or group may use this one',
  'allow cloudwatch.amazonaws.com sns:Publish on MonitoringAlarmsTopic if StringEquals aws:SourceAccount AWS::AccountId, ArnLike aws:SourceArn arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*':
    'alarms publish to the topic; those of other accounts may not',
  'deny * sns:Publish on MonitoringAlarmsTopic if Bool aws:SecureTransport false': 'denies: TLS only',
  'deny * sqs:* on CollectorFailedRunsQueue if Bool aws:SecureTransport false': 'denies: TLS only',
  'deny * sqs:* on ScheduleUndeliveredQueue if Bool aws:SecureTransport false': 'denies: TLS only',
};

const EVERYWHERE: Rights = {
  ...UNSEALED,
  'allow SealerRole dynamodb:Query on LedgerTable': 'a seal is the hash of everything recorded in a day',
  'allow SealerRole dynamodb:PutItem on LedgerTable if ForAllValues:StringEquals dynamodb:LeadingKeys #seal, Null dynamodb:LeadingKeys false':
    'seals are one partition; the sealer may not write what it seals',
  'allow SealerRole logs:CreateLogStream on SealerLog': 'Lambda logs with the function’s role',
  'allow SealerRole logs:PutLogEvents on SealerLog': 'Lambda logs with the function’s role',
  'allow SealerRole sqs:SendMessage on SealerFailedRunsQueue':
    'Lambda sends events that failed for good with the function’s role',
  'allow SealScheduleRole lambda:InvokeFunction on SealerFunction': 'Scheduler calls the function',
  'allow SealScheduleRole sqs:SendMessage on SealScheduleUndeliveredQueue':
    'Scheduler keeps what it could not deliver',
  'allow lambda.amazonaws.com sts:AssumeRole on SealerRole':
    'a function needs a role; Lambda sets no source when it assumes one',
  'allow scheduler.amazonaws.com sts:AssumeRole on SealScheduleRole if StringEquals aws:SourceAccount AWS::AccountId, StringEquals aws:SourceArn SealScheduleGroup':
    'a schedule needs a role; no schedule of another account or group may use this one',
  'deny * sqs:* on SealerFailedRunsQueue if Bool aws:SecureTransport false': 'denies: TLS only',
  'deny * sqs:* on SealScheduleUndeliveredQueue if Bool aws:SecureTransport false': 'denies: TLS only',
};

const INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const WITH_EGRESS: Rights = {
  ...EVERYWHERE,
  ...Object.fromEntries(
    INTERFACES.flatMap((action) => [
      [
        `allow CollectorRole ${action} on *`,
        'Lambda connects the function to the VPC with the function’s role; it creates the interface, so its name is unknown',
      ],
      [
        `deny CollectorRole ${action} on * if Null lambda:SourceFunctionArn false`,
        'denies: the function’s own code may not do what Lambda may',
      ],
    ]),
  ),
  'allow * dynamodb:PutItem on LedgerTable if ArnEquals aws:PrincipalArn CollectorRole':
    'the endpoint allows what the collector may do; a gateway endpoint identifies callers only by the condition',
  'allow * dynamodb:Query on LedgerTable if ArnEquals aws:PrincipalArn CollectorRole':
    'the endpoint allows what the collector may do; a gateway endpoint identifies callers only by the condition',
};

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A string, or the name of the referenced resource without the CDK's hash; or several of them joined. */
function name(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = objectOf(value);
  if (Array.isArray(join)) return list(join[1]).map(name).join(name(join[0]));
  const [id, ...others] = Array.isArray(attribute) ? attribute : [ref];
  if (typeof id !== 'string' || (others.length > 0 && others[0] !== 'Arn'))
    throw new Error(JSON.stringify(value));
  return id.replace(/[0-9A-F]{8}$/, '');
}

function condition(value: unknown): string {
  const terms = Object.entries(objectOf(value ?? {})).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys)).flatMap(([key, values]) =>
      list(values).map((one) => `${operator} ${key} ${name(one)}`),
    ),
  );
  return terms.length === 0 ? '' : ` if ${terms.join(', ')}`;
}

const WITH_MAIL: Rights = {
  ...EVERYWHERE,
  'allow SealerRole sns:Publish on MonitoringAlarmsTopic': 'the sealer mails the last root of each month',
};

/** What one statement says for each principal, action and resource. Throws for forms not used here. */
function sentences(statement: unknown, who: readonly string[], onto: string | undefined): string[] {
  const { Effect, Principal, Action, Resource, Condition, Sid: _, ...others } = objectOf(statement);
  expect(others, 'NotAction and the like').toStrictEqual({});
  const named = isObject(Principal) ? Object.values(Principal).flatMap(list) : list(Principal ?? []).flat();
  const principals = Principal === undefined ? who : named.map(name);
  const things = Resource === undefined ? list(onto).map(name) : list(Resource).map(name);
  return principals.flatMap((principal) =>
    list(Action).flatMap((action) =>
      things.map(
        (thing) =>
          `${name(Effect).toLowerCase()} ${principal} ${name(action)} on ${thing}${condition(Condition)}`,
      ),
    ),
  );
}

function rightsIn(resource: Resource): string[] {
  const { type, id, properties } = resource;
  const whole = ['ManagedPolicyArns', 'Policies', 'PermissionsBoundary'].filter((key) => key in properties);
  expect(whole, `${id} has other policies`).toStrictEqual([]);
  if (type === 'AWS::Lambda::Permission') throw new Error(`${id} lets somebody call a function`);
  const who = list(properties['Roles'] ?? [])
    .flat()
    .map(name);
  return Object.values(properties)
    .filter((value) => isObject(value) && 'Statement' in value)
    .flatMap((policy) => list(objectOf(policy)['Statement']))
    .flatMap((statement) => sentences(statement, who, name({ Ref: id })));
}

const rightsOf = (stack: Synthesized) => stack.resources.flatMap(rightsIn).sort();

const [standard, disposable, instance, gateway, unsealed, copied, mailed, unsealedMail] = synthesize(
  {},
  { removal: 'destroy' },
  { egress: 'nat-instance' },
  { egress: 'nat-gateway' },
  { seals: false },
  { replicas: 'eu-west-1' },
  { alarmEmail: 'ops@example.com' },
  { alarmEmail: 'ops@example.com', seals: false },
);

describe('every permission of the stack', () => {
  it.each([
    ['by default', standard, EVERYWHERE],
    ['in a disposable stack', disposable, EVERYWHERE],
    ['behind a NAT instance', instance, WITH_EGRESS],
    ['behind a NAT gateway', gateway, WITH_EGRESS],
    ['without seals', unsealed, UNSEALED],
    ['with mail', mailed, WITH_MAIL],
    ['with mail and without seals', unsealedMail, UNSEALED],
    // Nothing may write to a copy, or read it.
    ['with a copy of the table', copied, EVERYWHERE],
  ])('has its reason: %s', (_, stack, allowed) => {
    expect(rightsOf(stack)).toStrictEqual(Object.keys(allowed).sort());
  });

  it('belongs to one of four roles', () => {
    for (const stack of [standard, disposable, instance, gateway]) {
      expect(stack.all('AWS::IAM::Role').map(({ id }) => name({ Ref: id }))).toStrictEqual([
        'CollectorRole',
        'ScheduleRole',
        'SealerRole',
        'SealScheduleRole',
      ]);
      const kinds = stack.resources.map(({ type }) => type).filter((type) => type.startsWith('AWS::IAM::'));
      expect(new Set(kinds)).toStrictEqual(new Set(['AWS::IAM::Role', 'AWS::IAM::Policy']));
    }
  });
});
