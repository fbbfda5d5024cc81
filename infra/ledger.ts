import { Lazy, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  CfnGlobalTable,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { GatewayVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, type Conditions, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CATALOG_PARTITION, SEAL_PARTITION } from '../lambda/core/partitions.ts';
import { acknowledge } from './acknowledge.ts';

export interface LedgerProps {
  /** RETAIN also protects the table from being deleted by hand. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * The other AWS regions with a copy of the table. With an empty list the table has the stream that copies need, and no copy;
   * with undefined, neither.
   */
  readonly replicas: readonly string[] | undefined;
}

/** An allowed action, and its conditions. */
interface Right {
  readonly action: string;
  readonly conditions: Conditions;
}

/**
 * Puts items and reads the catalog: cannot update or delete anything, or read a snapshot.
 *
 * A query names exactly one partition, so ForAllValues applies to that one:
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const RECORDING: readonly Right[] = [
  { action: 'dynamodb:PutItem', conditions: {} },
  {
    action: 'dynamodb:Query',
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [CATALOG_PARTITION] } },
  },
];

/**
 * Reads everything, and puts seals: cannot write a snapshot or the catalog, or update or delete anything.
 *
 * ForAllValues is also true of a request without a leading key, so that one is excluded:
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
const SEALING: readonly Right[] = [
  { action: 'dynamodb:Query', conditions: {} },
  {
    action: 'dynamodb:PutItem',
    conditions: {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [SEAL_PARTITION] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  },
];

/**
 * The table of snapshots: billed per request, and restorable to any second of the last 35 days. DynamoDB keeps its copies. The
 * functions write only to the table in their own AWS region: conditions are decided there alone.
 */
export class Ledger extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { removalPolicy, replicas }: LedgerProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'account', type: AttributeType.STRING },
      sortKey: { name: 'slot', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
      // docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-streamspecification.html
      ...(replicas === undefined ? {} : { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
    });
    if (replicas !== undefined && replicas.length > 0) this.addCopies(replicas);
  }

  /**
   * Adds copies with all the settings of the table itself: CloudFormation has deletion protection and recovery off in each that
   * does not state them. The CDK's own `replicas` needs a stack that is tied to an AWS region.
   */
  private addCopies(awsRegions: readonly string[]): void {
    const { defaultChild: table } = this.table.node;
    if (!(table instanceof CfnGlobalTable)) throw new TypeError('the table has no resource');
    const { replicas: own } = table;
    table.replicas = Lazy.any({
      produce: () => {
        const [home]: [object] = this.table.stack.resolve(own);
        return [home, ...awsRegions.map((region) => ({ ...home, region }))];
      },
    });
    acknowledge(this.table, {
      'CloudFormation-Validate::F3037':
        'The validator assumes us-east-1 for a stack without a region, so a copy there looks like the table itself.',
    });
  }

  /** Gives the function the table's name, and lets it read the catalog and put items, but not update or delete. */
  grantRecord(fn: LambdaFunction): void {
    this.grant(fn, RECORDING);
  }

  /** Gives the function the table's name, and lets it read all items and put seals, but not update or delete. */
  grantSeal(fn: LambdaFunction): void {
    this.grant(fn, SEALING);
  }

  /** Lets only the role's calls to this table through the endpoint. The role's policy restricts the partition. */
  grantPassage(endpoint: GatewayVpcEndpoint, role: Role): void {
    endpoint.addToPolicy(
      new PolicyStatement({
        // A gateway endpoint can identify callers only by this condition:
        // docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
        principals: [new AnyPrincipal()],
        conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
        actions: RECORDING.map(({ action }) => action),
        resources: [this.table.tableArn],
      }),
    );
  }

  private grant(fn: LambdaFunction, rights: readonly Right[]): void {
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
    for (const { action, conditions } of rights) {
      fn.addToRolePolicy(
        new PolicyStatement({ actions: [action], resources: [this.table.tableArn], conditions }),
      );
    }
  }
}
