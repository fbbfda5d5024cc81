import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { LOCAL_CREDENTIALS } from '../../infra/local/embedded-dynamodb.ts';
import { listen } from '../../infra/local/http-server.ts';

// Starts to create a table in the given directory, which takes a day, prints its status, and keeps running.
const [directory = ''] = process.argv.slice(2);
const endpoint = await listen(dynalite({ path: join(directory, 'db'), createTableMs: 86_400_000 }));
const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS });
await client.send(
  new CreateTableCommand({
    TableName: 'ledger',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'account', AttributeType: 'S' },
      { AttributeName: 'slot', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'account', KeyType: 'HASH' },
      { AttributeName: 'slot', KeyType: 'RANGE' },
    ],
  }),
);
const { Table } = await client.send(new DescribeTableCommand({ TableName: 'ledger' }));
process.stdout.write(`${Table?.TableStatus}\n`);
