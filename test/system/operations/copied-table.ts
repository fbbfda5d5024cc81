import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import type { Table } from '../../../lambda/adapters/ledger/catalog.ts';

type Item = Record<string, AttributeValue>;

/** An empty table with the ledger's keys, in its own DynamoDB. */
export async function startEmptyTable(tableName: string): Promise<Table & { close(): Promise<void> }> {
  const database = await startEmbeddedDynamoDb({ tableName });
  const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  return {
    client,
    tableName,
    async close() {
      client.destroy();
      await database.close();
    },
  };
}

/** All items of a table. */
export async function itemsOf({ client, tableName }: Table): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

/** Puts the items that do not exist yet, as the procedure's loop does, and returns how many there were. */
export async function putWhereNothingIs(
  { client, tableName }: Table,
  items: readonly Item[],
): Promise<number> {
  let put = 0;
  for (const item of items) {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(#account)',
          ExpressionAttributeNames: { '#account': 'account' },
        }),
      );
      put += 1;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
  return put;
}
