import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';

// Opens the ledger in the given directory, stores one item, prints its endpoint, and keeps running.
const [directory = ''] = process.argv.slice(2);
const { endpoint } = await startEmbeddedDynamoDb({ directory, tableName: 'ledger' });
const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS });
await client.send(
  new PutItemCommand({ TableName: 'ledger', Item: { account: { S: 'child' }, slot: { S: '1' } } }),
);
process.stdout.write(`${endpoint}\n`);
