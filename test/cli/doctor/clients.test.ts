import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openClients } from '../../../cli/doctor/clients.ts';
import { MINUTE } from '../../../lambda/core/instant.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { type LambdaEndpoint, startLambdaEndpoint } from '../../system/bundle/lambda-endpoint.ts';

let lambda: LambdaEndpoint;
beforeEach(async () => {
  lambda = await startLambdaEndpoint();
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await lambda.close();
});

describe('the doctor’s clients', () => {
  it('wait for the answer of the function as long as asked, though nothing arrives meanwhile', async () => {
    lambda.functions.set('fn', { variables: {}, run: async () => 'done' });
    const clients = await openClients('ap-southeast-1', 5 * MINUTE);
    await clients.lambda.send(new InvokeCommand({ FunctionName: 'fn', Payload: '{}' }));
    // The limits of a handler are known once it is used.
    expect(clients.lambda.config.requestHandler).toMatchObject({
      config: { requestTimeout: 5 * MINUTE, socketTimeout: 5 * MINUTE },
    });
    expect(await clients.lambda.config.maxAttempts()).toBe(1);
    clients.close();
  });

  it('reach DynamoDB in another AWS region, and are closed all together', async () => {
    const clients = await openClients('ap-southeast-1', 5 * MINUTE);
    const there = clients.dynamoDbIn('eu-west-1');
    expect(await there.config.region()).toBe('eu-west-1');
    expect(await clients.dynamoDb.config.region()).toBe('ap-southeast-1');
    const closed = vi.spyOn(there, 'destroy');
    clients.close();
    expect(closed).toHaveBeenCalledOnce();
  });

  it('go through the proxy of the environment', async () => {
    const proxy = await startConnectProxy({ status: 403 });
    const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', 'http://lambda.example:8000');
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', 'http://sns.example:8000');
    const clients = await openClients('ap-southeast-1', 5 * MINUTE, { HTTP_PROXY });
    const refused = /^the proxy 127\.0\.0\.1:\d+ of HTTP_PROXY refused a connection to/;
    await expect(clients.lambda.send(new InvokeCommand({ FunctionName: 'fn' }))).rejects.toThrow(refused);
    await expect(clients.sns.send(new ListTopicsCommand({}))).rejects.toThrow(refused);
    expect(proxy.asked.map(({ target }) => target)).toEqual(
      expect.arrayContaining(['lambda.example:8000', 'sns.example:8000']),
    );
    clients.close();
    await proxy.close();
  });
});
