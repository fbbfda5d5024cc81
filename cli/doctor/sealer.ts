import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Instant } from '../../lambda/core/instant.ts';
import { readSealerEnvironment, type SealerEnvironment } from '../../lambda/handlers/environment.ts';
import { type Finding, NOT_THERE, ok, wrong } from './finding.ts';
import { readConfiguration } from './function-configuration.ts';

/** The sealer, as it is deployed. */
export interface RunningSealer extends SealerEnvironment {
  /** When it was last deployed or changed; undefined if Lambda does not say. */
  readonly changedAt: Instant | undefined;
}

/**
 * The sealer's environment, and when that was changed; undefined if there is no such function.
 *
 * @throws CodedError `environment.invalid`, and what the client throws.
 */
export async function readSealer(
  client: LambdaClient,
  functionName: string,
): Promise<RunningSealer | undefined> {
  const found = await readConfiguration(client, functionName);
  return found && { ...readSealerEnvironment(found.variables), changedAt: found.changedAt };
}

/**
 * Checks that the sealer is there and seals the ledger that is looked at. It is not called: that would seal.
 *
 * @param sealer its environment; undefined if there is no such function.
 */
export function judgeSealer(
  functionName: string,
  sealer: SealerEnvironment | undefined,
  tableName: string,
): Finding[] {
  const lookedAt = `function ${functionName}`;
  if (sealer === undefined) {
    const absent = wrong(lookedAt, 'there is no such function in this AWS account and region', NOT_THERE);
    return [{ ...absent, tells: ['no-seal'] }];
  }
  if (sealer.tableName !== tableName)
    return [
      wrong(
        lookedAt,
        `it seals the table ${sealer.tableName}, which cdk.outputs.json does not name`,
        'Deploy again, which writes cdk.outputs.json. If somebody changed the function by hand, undo that.',
      ),
    ];
  return [ok(lookedAt, `it exists, and seals the days of ${sealer.timeZone}`)];
}
