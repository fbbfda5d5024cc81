import { statSync } from 'node:fs';
import { synthesize } from '../bundle/deployed.ts';
import { createTables } from '../contract/tables.ts';
import { startDynamoDbLocal } from '../slow/dynamodb-local.ts';
import { measureDuration } from './duration.ts';
import { countRequests } from './requests.ts';
import { measureWriteUnits } from './write-units.ts';

// What a snapshot costs: write units by AWS's DynamoDB Local; requests, duration and size of the bundle as synthesized.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const deployed = synthesize();
const { endpoint, stop } = await startDynamoDbLocal();
try {
  await createTables(endpoint);
  const lines = [
    'Write units',
    ...(await measureWriteUnits(endpoint)),
    'Requests',
    ...(await countRequests(deployed)),
    'Duration',
    ...(await measureDuration(deployed, 3)),
    ...(await measureDuration(deployed, 30)),
    'Bundle',
    `${statSync(deployed.file).size} bytes`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  deployed.remove();
  await stop();
}
