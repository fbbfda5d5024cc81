import {
  PutSecretValueCommand,
  type SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { AWS_CALL_TIMEOUT } from '../../lambda/adapters/aws-client.ts';
import { readSecret, type SecretVersion, secretsFailure } from '../../lambda/adapters/secrets.ts';
import { withTimeOut } from '../../lambda/adapters/time-out.ts';
import { CodedError } from '../../lambda/core/error.ts';

/** The label of a new version until it is current. One for all: a version that was given up loses it to the next. */
const LABEL = 'balances-keys';
const CURRENT = 'AWSCURRENT';

/**
 * Replaces the value of a secret, if it is still the version that was read. PutSecretValue has no such condition, so the new
 * version is first put beside the current one, where nobody reads it; then AWSCURRENT is moved to it from the version that was
 * read, which Secrets Manager refuses if another one is current by now
 * (docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html). The first version of a secret
 * becomes current at once, and only one can be the first. Wherever this is interrupted, the current value is the old or the
 * new one as a whole.
 *
 * @param before undefined for a secret without a value.
 * @param id the new version's: a UUID that was never used, so that a repeated call is the same version.
 * @throws CodedError `secret.changed` if somebody else changed the secret since it was read; `secret.unavailable` if Secrets
 * Manager did not answer or refused, with what is known of the value then. Neither contains any part of a value.
 */
export async function replaceSecret(
  client: SecretsManagerClient,
  secretId: string,
  before: SecretVersion | undefined,
  text: string,
  id: string,
): Promise<void> {
  if (before !== undefined && before.versionId === undefined)
    throw new CodedError(
      'secret.unavailable',
      'Secrets Manager did not say which version of the secret is current',
    );
  try {
    await putCurrent(client, secretId, before?.versionId, text, id);
  } catch (error) {
    await settle(client, secretId, before?.versionId, id, error);
  } finally {
    await takeLabel(client, secretId, id);
  }
}

async function putCurrent(
  client: SecretsManagerClient,
  SecretId: string,
  from: string | undefined,
  SecretString: string,
  id: string,
): Promise<void> {
  const put = new PutSecretValueCommand({
    SecretId,
    SecretString,
    ClientRequestToken: id,
    VersionStages: [LABEL],
  });
  const { VersionStages = [] } = await timed((abortSignal) => client.send(put, { abortSignal })).catch(
    (error: unknown) => {
      throw secretsFailure('did not store the new value', unquoted(error));
    },
  );
  if (VersionStages.includes(CURRENT)) return;
  const move = new UpdateSecretVersionStageCommand({
    SecretId,
    VersionStage: CURRENT,
    MoveToVersionId: id,
    ...(from === undefined ? {} : { RemoveFromVersionId: from }),
  });
  await timed((abortSignal) => client.send(move, { abortSignal })).catch((error: unknown) => {
    throw secretsFailure('did not make the new value current', error);
  });
}

/**
 * Finds out what a failed call did: an answer may be lost after the call took effect, and a second attempt of the SDK is then
 * refused. Returns if the new version is current.
 */
async function settle(
  client: SecretsManagerClient,
  secretId: string,
  from: string | undefined,
  id: string,
  failure: unknown,
): Promise<void> {
  if (!(failure instanceof CodedError)) throw failure;
  const told = (what: string) =>
    new CodedError('secret.unavailable', `${failure.message}; ${what}`, { cause: failure.cause });
  const current = await readSecret(client, secretId).catch((cause: unknown) => {
    if (!(cause instanceof CodedError)) throw cause;
    throw told('it may or may not have taken effect: check with balances keys list');
  });
  if (current?.versionId === id) return;
  if (current?.versionId === from) throw told('the secret was read again and is unchanged');
  throw new CodedError(
    'secret.changed',
    'somebody else changed the secret at the same time: check it with balances keys list, and try again if your change is missing',
    { cause: failure },
  );
}

/** Takes our label off a version, so that Secrets Manager may delete it once it is neither current nor the previous one. */
async function takeLabel(client: SecretsManagerClient, SecretId: string, id: string): Promise<void> {
  const take = new UpdateSecretVersionStageCommand({
    SecretId,
    VersionStage: LABEL,
    RemoveFromVersionId: id,
  });
  // The next change takes it if this fails, or has already taken it.
  await timed((abortSignal) => client.send(take, { abortSignal })).catch(() => undefined);
}

function timed<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withTimeOut(AWS_CALL_TIMEOUT, send);
}

/** The service's words about a value that was sent may quote it. Those about permission name the action and the caller. */
function unquoted(error: unknown): unknown {
  if (!(error instanceof SecretsManagerServiceException) || error.name === 'AccessDeniedException')
    return error;
  return Object.assign(new Error(), { name: error.name });
}
