import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Creates a table of ours, called `ledger`, and one with other keys, called `foreign`. */
export async function createTables(endpoint: string): Promise<void> {
  await createTable(endpoint, 'ledger');
  await createTable(endpoint, 'foreign', ['id', 'time']);
}

/** A client for the DynamoDB API at the endpoint. */
export function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  return new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials });
}

/** Creates a table, by default one of ours. */
export async function createTable(
  endpoint: string,
  TableName: string,
  [hash, range]: readonly [hash: string, range: string] = ['account', 'slot'],
): Promise<void> {
  const client = clientOf(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [hash, range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
    }),
  );
  client.destroy();
}
