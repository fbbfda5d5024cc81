import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { GatewayVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface LedgerProps {
  /** RETAIN also protects the table from being deleted by hand. */
  readonly removalPolicy: RemovalPolicy;
}

/** The catalog is read and items are put: nothing can be changed in part or deleted. */
const RECORDING = ['dynamodb:PutItem', 'dynamodb:Query'];

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
    fn.addToRolePolicy(new PolicyStatement({ actions: RECORDING, resources: [this.table.tableArn] }));
  }

  /** Lets through the endpoint what the role records here, and nothing else. */
  grantPassage(endpoint: GatewayVpcEndpoint, role: Role): void {
    endpoint.addToPolicy(
      new PolicyStatement({
        // A gateway endpoint knows its callers by the condition alone:
        // docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway
        principals: [new AnyPrincipal()],
        conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
        actions: RECORDING,
        resources: [this.table.tableArn],
      }),
    );
  }
}
