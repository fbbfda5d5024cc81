import { createServer, type RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../../infra/local/http-server.ts';
import {
  type SecretsEndpoint,
  type SecretsFault,
  startSecretsEndpoint,
} from '../../../infra/local/secrets-endpoint.ts';
import { AWS_ATTEMPT } from '../../../lambda/adapters/aws-client.ts';
import { readKeys } from '../../../lambda/adapters/secrets.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { NO_KEYS } from '../../../lambda/core/keys.ts';
import { secret } from '../../support/memory-parts.ts';

const CANARY = 'fake-canary-key';

/** Long, so that the other tests do not depend on how busy the machine is. */
const PATIENCE = 30_000;

/** Reads the secret `keys` as the collector does, once, with a timeout in milliseconds. */
async function read(endpoint: string, secretId = 'keys', requestTimeout = PATIENCE) {
  const client = new SecretsManagerClient({
    endpoint,
    ...LOCAL_CREDENTIALS,
    maxAttempts: 1,
    requestHandler: { ...AWS_ATTEMPT, connectionTimeout: PATIENCE, requestTimeout },
  });
  try {
    return await readKeys(client, secretId);
  } finally {
    client.destroy();
  }
}

/** The error of a read, after checking that it is a CodedError without any part of the secret, at any depth. */
async function failure(endpoint: string, requestTimeout = PATIENCE): Promise<CodedError> {
  const error: unknown = await read(endpoint, 'keys', requestTimeout).catch((thrown: unknown) => thrown);
  if (!(error instanceof CodedError)) throw new Error('not an error of ours', { cause: error });
  const all = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
  expect(all).toContain(error.message);
  expect(all).not.toContain(CANARY);
  return error;
}

describe('reading the keys', () => {
  let secrets: SecretsEndpoint;

  beforeEach(async () => {
    secrets = await startSecretsEndpoint();
  });
  afterEach(() => secrets.close());

  it('returns the accounts of the secret, with one call', async () => {
    secrets.put('keys', secret('sg/main', 'id/main'));
    const { accounts } = await read(secrets.endpoint);
    expect([...accounts.keys()]).toEqual(['sg/main', 'id/main']);
    expect(accounts.get('sg/main')).toEqual({
      accessKey: 'fake-access-sg-main',
      secretKey: 'fake-secret-sg-main',
    });
    expect(secrets.calls()).toBe(1);
  });

  it('sees the latest value', async () => {
    secrets.put('keys', secret('sg/main'));
    await read(secrets.endpoint);
    secrets.put('keys', secret('th/main'));
    expect([...(await read(secrets.endpoint)).accounts.keys()]).toEqual(['th/main']);
  });

  it('of a secret without a value returns no keys', async () => {
    secrets.put('keys', undefined);
    expect(await read(secrets.endpoint)).toEqual(NO_KEYS);
  });

  it.each([
    ['at once', "ResourceNotFoundException: Secrets Manager can't find the specified secret."],
    [
      'after some days',
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    ],
  ] as const)('of a secret that is deleted %s fails: that is not an empty one', async (how, why) => {
    secrets.put('keys', secret('sg/main'));
    secrets.delete('keys', how);
    expect(await failure(secrets.endpoint)).toMatchObject({
      code: 'secret.unavailable',
      message: `Secrets Manager did not return the API keys: ${why}`,
    });
    secrets.put('keys', secret('sg/main'));
    expect((await read(secrets.endpoint)).accounts.size).toBe(1);
  });

  it.each<[SecretsFault, string]>([
    ['throttled', 'ThrottlingException: Rate exceeded'],
    ['unavailable', 'InternalServiceError: An error occurred on the server side.'],
    ['denied', 'AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue'],
    ['hang', 'TimeoutError'],
  ])('fails while Secrets Manager is %s, and works again afterwards', async (fault, why) => {
    secrets.put('keys', secret('sg/main').replaceAll('fake-secret', CANARY));
    secrets.fail(fault);
    expect(await failure(secrets.endpoint, fault === 'hang' ? 100 : PATIENCE)).toMatchObject({
      code: 'secret.unavailable',
      message: `Secrets Manager did not return the API keys: ${why}`,
      cause: { name: why.split(':')[0], message: why },
    });
    secrets.fail(undefined);
    expect((await read(secrets.endpoint)).accounts.size).toBe(1);
  });

  it('fails if there is no answer', async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await stop(server);
    expect(await failure(endpoint)).toMatchObject({
      code: 'secret.unavailable',
      message: 'Secrets Manager did not return the API keys: ECONNREFUSED',
    });
  });

  it.each([
    ['not JSON', `{"sg":{"main":"${CANARY}"`],
    ['just a string', `"${CANARY}"`],
    ['a list', `["${CANARY}"]`],
  ])('of a value that is %s says so without showing it', async (_, value) => {
    secrets.put('keys', value);
    expect(await failure(secrets.endpoint)).toMatchObject({
      code: 'secret.unreadable',
      message: expect.stringMatching(/^the secret is /),
    });
  });

  describe('through something other than Secrets Manager', () => {
    const running: (() => Promise<void>)[] = [];
    afterEach(async () => {
      await Promise.all(running.splice(0).map((end) => end()));
    });

    async function serve(listener: RequestListener): Promise<string> {
      const server = createServer(listener);
      running.push(() => stop(server));
      return await listen(server);
    }

    it.each([
      ['200 with what is not JSON', 200, `<html>${CANARY}</html>`, 'secret.unavailable'],
      ['200 with the secret itself', 200, `${CANARY}`, 'secret.unavailable'],
      ['200 with an answer that is cut off', 200, `{"SecretString":"${CANARY}`, 'secret.unavailable'],
      [
        '200 with an object for a text',
        200,
        `{"SecretString":{"${CANARY}":"${CANARY}"}}`,
        'secret.unreadable',
      ],
      ['400 with what is not JSON', 400, CANARY, 'secret.unavailable'],
      ['500 with what is not JSON', 500, `<html>${CANARY}</html>`, 'secret.unavailable'],
    ])('that answers %s fails with its status, without quoting it', async (_, status, body, code) => {
      const endpoint = await serve((_request, response) => response.writeHead(status).end(body));
      const told =
        code === 'secret.unreadable'
          ? expect.stringMatching(/^the secret /)
          : `Secrets Manager did not return the API keys: it answered ${status} in an unknown format`;
      expect(await failure(endpoint)).toMatchObject({ code, message: told });
    });

    it('that breaks off in the middle of its answer fails without quoting it', async () => {
      const endpoint = await serve((_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(`{"SecretString":"${CANARY}`, () => response.destroy());
      });
      expect(await failure(endpoint)).toMatchObject({ code: 'secret.unavailable' });
    });

    it('that returns bytes is unreadable', async () => {
      const endpoint = await serve((_, response) =>
        response.end(JSON.stringify({ SecretBinary: Buffer.from(CANARY).toString('base64') })),
      );
      expect(await failure(endpoint)).toMatchObject({
        code: 'secret.unreadable',
        message: 'the secret holds bytes, not text',
      });
    });
  });
});

it('without an AWS region says so, and how to set it', async () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  const client = new SecretsManagerClient();
  try {
    await expect(readKeys(client, 'keys')).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: 'no AWS region is set: put it into AWS_REGION or into your AWS profile',
    });
  } finally {
    client.destroy();
    vi.unstubAllEnvs();
  }
});

describe('an SDK error that did not come from the service', () => {
  const failure = (fields: object, name = 'Error') =>
    Object.assign(new Error('fake-canary'), fields, { name });

  it.each<[string, unknown, string]>([
    ['the network’s code', failure({ code: 'ECONNRESET' }), 'ECONNRESET'],
    ['an error with its own name', failure({ code: 'ECONNRESET' }, 'TimeoutError'), 'TimeoutError'],
    ['a code that may be anything', failure({ code: 'fake-CANARY' }), 'Error'],
    ['a code that goes on', failure({ code: 'CANARY-fake' }), 'Error'],
    ['a code that is not a string', failure({ code: 7 }), 'Error'],
    ['a status', failure({ $response: { statusCode: 502 } }), 'it answered 502 in an unknown format'],
    ['an answer without a status', failure({ $response: {} }), 'Error'],
    ['no answer', failure({ $response: undefined }), 'Error'],
    ['no error at all', 'fake-canary', 'an unknown error'],
  ])('is described by %s, never by its message', async (_, thrown, told) => {
    const client = new SecretsManagerClient(LOCAL_CREDENTIALS);
    client.middlewareStack.add(() => () => Promise.reject(thrown), { step: 'initialize', priority: 'high' });
    const cause = { message: told };
    await expect(readKeys(client, 'keys')).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: `Secrets Manager did not return the API keys: ${told}`,
      cause,
    });
    client.destroy();
  });
});
