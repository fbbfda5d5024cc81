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
        VersionId: expect.stringMatching(/^[\da-f-]{36}$/),
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
    ['another operation', 'secretsmanager.DeleteSecret', '{"SecretId":"keys"}'],
    ['a body that is not JSON', 'secretsmanager.GetSecretValue', 'SecretId=keys'],
    ['an empty body', 'secretsmanager.GetSecretValue', ''],
  ])('refuses %s, does not count it, and continues', async (_, target, body) => {
    const [status, answer] = await post(target, body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ __type: 'InvalidRequestException' });
    expect(secrets.calls()).toBe(0);
    expect((await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[0]).toBe(200);
  });

  const ID = '00000000-0000-4000-8000-000000000001';
  const put = (more: object, id = ID) =>
    post(
      'secretsmanager.PutSecretValue',
      JSON.stringify({ SecretId: 'keys', ClientRequestToken: id, SecretString: 'next', ...more }),
    );
  const value = async () =>
    (await post('secretsmanager.GetSecretValue', '{"SecretId":"keys"}'))[1] as {
      readonly SecretString: string;
      readonly VersionId: string;
    };

  it('makes a new version current unless it is put under a label of its own', async () => {
    expect(await put({})).toEqual([
      200,
      { ARN: 'keys', Name: 'keys', VersionId: ID, VersionStages: ['AWSCURRENT'] },
    ]);
    const other = ID.replace(/1$/, '2');
    expect(await put({ SecretString: 'later', VersionStages: ['beside'] }, other)).toMatchObject([
      200,
      { VersionStages: ['beside'] },
    ]);
    expect(await value()).toMatchObject({ SecretString: 'next', VersionId: ID });
  });

  it('moves a label on UpdateSecretVersionStage, and refuses if another version has it', async () => {
    const before = await value();
    await put({ VersionStages: ['beside'] });
    const move = (from: string | undefined) =>
      post(
        'secretsmanager.UpdateSecretVersionStage',
        JSON.stringify({
          SecretId: 'keys',
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: ID,
          RemoveFromVersionId: from,
        }),
      );
    expect(await move(undefined)).toEqual([
      400,
      {
        __type: 'InvalidParameterException',
        Message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${before.VersionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
      },
    ]);
    expect(await move(before.VersionId)).toEqual([200, { ARN: 'keys', Name: 'keys' }]);
    expect(await value()).toMatchObject({ SecretString: 'next', VersionId: ID });
    expect((await move(before.VersionId))[1]).toMatchObject({ __type: 'InvalidParameterException' });
  });

  it.each([
    ['without a token', { ClientRequestToken: undefined }],
    ['with a token that is too short', { ClientRequestToken: 'short' }],
    ['without a value', { SecretString: undefined }],
    ['of more than 64 KB', { SecretString: 'x'.repeat(65_537) }],
  ])('refuses a PutSecretValue %s', async (_, more) => {
    expect(await put(more)).toMatchObject([400, { __type: 'ValidationException' }]);
    expect(await value()).toMatchObject({ SecretString: 'fake' });
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
