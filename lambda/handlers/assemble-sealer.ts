import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSealableLedger } from '../adapters/ledger/seals.ts';
import { sha256 } from '../adapters/sha256.ts';
import type { Clock } from '../core/clock.ts';
import { CodedError } from '../core/error.ts';
import { parseSealEvent } from '../core/seal-event.ts';
import { VERSION } from '../core/version.ts';
import type { SealerParts } from '../sealer/ports.ts';
import { type SealReport, sealDays } from '../sealer/seal-days.ts';
import type { CommonEnvironment } from './environment.ts';
import { createLog, SEALER_FIELDS, type Write } from './stdout.ts';

/** The dependencies of a sealer. */
export interface SealerDeps {
  readonly client: DynamoDBClient;
  readonly clock: Pick<Clock, 'now'>;
  /** Writes a line of the log. */
  readonly write: Write;
}

/**
 * Handles one event.
 *
 * @throws CodedError `event.invalid`, and everything that `sealDays` throws.
 */
export type Sealer = (event: unknown) => Promise<SealReport>;

export function assembleSealer(
  { tableName, timeZone }: Pick<CommonEnvironment, 'tableName' | 'timeZone'>,
  { client, clock, write }: SealerDeps,
): Sealer {
  const log = createLog(SEALER_FIELDS, write, () => clock.now());
  const parts: SealerParts = { ledger: createSealableLedger({ client, tableName }), clock, sha256, log };
  return async function handleEvent(event) {
    const { value: at, problem } = parseSealEvent(event, clock.now());
    if (problem !== undefined) throw new CodedError('event.invalid', problem);
    return await sealDays(at, { timeZone, writer: VERSION }, parts);
  };
}
