import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SecretsEndpoint, startSecretsEndpoint } from '../../../infra/local/secrets-endpoint.ts';

describe('the secrets endpoint', () => {
  let secrets: SecretsEndpoint;

  beforeEach(async () => {
    secrets = await startSecretsEndpoint({ keys: 'fake' });
  });
  afterEach(() => secrets.close());

  async function post(target: string, body: string): Promise<[status: number, answer: unknown]> {
    const headers = { 'x-amz-target': target };
    const response = await fetch(secrets.endpoint, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  }

  it('answers GetSecretValue in the documented format', async () => {
    expect(await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}')).toEqual([
      200,
      {
        ARN: 'keys',
        Name: 'keys',
        SecretString: 'fake',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: 1_700_000_000,
      },
    ]);
  });

  it('distinguishes a secret without a value from one that does not exist', async () => {
    secrets.put('empty', undefined);
    expect(await post('secretsmanager.GetSecretValue', '{"SecretId":"empty"}')).toEqual([
      400,
      {
        __type: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      },
    ]);
    expect(await post('secretsmanager.GetSecretValue', '{"SecretId":"none"}')).toEqual([
      400,
      {
        __type: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret.",
      },
    ]);
  });

  it('says of a secret that is marked for deletion that it is, until it gets a value again', async () => {
    secrets.delete('keys', 'after some days');
    expect(await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}')).toEqual([
      400,
      {
        __type: 'InvalidRequestException',
        Message: "You can't perform this operation on the secret because it was marked for deletion.",
      },
    ]);
    secrets.put('keys', 'fake');
    expect((await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[0]).toBe(200);
  });

  it('does not know a secret that has been deleted at once', async () => {
    secrets.delete('keys', 'at once');
    expect((await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[1]).toMatchObject({
      Message: "Secrets Manager can't find the specified secret.",
    });
  });

  it.each([
    ['another operation', 'secretsmanager.PutSecretValue', '{"SecretId":"keys"}'],
    ['a body that is not JSON', 'secretsmanager.GetSecretValue', 'SecretId=keys'],
    ['an empty body', 'secretsmanager.GetSecretValue', ''],
  ])('refuses %s, does not count it, and continues', async (_, target, body) => {
    const [status, answer] = await post(target, body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ __type: 'InvalidRequestException' });
    expect(secrets.calls()).toBe(0);
    expect((await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[0]).toBe(200);
  });

  it('survives a client that disconnects in the middle of its request', async () => {
    const caller = connect(Number(new URL(secrets.endpoint).port), '127.0.0.1');
    caller.write('POST / HTTP/1.1\r\nhost: fake\r\ncontent-length: 100\r\n\r\n{');
    // Once another caller gets its answer, the request of this one has been read.
    await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}');
    caller.destroy();
    await once(caller, 'close');
    expect((await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[0]).toBe(200);
  });
});
