import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../lambda/core/parsed.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import { objectOf } from '../support/checkout.ts';
import { type Resource, type Synthesized, synthesize } from '../support/synthesized.ts';

const [dynamic, instance, gateway, disposable] = synthesize(
  {},
  { egress: 'nat-instance' },
  { egress: 'nat-gateway' },
  { egress: 'nat-instance', removal: 'destroy' },
);
const FIXED = [
  ['nat-instance', instance],
  ['nat-gateway', gateway],
] as const;

const GROUP = 'AWS::EC2::SecurityGroup';
const MACHINE = 'AWS::EC2::Instance';
const ANYWHERE = '0.0.0.0/0';

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, key) => objectOf(inner)[key], value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** The logical id in a `Ref` or an `Fn::GetAtt`. */
function referred(stack: Synthesized, reference: unknown): Resource {
  const attribute = objectOf(reference)['Fn::GetAtt'];
  return stack.target(Array.isArray(attribute) ? { Ref: attribute[0] } : reference);
}

const fn = (stack: Synthesized) => stack.part('Collector', 'AWS::Lambda::Function');
const address = (stack: Synthesized) => stack.the('AWS::EC2::EIP');

/** The subnet of the function, and its only security group. */
function place(stack: Synthesized): { subnet: Resource; group: Resource } {
  const { SubnetIds, SecurityGroupIds } = objectOf(at(fn(stack).properties, 'VpcConfig'));
  const [[subnet, ...subnets], [group, ...groups]] = [list(SubnetIds), list(SecurityGroupIds)];
  expect([subnets, groups]).toStrictEqual([[], []]);
  return { subnet: referred(stack, subnet), group: referred(stack, group) };
}

/** The routes of a subnet. */
function routes(stack: Synthesized, subnet: Resource): Resource[] {
  const association = stack
    .all('AWS::EC2::SubnetRouteTableAssociation')
    .find(({ properties }) => referred(stack, properties['SubnetId']) === subnet);
  const table = referred(stack, association?.properties['RouteTableId']);
  return stack
    .all('AWS::EC2::Route')
    .filter(({ properties }) => referred(stack, properties['RouteTableId']) === table);
}

/** The public subnet: the one the collector is not in. */
function outside(stack: Synthesized): Resource {
  const [subnet, ...others] = stack.all('AWS::EC2::Subnet').filter((one) => one !== place(stack).subnet);
  if (subnet === undefined || others.length > 0) throw new Error('not exactly one other subnet');
  return subnet;
}

/** The instance's user data. */
function userData(stack: Synthesized): string {
  return String(at(stack.the(MACHINE).properties, 'UserData', 'Fn::Base64'));
}

describe('the address', () => {
  it('has the same logical id for both kinds', () => {
    for (const [, stack] of FIXED) expect(address(stack).id).toBe('EgressAddress5BA57CC7');
  });

  it('is not part of an instance, so that a new one can take it over', () => {
    expect(Object.keys(address(instance).properties)).toStrictEqual(['Domain', 'Tags']);
    const { AllocationId, InstanceId } = instance.the('AWS::EC2::EIPAssociation').properties;
    expect(referred(instance, AllocationId)).toBe(address(instance));
    expect(referred(instance, InstanceId)).toBe(instance.the(MACHINE));
  });

  it('is used by the NAT gateway', () => {
    const { AllocationId, SubnetId, ConnectivityType } = gateway.the('AWS::EC2::NatGateway').properties;
    expect(referred(gateway, AllocationId)).toBe(address(gateway));
    expect(referred(gateway, SubnetId)).toBe(outside(gateway));
    expect([undefined, 'public']).toContain(ConnectivityType);
  });

  it.each(FIXED)('is retained when the stack is deleted: %s', (_, stack) => {
    expect(address(stack).whole).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('is deleted with a disposable stack', () => {
    expect(address(disposable).whole).toMatchObject({
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  it.each(FIXED)('is the only public address: %s', (_, stack) => {
    for (const { properties } of stack.all('AWS::EC2::Subnet'))
      expect([false, undefined]).toContain(properties['MapPublicIpOnLaunch']);
    for (const { properties } of stack.all(MACHINE))
      expect(properties).not.toHaveProperty('NetworkInterfaces');
  });

  it.each(FIXED)('is given to the function, and is an output to register at Upbit: %s', (_, stack) => {
    const value = { 'Fn::GetAtt': [address(stack).id, 'PublicIp'] };
    expect(at(fn(stack).properties, 'Environment', 'Variables', 'EGRESS_ADDRESS')).toStrictEqual(value);
    expect(stack.outputs['EgressAddress']).toStrictEqual({
      Description: 'Register this address with each API key at Upbit: every call comes from it',
      Value: value,
    });
  });

  it('is read by the function from its environment', () => {
    const variables = objectOf(at(fn(instance).properties, 'Environment', 'Variables'));
    const deployed = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : '203.0.113.7',
      ]),
    );
    expect(readEnvironment(deployed).egressAddress).toBe('203.0.113.7');
  });
});

describe('the way out', () => {
  it.each(FIXED)('of the collector is one route, through the %s', (kind, stack) => {
    const [route, ...others] = routes(stack, place(stack).subnet);
    expect(others).toStrictEqual([]);
    const [property, type] =
      kind === 'nat-instance' ? ['InstanceId', MACHINE] : ['NatGatewayId', 'AWS::EC2::NatGateway'];
    expect(route?.properties).toMatchObject({ DestinationCidrBlock: ANYWHERE });
    expect(referred(stack, route?.properties[property])).toBe(stack.the(type));
    // A slot may be due as soon as the function exists.
    expect(fn(stack).whole['DependsOn']).toContain(route?.id);
  });

  it.each(FIXED)('of the %s is the internet gateway', (_, stack) => {
    const [route, ...others] = routes(stack, outside(stack));
    expect(others).toStrictEqual([]);
    expect(route?.properties).toMatchObject({ DestinationCidrBlock: ANYWHERE });
    expect(referred(stack, route?.properties['GatewayId'])).toBe(stack.the('AWS::EC2::InternetGateway'));
  });

  it('allows the collector’s HTTPS to the instance, where packets arrive before they are forwarded', () => {
    const { GroupId, SourceSecurityGroupId, ...rule } = instance.the(
      'AWS::EC2::SecurityGroupIngress',
    ).properties;
    const [group, ...others] = list(instance.the(MACHINE).properties['SecurityGroupIds']);
    expect(others).toStrictEqual([]);
    expect(referred(instance, GroupId)).toBe(referred(instance, group));
    expect(referred(instance, SourceSecurityGroupId)).toBe(place(instance).group);
    expect(rule).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  });

  it.each(FIXED)('allows nothing else in, and nothing from the internet: %s', (kind, stack) => {
    expect(stack.all('AWS::EC2::SecurityGroupIngress')).toHaveLength(kind === 'nat-instance' ? 1 : 0);
    for (const { properties } of stack.all(GROUP))
      expect(properties).not.toHaveProperty('SecurityGroupIngress');
  });

  it.each(FIXED)('lets only HTTPS out: %s', (_, stack) => {
    for (const { properties } of stack.all(GROUP)) {
      expect(properties['SecurityGroupEgress']).toMatchObject([
        { CidrIp: ANYWHERE, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      ]);
    }
    expect(stack.all('AWS::EC2::SecurityGroupEgress')).toStrictEqual([]);
  });

  it.each(FIXED)('is IPv4, in one availability zone: %s', (_, stack) => {
    const zones = stack.all('AWS::EC2::Subnet').map(({ properties }) => properties['AvailabilityZone']);
    expect(zones).toStrictEqual(Array(2).fill({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }));
    expect(stack.text).not.toMatch(/Ipv6/i);
  });

  it.each(FIXED)('is not used for the ledger, which has a free endpoint: %s', (_, stack) => {
    const { properties } = stack.the('AWS::EC2::VPCEndpoint');
    expect(properties).toMatchObject({
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.dynamodb']] },
    });
    const tables = list(properties['RouteTableIds']).map((id) => referred(stack, id));
    const [route] = routes(stack, place(stack).subnet);
    expect(tables).toStrictEqual([referred(stack, route?.properties['RouteTableId'])]);
  });
});

describe('the NAT instance', () => {
  const { properties, id } = instance.the(MACHINE);

  it('forwards packets that are not its own', () => {
    expect(properties['SourceDestCheck']).toBe(false);
    expect(referred(instance, properties['SubnetId'])).toBe(outside(instance));
    // Only from the collector’s subnet.
    expect(userData(instance)).toContain(
      `ip saddr ${String(place(instance).subnet.properties['CidrBlock'])} masquerade`,
    );
  });

  it('allows no sign-in, and has no role', () => {
    expect(properties).not.toHaveProperty('KeyName');
    expect(properties).not.toHaveProperty('IamInstanceProfile');
  });

  it('requires a token for its metadata, and has an encrypted volume', () => {
    expect(properties).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 8 } }],
    });
  });

  it('is a t4g.nano of the newest minimal Amazon Linux 2023', () => {
    expect(properties['InstanceType']).toBe('t4g.nano');
    const { Ref: parameter } = objectOf(properties['ImageId']);
    expect(instance.parameters[String(parameter)]).toMatchObject({
      Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64',
    });
  });

  it('is replaced when its script changes, because the script runs only at the first start', () => {
    expect(id).toContain(createHash('sha256').update(userData(instance)).digest('hex').slice(0, 8));
  });

  it.each([
    ['StatusCheckFailed_System', 2, 'recover', 'EC2 is moving the instance'],
    ['StatusCheckFailed_Instance', 3, 'reboot', 'EC2 is rebooting it'],
  ])('has an alarm on %s, for %i minutes, whose action is %s', (metric, minutes, action, words) => {
    const alarm = instance
      .all('AWS::CloudWatch::Alarm')
      .find((candidate) => candidate.properties['MetricName'] === metric);
    expect(alarm?.properties).toMatchObject({
      Namespace: 'AWS/EC2',
      Dimensions: [{ Name: 'InstanceId', Value: { Ref: id } }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: minutes,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'missing',
    });
    expect(JSON.stringify(alarm?.properties['AlarmActions'])).toContain(`:ec2:${action}`);
    expect(alarm?.properties['AlarmDescription']).toContain(words);
    expect(alarm?.properties['AlarmDescription']).toContain('docs/runbook.md#nat-');
  });
});

describe('the template', () => {
  it.each(FIXED)('has no circular dependency: %s', (_, stack) => {
    const left = new Map(
      stack.resources.map(({ id, whole }) => {
        const names = JSON.stringify(whole).match(/\w+/g) ?? [];
        return [
          id,
          new Set(names.filter((word) => word !== id && stack.resources.some((one) => one.id === word))),
        ];
      }),
    );
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const [id, needs] of left) if (![...needs].some((need) => left.has(need))) left.delete(id);
    }
    expect([...left.keys()]).toStrictEqual([]);
  });
});

describe('the permission for the network interface', () => {
  it.each(FIXED)('is created before the network and deleted after it: %s', (_, stack) => {
    const [policy, ...others] = stack
      .all('AWS::IAM::Policy')
      .filter(({ properties }) => JSON.stringify(properties).includes('ec2:DeleteNetworkInterface'));
    expect(others).toStrictEqual([]);
    const network = stack.the('AWS::EC2::VPC');
    expect(network.whole['DependsOn']).toStrictEqual([policy?.id]);
    for (const member of [...stack.all('AWS::EC2::Subnet'), ...stack.all(GROUP)])
      expect(referred(stack, member.properties['VpcId'])).toBe(network);
    // It must not depend on any of that itself.
    expect(policy?.whole).not.toHaveProperty('DependsOn');
    expect(JSON.stringify(policy?.properties)).not.toMatch(/"(?:Ref|Fn::GetAtt)":\[?"Egress/);
  });
});

describe('without a fixed address', () => {
  it('there is no network, and the function has no address', () => {
    expect(dynamic.resources.filter(({ type }) => type.startsWith('AWS::EC2::'))).toStrictEqual([]);
    expect(isObject(fn(dynamic).properties['VpcConfig'])).toBe(false);
    expect(dynamic.text).not.toContain('EGRESS_ADDRESS');
    expect(dynamic.outputs).not.toHaveProperty('EgressAddress');
  });
});
