import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../infra/local/embedded-dynamodb.ts';
import { SimulatedClock } from '../infra/local/simulated-clock.ts';
import {
  type BalanceLine,
  type SimulatedAccount,
  type SimulatedUpbit,
  startSimulatedUpbit,
} from '../infra/local/simulated-upbit.ts';
import type { Table } from '../lambda/adapters/ledger-catalog.ts';
import { createLedgerReader } from '../lambda/adapters/ledger-reader.ts';
import { type AccountName, parseAccountName, regionOf } from '../lambda/core/account.ts';
import type { Instant } from '../lambda/core/instant.ts';
import type { SigningAlgorithm } from '../lambda/core/regions.ts';
import type { Entry } from '../lambda/core/snapshot.ts';
import { assembleCollector, type Collector } from '../lambda/handlers/assemble.ts';
import { readEnvironment } from '../lambda/handlers/environment.ts';
import type { LedgerReader } from '../lambda/history.ts';
import { keysOf, SLOT, secret } from './memory-parts.ts';

/** One line as Upbit documents it. */
export const ADA: BalanceLine = {
  currency: 'ADA',
  balance: '10.386546',
  locked: '0',
  avg_buy_price: '0.9724275092936803',
  avg_buy_price_modified: false,
  unit_currency: 'USDT',
};

/** The account of the simulated Upbit that belongs to an account of {@link secret}. */
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

/** What a new process finds other than the first. */
export interface Changed {
  readonly variables?: Readonly<Record<string, string>>;
  readonly dynamoDb?: DynamoDBClient;
}

/** The real collector on real HTTP: an embedded DynamoDB and a simulated Upbit, on a clock on which waiting takes no time. */
export interface LocalParts {
  readonly clock: SimulatedClock;
  readonly upbit: SimulatedUpbit;
  readonly reader: LedgerReader;
  /** The lines of the log and the metrics. */
  readonly written: string[];
  /** The text of the secret. */
  keysText: string;
  /** The table it starts with. */
  readonly table: Table;
  /** A new process: nothing in memory. */
  cold(changed?: Changed): Collector;
  item(account: AccountName, slot?: Instant): Promise<Entry | undefined>;
  close(): Promise<void>;
}

export async function startLocalParts(
  accounts: readonly AccountName[],
  algorithm?: SigningAlgorithm,
): Promise<LocalParts> {
  const clock = new SimulatedClock(SLOT);
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  const upbit = await startSimulatedUpbit({
    now: clock.now,
    accounts: accounts.map((account) => simulated(account)),
    ...(algorithm === undefined ? {} : { algorithm }),
  });
  const dynamoDb = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  const table = { client: dynamoDb, tableName: 'ledger' };
  const reader = createLedgerReader(table);
  const written: string[] = [];
  const variables = {
    TABLE_NAME: 'ledger',
    API_KEYS_SECRET_ID: 'keys',
    REGIONS: [...new Set(accounts.map(regionOf))].join(','),
    EVERY: '1h',
    TIME_ZONE: 'UTC',
    UPBIT_API_URL: upbit.url,
    JWT_ALG: algorithm,
  };
  const parts: LocalParts = {
    clock,
    upbit,
    reader,
    written,
    keysText: secret(...accounts),
    table,
    cold: (changed = {}) =>
      assembleCollector(readEnvironment({ ...variables, ...changed.variables }), {
        dynamoDb: changed.dynamoDb ?? dynamoDb,
        readKeys: async () => keysOf(parts.keysText),
        clock,
        write: (line) => written.push(line),
      }),
    item: async (account, slot = SLOT) => {
      const entry = await reader.newest(account, slot);
      return entry?.slot === slot ? entry : undefined;
    },
    async close() {
      dynamoDb.destroy();
      await Promise.all([upbit.close(), database.close()]);
    },
  };
  return parts;
}

/** An account name from text that a test made. */
export function named(text: string): AccountName {
  const account = parseAccountName(text);
  if (account === undefined) throw new Error(`${text} is no account`);
  return account;
}
