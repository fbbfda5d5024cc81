import { ledgerContract } from '../system/contract/ledger.ts';
import { directDynamoDb } from './simulated-dynamodb.ts';
import { SimulatedTable } from './simulated-table.ts';

// The table of the simulation does what DynamoDB does, as far as the ledger asks.
ledgerContract(async () => {
  const client = directDynamoDb({
    ledger: new SimulatedTable(30),
    foreign: new SimulatedTable(30, ['id', 'time']),
  });
  return { client, tableName: 'ledger', showsWinner: true, stop: async () => undefined };
});
