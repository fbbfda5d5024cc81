import { existsSync } from 'node:fs';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { requireAwsRegion } from '../../lambda/adapters/aws-region.ts';
import type { AccountEntry, Catalog } from '../../lambda/core/catalog.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { requireCredentials } from './aws-credentials.ts';
import { lastStart } from './demo-end.ts';
import { type Deployment, type Environment, findDeployment } from './deployment.ts';
import { LOCAL_TABLE, type LocalLedger, localDirectory } from './local-ledger.ts';
import { proxyAgents } from './network.ts';

/** Which ledger the user means. A table without a name is the deployed one. */
export type TargetChoice =
  | { readonly kind: 'local'; readonly ledger: LocalLedger }
  | { readonly kind: 'table'; readonly name: string | undefined };

/** An open ledger. */
export interface Target {
  readonly reader: LedgerReader;
  /** The same ledger, item by item as it is stored, and its seals. */
  readonly stored: StoredLedger;
  /**
   * Replaces the whole entry of an account, if it is still the one that was read.
   *
   * @throws CodedError `ledger.changed` if it has changed since, `ledger.unavailable`, `ledger.foreign`.
   */
  readonly replaceAccount: (before: AccountEntry, after: AccountEntry) => Promise<void>;
  /** True if none of the data is real. */
  readonly simulated: boolean;
  /**
   * Until when the ledger was filled, if nothing runs in between: the demo. Nothing later is expected of it. Absent if the
   * collector may run at any time.
   */
  readonly end?: (catalog: Catalog) => Promise<Instant | undefined>;
  /** What to call it in a sentence. */
  readonly label: string;
  close(): Promise<void>;
}

/** How long to wait for another process that has the local ledger open, in milliseconds. */
const LOCK_WAIT = 10_000;

/**
 * Opens a ledger. The deployed table is `TABLE_NAME`, else the one in the deploy's outputs file under `root`, which also
 * gives its AWS region if the environment does not. Credentials and endpoints are the SDK's; the proxies of the environment
 * are used.
 *
 * @throws CodedError `ledger.unavailable` if there is no local ledger, it cannot be used, no table or AWS region is specified,
 * or there are no usable credentials; `ledger.busy` if another process has the local ledger open; `file.invalid` if the
 * outputs file is unusable; `environment.invalid` if a proxy is.
 */
export async function openTarget(
  choice: TargetChoice,
  environment: Environment,
  root: string,
): Promise<Target> {
  return choice.kind === 'local'
    ? await openLocal(choice.ledger, root)
    : await openTable(findDeployment(choice.name, environment, root), environment);
}

async function openLocal(ledger: LocalLedger, root: string): Promise<Target> {
  const directory = localDirectory(root, ledger);
  if (!existsSync(directory)) {
    const start = ledger === 'demo' ? 'npm start' : 'npm start -- --keys FILE';
    throw new CodedError('ledger.unavailable', `no ${ledger} ledger yet: run ${start} first`);
  }
  const { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } = await import('../../infra/local/embedded-dynamodb.ts');
  const server = await startEmbeddedDynamoDb({ directory, waitMs: LOCK_WAIT, tableName: LOCAL_TABLE });
  const target = await connect(LOCAL_TABLE, { endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
  return {
    ...target,
    simulated: ledger === 'demo',
    ...(ledger === 'demo' ? { end: (catalog: Catalog) => lastStart(target.reader, catalog) } : {}),
    label: `the ${ledger} ledger`,
    close: async () => {
      await target.close();
      await server.close();
    },
  };
}

async function openTable(
  { tableName, awsRegion, stack }: Deployment,
  environment: Environment,
): Promise<Target> {
  const region = awsRegion === undefined ? {} : { region: awsRegion };
  const target = await connect(tableName, region, environment);
  const table = { ...target, simulated: false, label: `the table ${tableName}` };
  if (awsRegion === undefined || stack?.replicas.includes(awsRegion) !== true) return table;
  return {
    ...table,
    // The condition of a write holds in one AWS region only: the collector writes in another.
    replaceAccount: () =>
      Promise.reject(
        new CodedError(
          'usage.invalid',
          `the table in ${awsRegion} is a copy, which must not be written to: use the AWS region of the stack`,
        ),
      ),
  };
}

async function connect(
  tableName: string,
  config: DynamoDBClientConfig,
  environment: Environment = {},
): Promise<Pick<Target, 'reader' | 'stored' | 'replaceAccount' | 'close'>> {
  // Loaded on demand, so that help and wrong usage do not wait for the SDK.
  const [
    { DynamoDBClient },
    { createLedgerReader },
    { createStoredLedger },
    { createLedgerWriter },
    { AWS_ATTEMPT, AWS_CALL_TIMEOUT },
  ] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/adapters/ledger/stored.ts'),
    import('../../lambda/adapters/ledger/writer.ts'),
    import('../../lambda/adapters/aws-client.ts'),
  ]);
  const requestHandler = { ...AWS_ATTEMPT, ...(await proxyAgents(environment)) };
  const client = new DynamoDBClient({ ...config, requestHandler });
  await requireAwsRegion(client, 'ledger.unavailable');
  await requireCredentials(client);
  const table = { client, tableName };
  return {
    reader: createLedgerReader(table),
    stored: createStoredLedger(table),
    replaceAccount: (before, after) => createLedgerWriter(table).putAccount(before, after, AWS_CALL_TIMEOUT),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
