import type { AccountName } from '../../lambda/core/account.ts';
import { regionOf } from '../../lambda/core/account.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import type { Keys } from '../../lambda/core/keys.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import type { Collector } from '../../lambda/handlers/assemble.ts';
import type { Sealer } from '../../lambda/handlers/assemble-sealer.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import type { Environment } from './deployment.ts';
import { LOCAL_TABLE } from './local-ledger.ts';
import { proxiedFetch } from './network.ts';

/** One snapshot of real accounts, stored on this machine. */
export interface RealSnapshot {
  readonly reader: LedgerReader;
  /** The same ledger, as it is stored. */
  readonly stored: StoredLedger;
  readonly accounts: readonly AccountName[];
  /** What could not be used in the key file. */
  readonly remarks: readonly string[];
  /**
   * Seals each day of the ledger that ended at least an hour ago, as the Lambda does.
   *
   * @throws CodedError `ledger.*`; what was sealed by then stays.
   */
  seal(): Promise<void>;
  close(): Promise<void>;
}

/** The collector with real keys on this machine, the ledger it writes, and what seals that. */
interface RealCollector {
  readonly collector: Collector;
  readonly sealer: Sealer;
  readonly reader: LedgerReader;
  readonly stored: StoredLedger;
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
  const { collector, sealer, reader, stored, close } = await openRealCollector(keys, directory, environment);
  try {
    const report = await collector({ manual: true }, Date.now() + TIME_LIMIT);
    return {
      reader,
      stored,
      accounts: report.accounts.map((line) => line.account),
      remarks: report.remarks,
      seal: async () => {
        await sealer({ seal: formatSecond(Date.now()) });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Assembles the collector with these keys, for the regions they belong to, and a sealer of its ledger's days.
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
    { createStoredLedger },
    { assembleCollector },
    { assembleSealer },
    { systemClock },
    { readEnvironment },
  ] = await Promise.all([
    import('../../infra/local/embedded-dynamodb.ts'),
    import('@aws-sdk/client-dynamodb'),
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/adapters/ledger/stored.ts'),
    import('../../lambda/handlers/assemble.ts'),
    import('../../lambda/handlers/assemble-sealer.ts'),
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
  const table = { client: dynamoDb, tableName: LOCAL_TABLE };
  return {
    collector: assembleCollector(settings, {
      dynamoDb: () => dynamoDb,
      readKeys: async () => keys,
      clock: systemClock,
      write: () => undefined,
      ...(fetch === undefined ? {} : { fetch }),
    }),
    sealer: assembleSealer(settings, { client: dynamoDb, clock: systemClock, write: () => undefined }),
    reader: createLedgerReader(table),
    stored: createStoredLedger(table),
    close: async () => {
      dynamoDb.destroy();
      await database.close();
    },
  };
}
