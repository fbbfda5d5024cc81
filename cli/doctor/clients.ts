import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from '../ledger/deployment.ts';
import { proxyAgents } from '../ledger/network.ts';

/** The services a deployment uses. */
export interface Clients {
  readonly cloudWatch: CloudWatchClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secretsManager: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** DynamoDB in another AWS region; closed with the rest. */
  dynamoDbIn(awsRegion: string): DynamoDBClient;
  close(): void;
}

/**
 * Loads the AWS clients, which takes a while, so only a command that needs them does.
 *
 * @param awsRegion undefined for the one of the AWS profile.
 * @param patience how long to wait for the answer of the function, in milliseconds. It is called once: a check must not run
 * twice.
 * @param environment its proxies are used.
 * @throws CodedError `environment.invalid` for a proxy that is not an HTTP proxy.
 */
export async function openClients(
  awsRegion: string | undefined,
  patience: number,
  environment: Environment = {},
): Promise<Clients> {
  const agents = await proxyAgents(environment);
  const [
    { AWS_ATTEMPT },
    { CloudWatchClient },
    { DynamoDBClient },
    { LambdaClient },
    { SchedulerClient },
    { SecretsManagerClient },
    { SNSClient },
    { SQSClient },
  ] = await Promise.all([
    import('../../lambda/adapters/aws-client.ts'),
    import('@aws-sdk/client-cloudwatch'),
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-scheduler'),
    import('@aws-sdk/client-secrets-manager'),
    import('@aws-sdk/client-sns'),
    import('@aws-sdk/client-sqs'),
  ]);
  const attempt = { ...AWS_ATTEMPT, ...agents };
  const config = { requestHandler: attempt, ...(awsRegion === undefined ? {} : { region: awsRegion }) };
  const waiting = { ...attempt, requestTimeout: patience, socketTimeout: patience };
  const clients = {
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient({ ...config, requestHandler: waiting, maxAttempts: 1 }),
    scheduler: new SchedulerClient(config),
    secretsManager: new SecretsManagerClient(config),
    sns: new SNSClient(config),
    // Else the queue's URL would take precedence over AWS_ENDPOINT_URL_SQS.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
  };
  const elsewhere: DynamoDBClient[] = [];
  return {
    ...clients,
    dynamoDbIn: (region) => {
      const client = new DynamoDBClient({ ...config, region });
      elsewhere.push(client);
      return client;
    },
    close: () => {
      for (const client of [...Object.values(clients), ...elsewhere]) client.destroy();
    },
  };
}
