import { ledgerContract } from '../contract/ledger.ts';
import { clientOf, createTables } from '../contract/tables.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';

ledgerContract(async () => {
  const { endpoint, stop } = await startDynamoDbLocal();
  await createTables(endpoint);
  return { client: clientOf(endpoint), tableName: 'ledger', showsWinner: true, stop };
});
