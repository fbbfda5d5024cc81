import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Makes a table of ours, called `ledger`, and one with other keys, called `foreign`. */
export async function createTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials });
  for (const [TableName, hash, range] of [
    ['ledger', 'account', 'slot'],
    ['foreign', 'id', 'time'],
  ] as const) {
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
  }
  client.destroy();
}
