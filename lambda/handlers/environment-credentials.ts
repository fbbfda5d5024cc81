import { CodedError } from '../core/error.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundle, under the one name that the clients import from it.
 * Lambda provides a role's credentials in the environment, where the SDK's chain looks first and stops, so only this
 * first link of the chain is needed. Lambda replaces a process that outlives its credentials, and the SDK's chain would
 * not renew them either.
 *
 * @throws CodedError `environment.invalid` if the environment has no credentials.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => readCredentials(process.env);
}

function readCredentials(variables: Readonly<Record<string, string | undefined>>): Credentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables;
  if (!accessKeyId) throw missing('AWS_ACCESS_KEY_ID');
  if (!secretAccessKey) throw missing('AWS_SECRET_ACCESS_KEY');
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function missing(name: string): CodedError {
  return new CodedError('environment.invalid', `the environment variable ${name} is not set`);
}
