import { createHash } from 'node:crypto';
import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Alarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Ec2Action, Ec2InstanceAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import {
  type CfnEIP,
  CfnEIPAssociation,
  CfnInstance,
  type ISecurityGroup,
  type IVpc,
  MachineImage,
  Peer,
  Port,
  type PublicSubnet,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { natScript } from './nat-script.ts';

export interface NatInstanceProps {
  readonly vpc: IVpc;
  /** Its subnet. */
  readonly subnet: PublicSubnet;
  /** Its public address. */
  readonly address: CfnEIP;
  /** Whose traffic it forwards, as IPv4 CIDR. */
  readonly forwards: string;
}

/** Looked up at each deploy: docs.aws.amazon.com/linux/al2023/release-notes/relnotes-2023.12.20260803.html. */
const IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64';
/** In GiB. Enough for every edition of Amazon Linux 2023 and the swap file needed to install packages. */
const VOLUME = 8;

/**
 * The smallest machine that forwards the collector's traffic, from an Elastic IP attached to it. It is stateless: any
 * deploy may replace it with a new one on the newest image. Nobody can sign in to it.
 */
export class NatInstance extends Construct {
  readonly instanceId: string;
  readonly alarms: readonly Alarm[];
  private readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { vpc, subnet, address, forwards }: NatInstanceProps) {
    super(scope, id);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'NAT instance: HTTPS from the collector, HTTPS to anywhere',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'What the collector asks, and packages');
    const script = natScript(forwards);
    // The script runs only at the first start, so a changed script needs a new instance.
    const version = createHash('sha256').update(script).digest('hex').slice(0, 8);
    // The L2 construct always creates a role, and this machine calls no AWS service.
    const instance = new CfnInstance(this, `Instance${version}`, {
      instanceType: 't4g.nano',
      imageId: MachineImage.fromSsmParameter(IMAGE).getImage(this).imageId,
      subnetId: subnet.subnetId,
      securityGroupIds: [this.securityGroup.securityGroupId],
      // Otherwise the VPC drops packets that are not from or to the instance itself.
      sourceDestCheck: false,
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', ebs: { encrypted: true, volumeSize: VOLUME, volumeType: 'gp3' } },
      ],
      userData: Fn.base64(script),
      tags: [{ key: 'Name', value: this.node.path }],
    });
    acknowledge(instance, {
      'AwsSolutions-EC28':
        'Status checks come every minute without it; no other metric of the instance is watched.',
      'AwsSolutions-EC29': 'It is stateless, and a deploy must be able to replace it.',
    });
    const association = new CfnEIPAssociation(this, 'Association', {
      allocationId: address.attrAllocationId,
      instanceId: instance.ref,
    });
    // An address works only in a network with an internet gateway.
    association.node.addDependency(subnet.internetConnectivityEstablished);
    this.instanceId = instance.ref;
    this.alarms = [this.recovery(), this.reboot()];
  }

  /** Allows inbound HTTPS from a group: packets must arrive before they are forwarded. */
  grantPassage(source: ISecurityGroup): void {
    this.securityGroup.addIngressRule(source, Port.HTTPS, 'What the collector asks');
  }

  /**
   * Two minutes for recovery and three for reboot, as AWS advises, so that they never act at the same time:
   * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
   */
  private recovery(): Alarm {
    return this.alarm('nat-machine-failed', 'StatusCheckFailed_System', 2, Ec2InstanceAction.RECOVER, [
      'The hardware under the NAT instance has failed; EC2 is moving the instance to another machine; it keeps its address.',
      'Until then every account fails with upbit.unreachable, or the run cannot read its keys.',
      'If the alarm lasts longer than 15 minutes, stop and start the instance.',
    ]);
  }

  private reboot(): Alarm {
    return this.alarm('nat-instance-failed', 'StatusCheckFailed_Instance', 3, Ec2InstanceAction.REBOOT, [
      'The NAT instance no longer answers its status check, and EC2 is rebooting it.',
      'Until then every account fails with upbit.unreachable, or the run cannot read its keys.',
      'If the alarm lasts longer than 15 minutes, give it a fresh volume.',
    ]);
  }

  private alarm(
    entry: string,
    metricName: string,
    minutes: number,
    action: Ec2InstanceAction,
    description: readonly string[],
  ): Alarm {
    const metric = new Metric({
      namespace: 'AWS/EC2',
      metricName,
      dimensionsMap: { InstanceId: this.instanceId },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    });
    const alarm = new Alarm(this, entry, {
      alarmName: `${Stack.of(this).stackName}-${entry}`,
      metric,
      threshold: 1,
      evaluationPeriods: minutes,
      // A new instance has no checks yet, and a reboot does not fix a stopped one.
      treatMissingData: TreatMissingData.MISSING,
      alarmDescription: [...description, `See docs/runbook.md#${entry}`].join(' '),
    });
    alarm.addAlarmAction(new Ec2Action(action));
    return alarm;
  }
}
