import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { type SecretsEndpoint, startSecretsEndpoint } from '../../infra/local/secrets-endpoint.ts';
import { SimulatedClock } from '../../infra/local/simulated-clock.ts';
import {
  type BalanceLine,
  type SimulatedAccount,
  type SimulatedUpbit,
  startSimulatedUpbit,
} from '../../infra/local/simulated-upbit.ts';
import { AWS_ATTEMPT } from '../../lambda/adapters/aws-client.ts';
import type { Fetch } from '../../lambda/adapters/fetch.ts';
import type { Table } from '../../lambda/adapters/ledger/catalog.ts';
import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { readKeys } from '../../lambda/adapters/secrets.ts';
import { type AccountName, parseAccountName, regionOf } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Region, SigningAlgorithm } from '../../lambda/core/regions.ts';
import type { Grid } from '../../lambda/core/slots.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { assembleCollector, type Collector } from '../../lambda/handlers/assemble.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { type FaultyDynamoDb, startFaultyDynamoDb } from './faulty-dynamodb.ts';
import { SLOT, secret } from './memory-parts.ts';
import { readable } from './readable.ts';

/** One line as Upbit documents it. */
export const ADA: BalanceLine = {
  currency: 'ADA',
  balance: '10.386546',
  locked: '0',
  avg_buy_price: '0.9724275092936803',
  avg_buy_price_modified: false,
  unit_currency: 'USDT',
};

/** The simulated Upbit's account for an account of {@link secret}. */
export function simulated(
  account: AccountName,
  balances: SimulatedAccount['balances'] = () => [ADA],
): SimulatedAccount {
  const name = account.split('/')[1];
  const region = regionOf(account);
  return {
    region,
    accessKey: `fake-access-${region}-${name}`,
    secretKey: `fake-secret-${region}-${name}`,
    balances,
  };
}

/** What differs for a new process from the first. */
export interface Changed {
  readonly variables?: Readonly<Record<string, string>>;
  readonly dynamoDb?: DynamoDBClient;
  readonly fetch?: Fetch;
}

export interface LocalOptions {
  readonly algorithm?: SigningAlgorithm;
  /** Hourly in UTC by default. */
  readonly grid?: Grid;
  /** The text of the secret; by default, each account with a key. */
  readonly keysText?: string | undefined;
  /** The AWS clients' maximum number of attempts; by default, their own. */
  readonly maxAttempts?: number;
  /** How long the AWS clients wait for an answer, in milliseconds; by default, as long as in AWS. */
  readonly requestTimeout?: number;
}

/**
 * The real collector with its real clients over real HTTP: DynamoDB, Secrets Manager and Upbit each on a port of this
 * machine and each able to fail, on a clock on which waiting takes no time.
 */
export interface LocalParts {
  readonly clock: SimulatedClock;
  readonly upbit: SimulatedUpbit;
  readonly secrets: SecretsEndpoint;
  readonly dynamoDb: FaultyDynamoDb;
  /** Reads the ledger without the faults. */
  readonly reader: LedgerReader;
  /** The log lines and the metrics. */
  readonly written: string[];
  /** The table it starts with. */
  readonly table: Table;
  /** How far Upbit's clock is ahead of this host's, in milliseconds. */
  upbitAhead: number;
  /** The URL for a region's next call, if not the simulated Upbit's. */
  elsewhere: (region: Region) => string | undefined;
  /** Puts a text into the secret; undefined removes its value. */
  putSecret(text: string | undefined): void;
  /** A new process: nothing in memory. */
  cold(changed?: Changed): Collector;
  item(account: AccountName, slot?: Instant): Promise<Entry | undefined>;
  close(): Promise<void>;
}

const TABLE = 'ledger';
const SECRET = 'keys';

export async function startLocalParts(
  accounts: readonly AccountName[],
  { algorithm, grid = { every: '1h', timeZone: 'UTC' }, ...options }: LocalOptions = {},
): Promise<LocalParts> {
  const clock = new SimulatedClock(SLOT);
  const database = await startEmbeddedDynamoDb({ tableName: TABLE });
  const dynamoDb = await startFaultyDynamoDb(database.endpoint);
  const keysText = 'keysText' in options ? options.keysText : secret(...accounts);
  const secrets = await startSecretsEndpoint({ [SECRET]: keysText });
  const upbit = await startSimulatedUpbit({
    now: () => clock.now() + parts.upbitAhead,
    accounts: accounts.map((account) => simulated(account)),
    ...(algorithm === undefined ? {} : { algorithm }),
  });
  const attempts = options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts };
  const { requestTimeout = AWS_ATTEMPT.requestTimeout } = options;
  const aws = { ...LOCAL_CREDENTIALS, ...attempts, requestHandler: { ...AWS_ATTEMPT, requestTimeout } };
  const client = new DynamoDBClient({ endpoint: dynamoDb.endpoint, ...aws });
  const { requestHandler } = client.config;
  const ofOneRun = () => new DynamoDBClient({ endpoint: dynamoDb.endpoint, ...aws, requestHandler });
  const secretsManager = new SecretsManagerClient({ endpoint: secrets.endpoint, ...aws });
  const direct = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  const reader = createLedgerReader({ client: direct, tableName: TABLE });
  const written: string[] = [];
  const variables = {
    TABLE_NAME: TABLE,
    API_KEYS_SECRET_ID: SECRET,
    REGIONS: [...new Set(accounts.map(regionOf))].join(','),
    EVERY: grid.every,
    TIME_ZONE: grid.timeZone,
    UPBIT_API_URL: upbit.url,
    JWT_ALG: algorithm,
  };
  const parts: LocalParts = {
    clock,
    upbit,
    secrets,
    dynamoDb,
    reader,
    written,
    table: { client: direct, tableName: TABLE },
    upbitAhead: 0,
    elsewhere: () => undefined,
    putSecret: (text) => secrets.put(SECRET, text),
    cold: (changed = {}) => {
      const environment = readEnvironment({ ...variables, ...changed.variables });
      return assembleCollector(
        {
          ...environment,
          baseUrl: (region) => parts.elsewhere(region) ?? environment.baseUrl(region),
        },
        {
          // As the handler does it: each run has a client of its own, and all share the connections.
          dynamoDb: () => changed.dynamoDb ?? ofOneRun(),
          readKeys: () => readKeys(secretsManager, environment.secretId),
          clock,
          write: (line) => written.push(line),
          ...(changed.fetch === undefined ? {} : { fetch: changed.fetch }),
        },
      );
    },
    item: async (account, slot = SLOT) => {
      const entry = await reader.newest(account, slot);
      return entry?.slot === slot ? readable<Entry>(entry) : undefined;
    },
    async close() {
      for (const each of [client, secretsManager, direct]) each.destroy();
      await Promise.all([upbit.close(), secrets.close(), dynamoDb.close()]);
      await database.close();
    },
  };
  return parts;
}

/** An account name from a test's text. */
export function named(text: string): AccountName {
  const account = parseAccountName(text);
  if (account === undefined) throw new Error(`${text} is not an account`);
  return account;
}
