import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSealableLedger } from '../adapters/ledger/seals.ts';
import { sha256 } from '../adapters/sha256.ts';
import type { Clock } from '../core/clock.ts';
import { CodedError } from '../core/error.ts';
import { parseSealEvent } from '../core/seal-event.ts';
import { VERSION } from '../core/version.ts';
import type { Mail, RunParts, SealLogFields, TimestampAuthority } from '../sealer/ports.ts';
import { runSealer, type SealerReport } from '../sealer/run.ts';
import type { SealerEnvironment } from './environment.ts';
import { createLog, SEALER_FIELDS, type Write } from './stdout.ts';

/** The dependencies of a sealer. */
export interface SealerDeps {
  readonly client: DynamoDBClient;
  readonly clock: Pick<Clock, 'now'>;
  /** Writes a line of the log. */
  readonly write: Write;
  /** Signs each seal; none does if undefined. */
  readonly authority?: TimestampAuthority | undefined;
  /** Gets the last root of each month; nobody does if undefined. */
  readonly mail?: Mail | undefined;
}

/**
 * Handles one event.
 *
 * @throws CodedError `event.invalid`, and everything that `runSealer` throws.
 */
export type Sealer = (event: unknown) => Promise<SealerReport>;

export function assembleSealer(
  { tableName, timeZone }: Pick<SealerEnvironment, 'tableName' | 'timeZone'>,
  { client, clock, write, authority, mail }: SealerDeps,
): Sealer {
  const log = createLog<SealLogFields>(SEALER_FIELDS, write, () => clock.now());
  const ledger = createSealableLedger({ client, tableName });
  const parts: RunParts = { ledger, clock, sha256, log, authority, mail };
  return async function handleEvent(event) {
    const { value: at, problem } = parseSealEvent(event, clock.now());
    if (problem !== undefined) throw new CodedError('event.invalid', problem);
    return await runSealer(at, { timeZone, writer: VERSION }, parts);
  };
}
