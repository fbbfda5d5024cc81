import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readKeys } from '../../lambda/adapters/secrets.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { type Finding, NOT_THERE, wrong } from './finding.ts';
import { judgeKeys } from './secret.ts';

const LOOKED_AT = 'secret';

/**
 * Reads the secret of a deployment and judges the keys. Tells a secret that is deleted from one without a value.
 *
 * @param regions the configured regions; undefined if unknown.
 * @throws CodedError `secret.unreadable`; `secret.unavailable` if Secrets Manager does not answer or refuses.
 */
export async function lookAtSecret(
  client: SecretsManagerClient,
  secretArn: string,
  regions: readonly Region[] | undefined,
): Promise<Finding[]> {
  try {
    return judgeKeys(
      await readKeys(client, secretArn),
      regions,
      `Put them in from a file only you can read: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string file://keys.json`,
    );
  } catch (error) {
    const finding = error instanceof CodedError ? judgeAbsence(error, secretArn) : undefined;
    if (finding === undefined) throw error;
    return [finding];
  }
}

/** A secret that cannot be read because it is deleted, or will be; undefined for any other error. */
function judgeAbsence({ message, cause }: CodedError, secretArn: string): Finding | undefined {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'ResourceNotFoundException')
    return {
      ...wrong(LOOKED_AT, 'there is no such secret in this AWS account and region', NOT_THERE),
      tells: [message],
    };
  if (name !== 'InvalidRequestException' || !/\bdeletion\b/.test(message)) return undefined;
  return {
    ...wrong(
      LOOKED_AT,
      'it is marked for deletion, so its keys cannot be read',
      `Restore it before AWS deletes it: aws secretsmanager restore-secret --secret-id ${secretArn}`,
    ),
    tells: [message],
  };
}
