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
import type { EgressKind } from './config.ts';
import type { Network } from './ledger-function.ts';
import { NatInstance } from './nat-instance.ts';
import { NetworkInterfaces } from './network-interfaces.ts';

export interface EgressProps {
  /** What owns the address. */
  readonly kind: Exclude<EgressKind, 'dynamic'>;
  /** Applies to the address. A retained one can be reused: see docs/egress.md. */
  readonly removalPolicy: RemovalPolicy;
}

/** This network is never connected to another one, so any private range will do. */
const NETWORK = '10.0.0.0/26';
const OUTSIDE = '10.0.0.0/27';
const INSIDE = '10.0.0.32/27';

/**
 * A network for the collector with one way out, from one fixed address. It accepts no inbound connections.
 *
 * It is in one availability zone. With one way out, a second zone would only be one more that can fail; a second way out
 * would mean a second address and double the cost.
 */
export class Egress extends Construct {
  /** The IPv4 address that Upbit sees. */
  readonly address: string;
  /** The network for the collector. */
  readonly network: Network;
  /** The route to the ledger: free, and not through the NAT. */
  readonly ledgerEndpoint: GatewayVpcEndpoint;
  /** The alarms of the NAT instance; none with a NAT gateway. */
  readonly alarms: readonly Alarm[];
  private readonly cloud: CfnVPC;
  private readonly vpc: IVpc;
  private readonly availabilityZone = Fn.select(0, Fn.getAzs());

  constructor(scope: Construct, id: string, { kind, removalPolicy }: EgressProps) {
    super(scope, id);
    // The same for both kinds, so that switching between them keeps the address.
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
        'Flow logs are billed by size and would mostly contain rejected packets from strangers; the collector logs its own calls.',
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

  /** Gives the function in this network its address, and lets Lambda connect it. */
  grantUse(fn: LambdaFunction, role: Role): void {
    fn.addEnvironment('EGRESS_ADDRESS', this.address);
    this.cloud.node.addDependency(new NetworkInterfaces(this, 'Interfaces', role));
  }

  /** A subnet with a route to the internet, and one that reaches it only through the NAT. */
  private subnets() {
    const placed = { vpcId: this.vpc.vpcId, availabilityZone: this.availabilityZone };
    // Nothing in here gets a public address of its own, so every call comes from the known one.
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
