import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Clients } from './clients.ts';
import { describeTable, lookAtProtection } from './dynamodb-table.ts';
import { type Finding, lookAt, ok, wrong } from './finding.ts';

const PROCEDURE = 'docs/operations.md#copies-in-other-aws-regions';

/** What DynamoDB replicates to, or soon will. */
const WORKING: Readonly<Record<string, string>> = {
  ACTIVE: 'DynamoDB keeps it up to date',
  UPDATING: 'DynamoDB keeps it up to date; a change to it is in progress',
  CREATING: 'it is being filled',
};

/** The reasons for which DynamoDB takes a copy out of the group after 20 hours. */
const CUT_OFF: ReadonlySet<string> = new Set([
  'REGION_DISABLED',
  'REPLICATION_NOT_AUTHORIZED',
  'INACCESSIBLE_ENCRYPTION_CREDENTIALS',
]);

/**
 * Looks at each copy of the table in another AWS region: whether DynamoDB keeps it up to date, and how its data is protected,
 * which each has of its own. How far a copy is behind is not looked at.
 *
 * DescribeTable names the replicas with their state: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ReplicaDescription.html
 *
 * @param deployed the AWS regions that should have one.
 */
export async function lookAtCopies(
  { dynamoDb, dynamoDbIn }: Pick<Clients, 'dynamoDb' | 'dynamoDbIn'>,
  tableName: string,
  deployed: readonly string[],
): Promise<readonly Finding[]> {
  const home = await dynamoDb.config.region();
  const { Replicas: replicas = [] } = (await describeTable(dynamoDb, tableName)) ?? {};
  const states = new Map(
    replicas.map(({ RegionName: region = '', ReplicaStatus: state }) => [region, state]),
  );
  const awsRegions = [...new Set([...deployed, ...states.keys()])].filter((region) => region !== home);
  const found = awsRegions.sort(byCodeOrder).map(async (awsRegion) => {
    const copy = judgeState(awsRegion, states.get(awsRegion));
    if (copy.state !== 'ok') return [copy];
    const protection = await lookAt(`protection in ${awsRegion}`, () =>
      lookAtCopy(dynamoDbIn(awsRegion), tableName, awsRegion),
    );
    return [copy, ...protection];
  });
  return (await Promise.all(found)).flat();
}

function judgeState(awsRegion: string, state: string | undefined): Finding {
  const lookedAt = `copy in ${awsRegion}`;
  if (state === undefined)
    return wrong(lookedAt, 'there is none, though the stack was deployed with one', `Add it: ${PROCEDURE}.`);
  const words = WORKING[state];
  if (words !== undefined) return ok(lookedAt, words);
  const cutOff = CUT_OFF.has(state)
    ? ': nothing new reaches it, and after 20 hours AWS makes it a table of its own'
    : '';
  return wrong(lookedAt, `it is ${state}, not ACTIVE${cutOff}`, `See ${PROCEDURE}.`);
}

async function lookAtCopy(client: DynamoDBClient, tableName: string, awsRegion: string): Promise<Finding[]> {
  const table = await describeTable(client, tableName);
  if (table === undefined)
    return [wrong(`copy in ${awsRegion}`, 'there is no such table in this AWS region', `See ${PROCEDURE}.`)];
  return lookAtProtection(client, table, awsRegion);
}
