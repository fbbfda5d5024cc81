import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_ATTEMPT } from '../../lambda/adapters/aws-client.ts';
import { requireAwsRegion } from '../../lambda/adapters/aws-region.ts';
import { readKeys, readSecret, type SecretVersion } from '../../lambda/adapters/secrets.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Keys } from '../../lambda/core/keys.ts';
import { requireCredentials } from '../ledger/aws-credentials.ts';
import type { Environment } from '../ledger/deployment.ts';
import { proxyAgents } from '../ledger/network.ts';
import { replaceSecret } from './replace-secret.ts';
import type { WhichSecret } from './which-secret.ts';

/** An open secret. */
export interface OpenSecret {
  /** The keys in it. Throws CodedError `secret.*`. */
  keys(): Promise<Keys>;
  /** Its value and version; undefined if it has no value yet. Throws CodedError `secret.*`. */
  read(): Promise<SecretVersion | undefined>;
  /** Replaces the value that was read. Throws as {@link replaceSecret}. */
  replace(before: SecretVersion | undefined, text: string): Promise<void>;
}

/** What each part of the work needs, as IAM calls it. */
const RIGHTS =
  'secretsmanager:GetSecretValue, and to change the secret also PutSecretValue and UpdateSecretVersionStage';

/**
 * Opens a secret, and always closes it. Credentials and endpoints are the SDK's; the proxies of the environment are used.
 *
 * @throws CodedError `secret.unavailable` if no AWS region is set; `ledger.unavailable` if there are no usable credentials;
 * `environment.invalid` if a proxy is not one; and as `use`, with what to do if AWS refuses the credentials' owner.
 */
export async function withSecret<T>(
  { arn, awsRegion }: WhichSecret,
  environment: Environment,
  use: (secret: OpenSecret) => Promise<T>,
): Promise<T> {
  const client = new SecretsManagerClient({
    requestHandler: { ...AWS_ATTEMPT, ...(await proxyAgents(environment)) },
    ...(awsRegion === undefined ? {} : { region: awsRegion }),
  });
  try {
    await requireAwsRegion(client, 'secret.unavailable');
    await requireCredentials(client);
    return await use({
      keys: () => readKeys(client, arn),
      read: () => readSecret(client, arn),
      replace: (before, text) => replaceSecret(client, arn, before, text, crypto.randomUUID()),
    });
  } catch (error) {
    throw withRights(error);
  } finally {
    client.destroy();
  }
}

function withRights(error: unknown): unknown {
  if (!(error instanceof CodedError) || !(error.cause instanceof Error)) return error;
  if (error.cause.name !== 'AccessDeniedException') return error;
  return new CodedError(
    error.code,
    `${error.message}; choose a profile with AWS_PROFILE that may use ${RIGHTS}`,
    { cause: error.cause },
  );
}
