import { startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { ledgerContract } from './ledger.ts';
import { clientOf, createTables } from './tables.ts';

ledgerContract(async () => {
  const { endpoint, close } = await startEmbeddedDynamoDb();
  await createTables(endpoint);
  return { client: clientOf(endpoint), tableName: 'ledger', showsWinner: false, stop: close };
});
