import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { AWS_ATTEMPT, withoutLogging } from '../adapters/aws-client.ts';
import { createMail } from '../adapters/mail.ts';
import { createAuthority } from '../adapters/timestamp/authority.ts';
import type { SealerReport } from '../sealer/run.ts';
import { assembleSealer, type Sealer } from './assemble-sealer.ts';
import { systemClock } from './clock.ts';
import { readSealerEnvironment } from './environment.ts';

let sealer: Sealer | undefined;

/**
 * The Lambda that seals days: `{"seal":"2026-11-22T01:00:00Z"}` seals every day that ended at least an hour before that time and
 * has no seal.
 *
 * @throws CodedError if a day could not be sealed, or a root could not be mailed: the platform then retries the event, and the next day's run
 * seals it too.
 */
export async function handler(event: unknown): Promise<SealerReport> {
  // At the first event, not at import, so that an invalid environment is reported as an error of the event.
  sealer ??= assemble();
  return await sealer(event);
}

function assemble(): Sealer {
  const environment = readSealerEnvironment(process.env);
  const { timestampUrl, rootTopicArn: topicArn } = environment;
  const options = { requestHandler: AWS_ATTEMPT };
  return assembleSealer(environment, {
    client: withoutLogging(new DynamoDBClient(options)),
    clock: systemClock,
    write: (line) => process.stdout.write(`${line}\n`),
    authority: timestampUrl === undefined ? undefined : createAuthority(timestampUrl, systemClock),
    mail: topicArn === undefined ? undefined : createMail({ client: new SNSClient(options), topicArn }),
  });
}
