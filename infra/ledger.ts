import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { GatewayVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, type Conditions, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CATALOG_PARTITION } from '../lambda/core/partitions.ts';

export interface LedgerProps {
  /** RETAIN also protects the table from being deleted by hand. */
  readonly removalPolicy: RemovalPolicy;
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

/** The table of snapshots: billed per request, and restorable to any second of the last 35 days. */
export class Ledger extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { removalPolicy }: LedgerProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'account', type: AttributeType.STRING },
      sortKey: { name: 'slot', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
  }

  /** Gives the function the table's name, and lets it read the catalog and put items, but not update or delete. */
  grantRecord(fn: LambdaFunction): void {
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
    for (const { action, conditions } of RECORDING) {
      fn.addToRolePolicy(
        new PolicyStatement({ actions: [action], resources: [this.table.tableArn], conditions }),
      );
    }
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
}
