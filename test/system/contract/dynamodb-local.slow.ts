import { startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import { ledgerContract } from './ledger.ts';
import { clientOf, createTables } from './tables.ts';

ledgerContract(async () => {
  const { endpoint, stop } = await startDynamoDbLocal();
  await createTables(endpoint);
  return { client: clientOf(endpoint), tableName: 'ledger', showsWinner: true, stop };
});
