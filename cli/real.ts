import type { AccountName } from '../lambda/core/account.ts';
import { regionOf } from '../lambda/core/account.ts';
import type { Keys } from '../lambda/core/keys.ts';
import { TIME_LIMIT } from '../lambda/core/time-limit.ts';
import type { LedgerReader } from '../lambda/history.ts';
import { LOCAL_TABLE } from './local-ledger.ts';
import type { Environment } from './target.ts';

/** One snapshot of real accounts, kept on this machine. */
export interface RealSnapshot {
  readonly reader: LedgerReader;
  readonly accounts: readonly AccountName[];
  /** What of the key file could not be used. */
  readonly remarks: readonly string[];
  close(): Promise<void>;
}

/**
 * Takes one snapshot of now with these keys from the real Upbit, into the ledger in `directory`. The keys stay in
 * this process's memory. `JWT_ALG` and `UPBIT_API_URL` of the environment mean what they mean to the Lambda.
 *
 * @throws CodedError `environment.invalid`, `ledger.busy`, and what a run throws.
 */
export async function takeRealSnapshot(
  keys: Keys,
  directory: string,
  environment: Environment,
): Promise<RealSnapshot> {
  const [
    { startEmbeddedDynamoDb, LOCAL_CREDENTIALS },
    { DynamoDBClient },
    { createLedgerReader },
    { assembleCollector },
    { systemClock },
    { readEnvironment },
  ] = await Promise.all([
    import('../infra/local/embedded-dynamodb.ts'),
    import('@aws-sdk/client-dynamodb'),
    import('../lambda/adapters/ledger-reader.ts'),
    import('../lambda/handlers/assemble.ts'),
    import('../lambda/handlers/clock.ts'),
    import('../lambda/handlers/environment.ts'),
  ]);
  const regions = new Set([...[...keys.accounts.keys()].map(regionOf), ...keys.regions.keys()]);
  const settings = readEnvironment({
    TABLE_NAME: LOCAL_TABLE,
    API_KEYS_SECRET_ID: 'file',
    REGIONS: [...regions].join(','),
    EVERY: '1h',
    TIME_ZONE: 'UTC',
    JWT_ALG: environment['JWT_ALG'],
    UPBIT_API_URL: environment['UPBIT_API_URL'],
  });
  const database = await startEmbeddedDynamoDb({ directory, tableName: LOCAL_TABLE });
  const dynamoDb = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  const close = async () => {
    dynamoDb.destroy();
    await database.close();
  };
  try {
    const collector = assembleCollector(settings, {
      dynamoDb,
      readKeys: async () => keys,
      clock: systemClock,
      write: () => undefined,
    });
    const report = await collector({ manual: true }, systemClock.now() + TIME_LIMIT);
    const reader = createLedgerReader({ client: dynamoDb, tableName: LOCAL_TABLE });
    return { reader, accounts: report.accounts.map((line) => line.account), remarks: report.remarks, close };
  } catch (error) {
    await close();
    throw error;
  }
}
