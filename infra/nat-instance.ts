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
  /** Where it stands. */
  readonly subnet: PublicSubnet;
  /** What it sends from. */
  readonly address: CfnEIP;
  /** Whose traffic it forwards, as IPv4 CIDR. */
  readonly forwards: string;
}

/** Looked up at each deploy: docs.aws.amazon.com/linux/al2023/release-notes/relnotes-2023.12.20260803.html. */
const IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64';
/** Holds every edition of Amazon Linux 2023, and the swap file that installing takes. In GiB. */
const VOLUME = 8;

/**
 * The smallest machine that forwards what the collector sends, from an address that is not its own but attached to it.
 * It holds nothing: any deploy may put a new one, with the newest image, in its place. Nobody can sign in to it.
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
    // A script is run at the first start alone, so another script needs another instance.
    const version = createHash('sha256').update(script).digest('hex').slice(0, 8);
    // The construct one level up always makes a role, and this machine calls nobody.
    const instance = new CfnInstance(this, `Instance${version}`, {
      instanceType: 't4g.nano',
      imageId: MachineImage.fromSsmParameter(IMAGE).getImage(this).imageId,
      subnetId: subnet.subnetId,
      securityGroupIds: [this.securityGroup.securityGroupId],
      // Else the VPC drops what is not from or to the instance itself.
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
        'Status checks come every minute without it; nothing else of the instance is watched.',
      'AwsSolutions-EC29': 'It holds nothing, and a deploy must be able to put another one in its place.',
    });
    const association = new CfnEIPAssociation(this, 'Association', {
      allocationId: address.attrAllocationId,
      instanceId: instance.ref,
    });
    // An address works only in a network that is attached to the internet.
    association.node.addDependency(subnet.internetConnectivityEstablished);
    this.instanceId = instance.ref;
    this.alarms = [this.recovery(), this.reboot()];
  }

  /** Lets a group's HTTPS in: a packet to be forwarded is one that arrives. */
  grantPassage(source: ISecurityGroup): void {
    this.securityGroup.addIngressRule(source, Port.HTTPS, 'What the collector asks');
  }

  /**
   * Two minutes for the one and three for the other, as AWS advises, so that they never act at the same time:
   * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
   */
  private recovery(): Alarm {
    return this.alarm('nat-machine-failed', 'StatusCheckFailed_System', 2, Ec2InstanceAction.RECOVER, [
      'The machine under the NAT instance has failed, and EC2 is moving the instance to another one; its address stays.',
      'Until that is done every account fails with upbit.unreachable, or the run cannot read its keys.',
      'If the alarm lasts longer than 15 minutes, stop and start the instance.',
    ]);
  }

  private reboot(): Alarm {
    return this.alarm('nat-instance-failed', 'StatusCheckFailed_Instance', 3, Ec2InstanceAction.REBOOT, [
      'The NAT instance no longer answers its status check, and EC2 is rebooting it.',
      'Until that is done every account fails with upbit.unreachable, or the run cannot read its keys.',
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
      // A new instance has no checks yet, and one that was stopped is not mended by a reboot.
      treatMissingData: TreatMissingData.MISSING,
      alarmDescription: [...description, `See docs/runbook.md#${entry}`].join(' '),
    });
    alarm.addAlarmAction(new Ec2Action(action));
    return alarm;
  }
}
