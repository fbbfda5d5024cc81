import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { createStoredLedger } from '../../lambda/adapters/ledger/stored.ts';
import type { CheckReport } from '../../lambda/collector/check.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { DAY, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { type Keys, parseKeys } from '../../lambda/core/keys.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import { assembleCollector } from '../../lambda/handlers/assemble.ts';
import { systemClock } from '../../lambda/handlers/clock.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { startCheckIpEndpoint } from './check-ip-endpoint.ts';
import { DEMO_VARIABLES, demoAccounts, type SecretEntry, secretOf } from './demo-accounts.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from './simulated-upbit.ts';
import { FAULTS, type Fault } from './upbit-faults.ts';

/** What can be wrong in the demo, to see how it is reported. */
export type DemoTrouble =
  | 'wrong-region'
  | 'unknown-key'
  | 'secret-key'
  | 'algorithm'
  | 'expired'
  | 'expiring'
  | 'scope'
  | 'address'
  | 'consent'
  | 'blocked'
  | 'maintenance'
  | 'no-key';

/** The demo's Upbit and the secret, before the check. */
interface Scene {
  readonly upbit: SimulatedUpbit;
  /** The keys in the secret, `sg` first. */
  readonly entries: SecretEntry[];
  readonly now: Instant;
}

function refusing(fault: Fault) {
  return ({ upbit }: Scene) => {
    upbit.fault = ({ region }) => (region === 'sg' ? fault : undefined);
  };
}

/** Each causes one problem with the Singapore account. */
const TROUBLES: Readonly<Record<DemoTrouble, (scene: Scene) => void>> = {
  'wrong-region': ({ upbit }) => {
    const [account, ...others] = [...upbit.accounts.values()];
    upbit.accounts.clear();
    for (const one of others) upbit.accounts.set(one.accessKey, one);
    if (account !== undefined) upbit.accounts.set(account.accessKey, { ...account, region: 'id' });
  },
  'unknown-key': ({ upbit, entries }) => {
    upbit.accounts.delete(entries[0]?.accessKey ?? '');
  },
  'secret-key': ({ entries }) => changeFirst(entries, { secretKey: 'simulated-secret-key-of-another' }),
  algorithm: () => undefined,
  expired: refusing(FAULTS.expiredAccessKey),
  expiring: ({ entries, now }) =>
    changeFirst(entries, { expiresOn: formatSecond(now + 6 * DAY).slice(0, 10) }),
  scope: refusing(FAULTS.outOfScope),
  address: refusing(FAULTS.addressNotAllowed),
  consent: refusing(FAULTS.consentRequired),
  blocked: refusing(FAULTS.accountBlocked),
  maintenance: refusing(FAULTS.maintenance),
  'no-key': ({ entries }) => void entries.shift(),
};

function changeFirst(entries: SecretEntry[], change: Partial<SecretEntry>): void {
  const [first] = entries;
  if (first !== undefined) entries[0] = { ...first, ...change };
}

/** A check of the demo. */
export interface DemoCheck {
  readonly reader: LedgerReader;
  /** The same ledger, as it is stored. */
  readonly stored: StoredLedger;
  readonly keys: Keys;
  readonly report: CheckReport;
  close(): Promise<void>;
}

/**
 * Runs a check with the real collector, a simulated Upbit and the keys of the demo, whose ledger is in `directory`.
 * Stores nothing.
 *
 * @throws CodedError `ledger.busy` if another process uses the directory.
 */
export async function checkDemo(options: {
  readonly directory: string;
  readonly tableName: string;
  readonly trouble: DemoTrouble | undefined;
  readonly now: Instant;
}): Promise<DemoCheck> {
  const { directory, tableName, trouble, now } = options;
  const database = await startEmbeddedDynamoDb({ directory, tableName });
  const upbit = await startSimulatedUpbit({
    now: systemClock.now,
    algorithm: trouble === 'algorithm' ? 'HS512' : 'HS256',
  });
  const checkIp = await startCheckIpEndpoint();
  const dynamoDb = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  const reader = createLedgerReader({ client: dynamoDb, tableName });
  const close = async () => {
    dynamoDb.destroy();
    await Promise.all([upbit.close(), checkIp.close(), database.close()]);
  };
  try {
    // The same portfolios as in the ledger, which began with its first schedule.
    const accounts = demoAccounts((await reader.catalog()).schedules[0]?.from ?? now);
    for (const account of accounts) upbit.accounts.set(account.accessKey, account);
    const entries: SecretEntry[] = [...accounts];
    if (trouble !== undefined) TROUBLES[trouble]({ upbit, entries, now });
    const keys = parseKeys(secretOf(entries));
    if (keys.problem !== undefined) throw new CodedError('secret.unreadable', keys.problem);
    const environment = readEnvironment({
      ...DEMO_VARIABLES,
      TABLE_NAME: tableName,
      API_KEYS_SECRET_ID: 'none',
      UPBIT_API_URL: upbit.url,
      CHECK_IP_URL: checkIp.url,
    });
    const collector = assembleCollector(environment, {
      dynamoDb: () => dynamoDb,
      readKeys: async () => keys.value,
      clock: systemClock,
      write: () => undefined,
    });
    const report = await collector({ check: true }, systemClock.now() + TIME_LIMIT);
    if (!('check' in report)) throw new TypeError('the check did not return a check report');
    const stored = createStoredLedger({ client: dynamoDb, tableName });
    return { reader, stored, keys: keys.value, report, close };
  } catch (error) {
    // Servers that still listen would keep the process alive.
    await close();
    throw error;
  }
}
