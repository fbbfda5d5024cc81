import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_ATTEMPT, withoutLogging } from '../adapters/aws-client.ts';
import { readKeys } from '../adapters/secrets.ts';
import type { CheckReport } from '../collector/check.ts';
import type { Report } from '../collector/collect.ts';
import { SECOND } from '../core/instant.ts';
import { TIME_LIMIT } from '../core/time-limit.ts';
import { assembleCollector, type Collector } from './assemble.ts';
import { systemClock } from './clock.ts';
import { readEnvironment } from './environment.ts';

/** The part of Lambda's context that the collector uses. */
interface Context {
  getRemainingTimeInMillis(): number;
}

let collector: Collector | undefined;

/**
 * The Lambda: takes the snapshots of a slot (`{"slot":"2026-11-22T06:00:00Z"}`) or of now (`{"manual":true}`), or
 * signs in with every key and stores nothing (`{"check":true}`). Without a context it has the configured time limit.
 *
 * @throws CodedError if not everything could be recorded: the platform then retries the event.
 */
export async function handler(event: unknown, context?: Context): Promise<Report | CheckReport> {
  const remaining = context?.getRemainingTimeInMillis() ?? TIME_LIMIT;
  collector ??= assemble();
  return await collector(event, systemClock.now() + remaining);
}

/** Called at the first event, not at import, so that an invalid environment is reported as an error of the event. */
function assemble(): Collector {
  // Of a host with several addresses Node gives each 250 ms by default. On a small share of a processor a good connection
  // takes longer, so it would be given up and the call fail.
  setDefaultAutoSelectFamilyAttemptTimeout(2 * SECOND);
  const environment = readEnvironment(process.env);
  const secretsManager = withoutLogging(new SecretsManagerClient({ requestHandler: AWS_ATTEMPT }));
  // The first client makes the handler of all later ones, and with it the connections they share.
  const { requestHandler } = new DynamoDBClient({ requestHandler: AWS_ATTEMPT }).config;
  return assembleCollector(environment, {
    dynamoDb: () => withoutLogging(new DynamoDBClient({ requestHandler })),
    readKeys: () => readKeys(secretsManager, environment.secretId),
    clock: systemClock,
    write: (line) => process.stdout.write(`${line}\n`),
  });
}
