import { Fn, type RemovalPolicy } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnVPC,
  CfnVPCGatewayAttachment,
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  PrivateSubnet,
  PublicSubnet,
  RouterType,
  SecurityGroup,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Network } from './collector.ts';
import type { EgressKind } from './config.ts';
import { NatInstance } from './nat-instance.ts';
import { NetworkInterfaces } from './network-interfaces.ts';

export interface EgressProps {
  /** What sends from the address. */
  readonly kind: Exclude<EgressKind, 'dynamic'>;
  /** Of the address: retained, it can be brought back; docs/egress.md says how. */
  readonly removalPolicy: RemovalPolicy;
}

/** No other network is ever joined to this one, so any private range will do. */
const NETWORK = '10.0.0.0/26';
const OUTSIDE = '10.0.0.0/27';
const INSIDE = '10.0.0.32/27';

/**
 * A network for the collector with one way out, which has one address that never changes. Nothing comes in.
 *
 * It is in one availability zone. With one way out a second zone would only be one more that can fail; a second way out
 * would be a second address, and cost as much again.
 */
export class Egress extends Construct {
  /** What Upbit sees, as IPv4. */
  readonly address: string;
  /** Where the collector belongs. */
  readonly network: Network;
  /** The way to the ledger, which passes by the way out and costs nothing. */
  readonly ledgerEndpoint: GatewayVpcEndpoint;
  /** Of the way out, where it is ours to look after. */
  readonly alarms: readonly Alarm[];
  private readonly cloud: CfnVPC;
  private readonly vpc: IVpc;
  private readonly availabilityZone = Fn.select(0, Fn.getAzs());

  constructor(scope: Construct, id: string, { kind, removalPolicy }: EgressProps) {
    super(scope, id);
    // The same in both kinds, so that it can be taken from one to the other.
    const address = new CfnEIP(this, 'Address', {
      domain: 'vpc',
      tags: [{ key: 'Name', value: this.node.path }],
    });
    address.applyRemovalPolicy(removalPolicy);
    this.address = address.attrPublicIp;

    this.cloud = new CfnVPC(this, 'Network', {
      cidrBlock: NETWORK,
      enableDnsSupport: true,
      enableDnsHostnames: true,
    });
    this.vpc = Vpc.fromVpcAttributes(this, 'Known', {
      vpcId: this.cloud.attrVpcId,
      availabilityZones: [this.availabilityZone],
    });
    acknowledge(this.cloud, {
      'AwsSolutions-VPC7':
        'Flow logs are paid by size and would hold mostly what strangers send to a closed door; the collector logs each of its own calls.',
    });
    const { outside, inside } = this.subnets();
    const group = new SecurityGroup(this, 'CollectorGroup', {
      vpc: this.vpc,
      description: 'Collector: HTTPS to anywhere, nothing in',
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Upbit, the ledger, the keys');

    const enablesInternetConnectivity = true;
    if (kind === 'nat-gateway') {
      const { subnetId, internetConnectivityEstablished } = outside;
      const gateway = new CfnNatGateway(this, 'Gateway', {
        subnetId,
        allocationId: address.attrAllocationId,
      });
      gateway.node.addDependency(internetConnectivityEstablished);
      const to = { routerType: RouterType.NAT_GATEWAY, routerId: gateway.ref };
      inside.addRoute('Internet', { ...to, enablesInternetConnectivity });
      this.alarms = [];
    } else {
      const props = { vpc: this.vpc, subnet: outside, address, forwards: INSIDE };
      const instance = new NatInstance(this, 'Instance', props);
      instance.grantPassage(group);
      const to = { routerType: RouterType.INSTANCE, routerId: instance.instanceId };
      inside.addRoute('Internet', { ...to, enablesInternetConnectivity });
      this.alarms = instance.alarms;
    }
    this.network = { vpc: this.vpc, vpcSubnets: { subnets: [inside] }, securityGroups: [group] };
    this.ledgerEndpoint = this.vpc.addGatewayEndpoint('Ledger', {
      service: GatewayVpcEndpointAwsService.DYNAMODB,
      subnets: [{ subnets: [inside] }],
    });
  }

  /** Tells the function, which is in the network, its address, and lets Lambda connect it. */
  grantUse(fn: LambdaFunction, role: Role): void {
    fn.addEnvironment('EGRESS_ADDRESS', this.address);
    this.cloud.node.addDependency(new NetworkInterfaces(this, 'Interfaces', role));
  }

  /** One for what has a way to the internet, and one for what has none but through that. */
  private subnets() {
    const placed = { vpcId: this.vpc.vpcId, availabilityZone: this.availabilityZone };
    // Whatever is put here has no address of its own: nothing ever calls from another one than that which is known.
    const outside = new PublicSubnet(this, 'Outside', {
      ...placed,
      cidrBlock: OUTSIDE,
      mapPublicIpOnLaunch: false,
    });
    const internet = new CfnInternetGateway(this, 'Internet');
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', {
      vpcId: this.vpc.vpcId,
      internetGatewayId: internet.ref,
    });
    outside.addDefaultInternetRoute(internet.ref, attachment);
    const inside = new PrivateSubnet(this, 'Inside', { ...placed, cidrBlock: INSIDE });
    return { outside, inside };
  }
}
