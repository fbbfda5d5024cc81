import type { AccountName } from '../../lambda/core/account.ts';
import { regionOf } from '../../lambda/core/account.ts';
import type { Keys } from '../../lambda/core/keys.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import type { Collector } from '../../lambda/handlers/assemble.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { Environment } from './deployment.ts';
import { LOCAL_TABLE } from './local-ledger.ts';
import { proxiedFetch } from './network.ts';

/** One snapshot of real accounts, stored on this machine. */
export interface RealSnapshot {
  readonly reader: LedgerReader;
  readonly accounts: readonly AccountName[];
  /** What could not be used in the key file. */
  readonly remarks: readonly string[];
  close(): Promise<void>;
}

/** The collector with real keys on this machine, and the ledger it writes. */
interface RealCollector {
  readonly collector: Collector;
  readonly reader: LedgerReader;
  close(): Promise<void>;
}

/**
 * Takes one snapshot from the real Upbit with these keys, now, into the ledger in `directory`. The keys stay in this
 * process's memory. `JWT_ALG` and `UPBIT_API_URL` mean the same as for the Lambda; a proxy of the environment is used.
 *
 * @throws CodedError `environment.invalid`, `ledger.busy`, and what a run throws.
 */
export async function takeRealSnapshot(
  keys: Keys,
  directory: string,
  environment: Environment,
): Promise<RealSnapshot> {
  const { collector, reader, close } = await openRealCollector(keys, directory, environment);
  try {
    const report = await collector({ manual: true }, Date.now() + TIME_LIMIT);
    return { reader, accounts: report.accounts.map((line) => line.account), remarks: report.remarks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Assembles the collector with these keys, for the regions they belong to.
 *
 * @param directory where the ledger is; undefined for one in memory, for a run that stores nothing.
 * @throws CodedError `environment.invalid`, `ledger.busy`.
 */
export async function openRealCollector(
  keys: Keys,
  directory: string | undefined,
  environment: Environment,
): Promise<RealCollector> {
  const [
    { startEmbeddedDynamoDb, LOCAL_CREDENTIALS },
    { DynamoDBClient },
    { createLedgerReader },
    { assembleCollector },
    { systemClock },
    { readEnvironment },
  ] = await Promise.all([
    import('../../infra/local/embedded-dynamodb.ts'),
    import('@aws-sdk/client-dynamodb'),
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/handlers/assemble.ts'),
    import('../../lambda/handlers/clock.ts'),
    import('../../lambda/handlers/environment.ts'),
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
    CHECK_IP_URL: environment['CHECK_IP_URL'],
  });
  const fetch = await proxiedFetch(environment);
  const database = await startEmbeddedDynamoDb({
    tableName: LOCAL_TABLE,
    ...(directory === undefined ? {} : { directory }),
  });
  const dynamoDb = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  return {
    collector: assembleCollector(settings, {
      dynamoDb: () => dynamoDb,
      readKeys: async () => keys,
      clock: systemClock,
      write: () => undefined,
      ...(fetch === undefined ? {} : { fetch }),
    }),
    reader: createLedgerReader({ client: dynamoDb, tableName: LOCAL_TABLE }),
    close: async () => {
      dynamoDb.destroy();
      await database.close();
    },
  };
}
