import { ledgerContract } from '../system/contract/ledger.ts';
import { directDynamoDb } from './simulated-dynamodb.ts';
import { SimulatedTable } from './simulated-table.ts';

// The simulation's table behaves like DynamoDB, as far as the ledger uses it.
ledgerContract(async () => {
  const client = directDynamoDb({
    ledger: new SimulatedTable(30),
    foreign: new SimulatedTable(30, ['id', 'time']),
  });
  return { client, tableName: 'ledger', showsWinner: true, stop: async () => undefined };
});
