import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { readConfiguration } from '../../../cli/doctor/function-configuration.ts';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { startLambdaEndpoint } from '../../system/bundle/lambda-endpoint.ts';

it('a function tells its variables and when it was changed; one that is not there tells nothing', async () => {
  const endpoint = await startLambdaEndpoint();
  const client = new LambdaClient({ endpoint: endpoint.endpoint, ...LOCAL_CREDENTIALS });
  onTestFinished(async () => {
    client.destroy();
    await endpoint.close();
  });
  const variables = { TABLE_NAME: 'ledger' };
  endpoint.functions.set('dated', { variables, run: null, lastModified: '2026-11-22T06:10:00.000+0000' });
  expect(await readConfiguration(client, 'dated')).toEqual({
    variables,
    changedAt: Date.UTC(2026, 10, 22, 6, 10),
  });
  endpoint.functions.set('undated', { variables, run: null });
  expect(await readConfiguration(client, 'undated')).toEqual({ variables, changedAt: undefined });
  expect(await readConfiguration(client, 'absent')).toBeUndefined();
});
