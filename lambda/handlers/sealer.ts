import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_ATTEMPT, withoutLogging } from '../adapters/aws-client.ts';
import type { SealReport } from '../sealer/seal-days.ts';
import { assembleSealer, type Sealer } from './assemble-sealer.ts';
import { systemClock } from './clock.ts';
import { readCommonEnvironment } from './environment.ts';

let sealer: Sealer | undefined;

/**
 * The Lambda that seals days: `{"seal":"2026-11-22T01:00:00Z"}` seals every day that ended at least an hour before that time and
 * has no seal.
 *
 * @throws CodedError if a day could not be sealed: the platform then retries the event, and the next day's run seals it too.
 */
export async function handler(event: unknown): Promise<SealReport> {
  // At the first event, not at import, so that an invalid environment is reported as an error of the event.
  sealer ??= assembleSealer(readCommonEnvironment(process.env), {
    client: withoutLogging(new DynamoDBClient({ requestHandler: AWS_ATTEMPT })),
    clock: systemClock,
    write: (line) => process.stdout.write(`${line}\n`),
  });
  return await sealer(event);
}
