import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_TIMEOUTS } from '../adapters/aws-timeouts.ts';
import { readKeys } from '../adapters/secrets.ts';
import type { CheckReport } from '../collector/check.ts';
import type { Report } from '../collector/collect.ts';
import { TIME_LIMIT } from '../core/time-limit.ts';
import { assembleCollector, type Collector } from './assemble.ts';
import { systemClock } from './clock.ts';
import { readEnvironment } from './environment.ts';

/** What the collector uses of Lambda's context. */
interface Context {
  getRemainingTimeInMillis(): number;
}

let collector: Collector | undefined;

/**
 * The Lambda: takes the snapshots of a slot (`{"slot":"2026-11-22T06:00:00Z"}`), of now (`{"manual":true}`), or
 * signs in with every key and stores nothing (`{"check":true}`). Without a context it has the configured time limit.
 *
 * @throws CodedError where nothing, or not everything, could be recorded: the platform then tries the event again.
 */
export async function handler(event: unknown, context?: Context): Promise<Report | CheckReport> {
  const remaining = context?.getRemainingTimeInMillis() ?? TIME_LIMIT;
  collector ??= assemble();
  return await collector(event, systemClock.now() + remaining);
}

/** At the first event and not at import: a wrong environment is then an error of the event, with its sentence. */
function assemble(): Collector {
  const environment = readEnvironment(process.env);
  const secretsManager = new SecretsManagerClient({ requestHandler: AWS_TIMEOUTS });
  return assembleCollector(environment, {
    dynamoDb: new DynamoDBClient({ requestHandler: AWS_TIMEOUTS }),
    readKeys: () => readKeys(secretsManager, environment.secretId),
    clock: systemClock,
    write: (line) => process.stdout.write(`${line}\n`),
  });
}
