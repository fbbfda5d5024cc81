import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { CodedError } from '../core/error.ts';
import { type Keys, NO_KEYS, parseKeys } from '../core/keys.ts';
import { isObject } from '../core/parsed.ts';
import { requireAwsRegion } from './aws-region.ts';

/**
 * Reads the API keys from Secrets Manager. A secret that has no value yet holds no keys.
 *
 * @throws CodedError `secret.unreadable` where the value is not JSON of the documented shape; `secret.unavailable`
 * where Secrets Manager did not answer or refused, or no AWS region is set. Neither carries any part of the value.
 */
export async function readKeys(client: SecretsManagerClient, secretId: string): Promise<Keys> {
  await requireAwsRegion(client, 'secret.unavailable');
  const text = await readSecret(client, secretId);
  if (text === undefined) return NO_KEYS;
  const keys = parseKeys(text);
  if (keys.problem !== undefined) throw new CodedError('secret.unreadable', keys.problem);
  return keys.value;
}

async function readSecret(client: SecretsManagerClient, secretId: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString === undefined)
      throw new CodedError('secret.unreadable', 'the secret holds bytes, not text');
    return SecretString;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    // No version is current: nobody has put a value in yet.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw new CodedError(
      'secret.unavailable',
      `Secrets Manager did not give the API keys: ${describe(error)}`,
      {
        cause: harmless(error),
      },
    );
  }
}

/** The service's own errors speak of the request. Any other may quote the answer, which is the secret. */
function describe(error: unknown): string {
  if (error instanceof SecretsManagerServiceException) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return 'an unknown error';
  // Of an answer that is not of the service's form, the SDK keeps what HTTP said.
  const status =
    '$response' in error && isObject(error.$response) ? error.$response['statusCode'] : undefined;
  if (typeof status === 'number') return `it answered ${status}, and not in its own form`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.name === 'Error' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : error.name;
}

/** A cause without the hidden fields in which the SDK keeps the raw answer. */
function harmless(error: unknown): Error {
  const cause = new Error(describe(error));
  if (error instanceof Error) cause.name = error.name;
  return cause;
}
