import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { type Finding, inWords, ok, unknown, wrong } from './finding.ts';

/** Checks that the table exists and is ours, and how its data is protected. */
export async function lookAtTable(client: DynamoDBClient, tableName: string): Promise<Finding[]> {
  const lookedAt = `table ${tableName}`;
  const table = await describeTable(client, tableName);
  if (table === undefined) {
    return [
      wrong(
        lookedAt,
        'there is no such table in this AWS account and region',
        'Check that AWS_PROFILE and AWS_REGION are those of the deployment; if the table was deleted, restore it.',
      ),
    ];
  }
  if (!isLedger(table)) {
    return [
      wrong(
        lookedAt,
        'its keys are not account and slot: it is not a ledger of this project',
        'Name the ledger’s own table with --table or TABLE_NAME, or unset TABLE_NAME.',
      ),
    ];
  }
  return [judgeStatus(lookedAt, table.TableStatus), ...(await lookAtProtection(client, table))];
}

/**
 * How the data of a table is protected.
 *
 * @param awsRegion if it is a copy, the AWS region it is in.
 */
export async function lookAtProtection(
  client: DynamoDBClient,
  table: TableDescription,
  awsRegion?: string,
): Promise<Finding[]> {
  const { TableName: name = '' } = table;
  const [where, option] = awsRegion === undefined ? ['', ''] : [` in ${awsRegion}`, ` --region ${awsRegion}`];
  return [
    deletionProtection(`deletion protection${where}`, `--table-name ${name}${option}`, table),
    await pointInTimeRecovery(
      client,
      `point-in-time recovery${where}`,
      name,
      `--table-name ${name}${option}`,
    ),
  ];
}

/** A table that is being changed, for example when it gets a replica, is read and written as usual. */
function judgeStatus(lookedAt: string, status: string | undefined): Finding {
  if (status === 'ACTIVE') return ok(lookedAt, 'it exists, with the keys of a ledger');
  if (status === 'UPDATING')
    return ok(lookedAt, 'it exists, with the keys of a ledger; a change to it is in progress');
  return wrong(
    lookedAt,
    `it is ${status}, not ACTIVE`,
    'Wait until it is ACTIVE, then run balances doctor again.',
  );
}

/** The table as DynamoDB describes it; undefined if there is none of that name. */
export async function describeTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function isLedger({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): boolean {
  const keys = KeySchema.map(({ AttributeName: name, KeyType: kind }) => {
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
    return `${name} ${kind} ${type}`;
  });
  return keys.sort().join() === 'account HASH S,slot RANGE S';
}

/** @param which the options with which the AWS CLI names the table. */
function deletionProtection(
  lookedAt: string,
  which: string,
  { DeletionProtectionEnabled: enabled }: TableDescription,
): Finding {
  if (enabled === undefined) return unknown(lookedAt, 'unknown: this DynamoDB does not report it');
  return enabled
    ? ok(lookedAt, 'on')
    : wrong(
        lookedAt,
        'off: a single call can delete all snapshots',
        `Deploy with removal=retain, which is the default. If it was switched off by hand: aws dynamodb update-table ${which} --deletion-protection-enabled`,
      );
}

/** @param which the options with which the AWS CLI names the table. */
async function pointInTimeRecovery(
  client: DynamoDBClient,
  lookedAt: string,
  tableName: string,
  which: string,
): Promise<Finding> {
  try {
    const { ContinuousBackupsDescription: backups } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: tableName }),
    );
    const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days = 35 } =
      backups?.PointInTimeRecoveryDescription ?? {};
    return status === 'ENABLED'
      ? ok(
          lookedAt,
          `on: the table can be restored to any second of the last ${days} days, up to about 5 minutes ago`,
        )
      : wrong(
          lookedAt,
          'off: lost data cannot be restored',
          `Switch it on: aws dynamodb update-continuous-backups ${which} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
        );
  } catch (error) {
    return unknown(lookedAt, `unknown: ${inWords(error)}`);
  }
}
