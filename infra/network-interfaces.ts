import { Effect, Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * What Lambda itself needs from the role of a function in a VPC:
 * docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "Required IAM permissions".
 */
const ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda manage the network interface of a function in a VPC, and denies the same to the function's own code, as
 * that page advises.
 *
 * It is a separate policy because it must outlive the network: Lambda removes the interface with the function's role, a
 * while after the function has left the VPC (repost.aws/knowledge-center/lambda-eni-find-delete), and neither the subnet
 * nor the security group can be deleted before that.
 */
export class NetworkInterfaces extends Policy {
  constructor(scope: Construct, id: string, role: Role) {
    super(scope, id, {
      roles: [role],
      statements: [
        // The interfaces have no known names in advance, and the Describe actions accept no resource.
        new PolicyStatement({ actions: ACTIONS, resources: ['*'] }),
        // Only calls made with a function's credentials have this key:
        // docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ACTIONS,
          resources: ['*'],
          conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
        }),
      ],
    });
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]':
        'Lambda creates the network interface, so its name is unknown; the function’s own code is denied all of this.',
    });
  }
}
