import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { CodedError } from '../core/error.ts';
import { type Keys, NO_KEYS, parseKeys } from '../core/keys.ts';
import { isObject } from '../core/parsed.ts';
import { AWS_CALL_TIMEOUT } from './aws-client.ts';
import { requireAwsRegion } from './aws-region.ts';
import { withTimeOut } from './time-out.ts';

/**
 * Only the message tells a secret that does not exist from one that has no current version yet: both are a
 * ResourceNotFoundException. The first says "Secrets Manager can't find the specified secret.", the second "… the specified
 * secret value for staging label: AWSCURRENT" (boto3 issue 2794). One that is marked for deletion is an
 * InvalidRequestException.
 */
const DOES_NOT_EXIST = /\bspecified secret\W*$/i;

/**
 * Reads the API keys from Secrets Manager. A secret that has no value yet holds no keys; one that is deleted, or will be, is
 * unavailable, so that keys in memory go on serving until somebody notices.
 *
 * @throws CodedError `secret.unreadable` if the value is not JSON of the documented shape; `secret.unavailable` if
 * Secrets Manager did not answer or refused, the secret does not exist, or no AWS region is set. Neither contains any part
 * of the value.
 */
export async function readKeys(client: SecretsManagerClient, secretId: string): Promise<Keys> {
  await requireAwsRegion(client, 'secret.unavailable');
  const current = await readSecret(client, secretId);
  if (current === undefined) return NO_KEYS;
  const keys = parseKeys(current.text);
  if (keys.problem !== undefined) throw new CodedError('secret.unreadable', keys.problem);
  return keys.value;
}

/** A secret's current value, and which version of the secret it is. */
export interface SecretVersion {
  readonly text: string;
  readonly versionId: string | undefined;
}

/**
 * Reads the text of a secret; undefined if it has no value yet.
 *
 * @throws CodedError as {@link readKeys}, except that the text may have any form.
 */
export async function readSecret(
  client: SecretsManagerClient,
  secretId: string,
): Promise<SecretVersion | undefined> {
  try {
    const { SecretString, VersionId } = await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) =>
      client.send(new GetSecretValueCommand({ SecretId: secretId }), { abortSignal }),
    );
    // The client does not check what it is answered.
    if (typeof SecretString !== 'string')
      throw new CodedError('secret.unreadable', 'the secret holds bytes, not text');
    return { text: SecretString, versionId: VersionId };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    if (error instanceof ResourceNotFoundException && !DOES_NOT_EXIST.test(error.message)) return undefined;
    throw secretsFailure('did not return the API keys', error);
  }
}

/**
 * The error for a call of Secrets Manager that failed: without any part of a secret, at any depth.
 *
 * @param what what the service did not do.
 */
export function secretsFailure(what: string, error: unknown): CodedError {
  return new CodedError('secret.unavailable', `Secrets Manager ${what}: ${describe(error)}`, {
    cause: harmless(error),
  });
}

/** The service's own errors describe the request. Any other may quote the answer, which is the secret. */
function describe(error: unknown): string {
  if (error instanceof SecretsManagerServiceException) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return 'an unknown error';
  // For an answer that is not in the service's format, the SDK keeps the HTTP response.
  const status =
    '$response' in error && isObject(error.$response) ? error.$response['statusCode'] : undefined;
  if (typeof status === 'number') return `it answered ${status} in an unknown format`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.name === 'Error' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : error.name;
}

/** A copy of the cause without the hidden fields in which the SDK keeps the raw answer. */
function harmless(error: unknown): Error {
  const cause = new Error(describe(error));
  if (error instanceof Error) cause.name = error.name;
  return cause;
}
