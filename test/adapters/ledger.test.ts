import { startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { ledgerContract } from '../contract/ledger.ts';
import { createTables } from '../contract/tables.ts';

ledgerContract(async () => {
  const { endpoint, close } = await startEmbeddedDynamoDb();
  await createTables(endpoint);
  return { endpoint, tableName: 'ledger', showsWinner: false, stop: close };
});
