import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { requireAwsRegion } from '../../lambda/adapters/aws-region.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { type Environment, findDeployment } from '../ledger/deployment.ts';
import { lookAtConfiguration } from './configuration.ts';
import { lookAtTable } from './dynamodb-table.ts';
import { type Finding, lookAt, unknown } from './finding.ts';
import { lookAtFunction, readSettings } from './function.ts';
import { judgeKeys } from './secret.ts';
import { lookAtSnapshots } from './snapshots.ts';

/**
 * Checks everything a deploy created: the configuration, the table, the secret, and the function, which signs in with
 * every key. Changes nothing.
 *
 * @param asked the table, if the user named one.
 * @throws CodedError if nothing can be checked: `ledger.unavailable`, `file.invalid`.
 */
export async function examineDeployed(
  asked: string | undefined,
  environment: Environment,
  root: string,
  now: Instant,
): Promise<readonly Finding[]> {
  const deployment = findDeployment(asked, environment, root);
  const { tableName, awsRegion, secretArn, functionName } = deployment;
  const [
    { DynamoDBClient },
    { SecretsManagerClient },
    { LambdaClient },
    { AWS_ATTEMPT },
    { createLedgerReader },
    { readKeys },
  ] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/client-secrets-manager'),
    import('@aws-sdk/client-lambda'),
    import('../../lambda/adapters/aws-client.ts'),
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/adapters/secrets.ts'),
  ]);
  const config = { requestHandler: AWS_ATTEMPT, ...(awsRegion === undefined ? {} : { region: awsRegion }) };
  const dynamoDb = new DynamoDBClient(config);
  const secretsManager = new SecretsManagerClient(config);
  // A check of many accounts takes a while, and must not run twice.
  const requestHandler = { ...AWS_ATTEMPT, requestTimeout: TIME_LIMIT + 10 * SECOND };
  const lambda = new LambdaClient({ ...config, requestHandler, maxAttempts: 1 });
  try {
    await requireAwsRegion(dynamoDb, 'ledger.unavailable');
    await requireCredentials(dynamoDb);
    const settings = functionName === undefined ? undefined : readSettings(lambda, functionName);
    // If the settings cannot be read, the finding about the function says so.
    const deployed = Promise.resolve(settings).catch(() => undefined);
    const reader = createLedgerReader({ client: dynamoDb, tableName });
    const parts = await Promise.all([
      lookAt('configuration', async () => await lookAtConfiguration(root, await deployed)),
      lookAtLedger(dynamoDb, tableName, reader, now),
      secretArn === undefined
        ? [unknown('secret', notDeployed(tableName))]
        : lookAt('secret', async () =>
            judgeKeys(
              await readKeys(secretsManager, secretArn),
              (await deployed)?.regions,
              putRemedy(secretArn),
            ),
          ),
      functionName === undefined || settings === undefined
        ? [unknown('function', notDeployed(tableName))]
        : lookAtFunction(lambda, functionName, deployment, settings),
    ]);
    return parts.flat();
  } finally {
    for (const client of [dynamoDb, secretsManager, lambda]) client.destroy();
  }
}

async function lookAtLedger(
  client: DynamoDBClient,
  tableName: string,
  reader: LedgerReader,
  now: Instant,
): Promise<readonly Finding[]> {
  const lookedAt = `table ${tableName}`;
  const table = await lookAt(lookedAt, () => lookAtTable(client, tableName));
  // Do not read a table that is not ours.
  if (table[0]?.state === 'wrong') return table;
  return [...table, ...(await lookAt('snapshots', () => lookAtSnapshots(reader, now, true)))];
}

/** @throws CodedError if there are none, so that this is reported once and not for every part. */
async function requireCredentials(client: DynamoDBClient): Promise<void> {
  try {
    await client.config.credentials();
  } catch (cause) {
    const message = 'no AWS credentials were found: set AWS_PROFILE, or sign in as for cdk deploy';
    throw new CodedError('ledger.unavailable', message, { cause });
  }
}

function notDeployed(tableName: string): string {
  return `unknown: cdk.outputs.json has no deployment of the table ${tableName}`;
}

function putRemedy(secretArn: string): string {
  return `Put them in from a file only you can read: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string file://keys.json`;
}
