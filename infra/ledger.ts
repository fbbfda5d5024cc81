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

/** What a role may do, and when. */
interface Right {
  readonly action: string;
  readonly conditions: Conditions;
}

/**
 * Items are put, and the catalog is read: nothing can be changed in part or deleted, and no snapshot can be read.
 *
 * A query names exactly one partition, so «for all» is that one:
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const RECORDING: readonly Right[] = [
  { action: 'dynamodb:PutItem', conditions: {} },
  {
    action: 'dynamodb:Query',
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [CATALOG_PARTITION] } },
  },
];

/** The table of snapshots: paid by request, and restorable to any second of the last 35 days. */
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

  /** Tells the function the table, and lets it read the catalog and put items: it can change and delete nothing. */
  grantRecord(fn: LambdaFunction): void {
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
    for (const { action, conditions } of RECORDING) {
      fn.addToRolePolicy(
        new PolicyStatement({ actions: [action], resources: [this.table.tableArn], conditions }),
      );
    }
  }

  /** Lets the role's calls of this table through the endpoint, and nothing else. Which partition is the role's own matter. */
  grantPassage(endpoint: GatewayVpcEndpoint, role: Role): void {
    endpoint.addToPolicy(
      new PolicyStatement({
        // A gateway endpoint knows its callers by the condition alone:
        // docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
        principals: [new AnyPrincipal()],
        conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
        actions: RECORDING.map(({ action }) => action),
        resources: [this.table.tableArn],
      }),
    );
  }
}
