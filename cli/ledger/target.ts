import { existsSync } from 'node:fs';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { requireAwsRegion } from '../../lambda/adapters/aws-region.ts';
import type { AccountEntry } from '../../lambda/core/catalog.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { type Deployment, type Environment, findDeployment } from './deployment.ts';
import { LOCAL_TABLE, type LocalLedger, localDirectory } from './local-ledger.ts';

/** Which ledger the user means. A table of undefined is the deployed one. */
export type TargetChoice =
  | { readonly kind: 'local'; readonly ledger: LocalLedger }
  | { readonly kind: 'table'; readonly name: string | undefined };

/** An open ledger. */
export interface Target {
  readonly reader: LedgerReader;
  /**
   * Puts the whole entry of an account in place of the one that was read.
   *
   * @throws CodedError `ledger.changed` where it is another by now, `ledger.unavailable`, `ledger.foreign`.
   */
  readonly replaceAccount: (before: AccountEntry, after: AccountEntry) => Promise<void>;
  /** True where nothing in it is real. */
  readonly simulated: boolean;
  /** What to call it in a sentence. */
  readonly label: string;
  close(): Promise<void>;
}

/** How long a command waits for another one that has the local ledger open. */
const LOCK_WAIT = 10_000;

/**
 * Opens a ledger. The deployed table is the one of `TABLE_NAME`, else of the deploy's outputs file under
 * `root`, which also says its AWS region where the environment names none. Credentials and endpoints are the SDK's.
 *
 * @throws CodedError `ledger.unavailable` where there is no local ledger, or nothing says which table or AWS region is meant;
 * `ledger.busy` where another process has the local ledger; `file.invalid` where the outputs file is of no use.
 */
export async function openTarget(
  choice: TargetChoice,
  environment: Environment,
  root: string,
): Promise<Target> {
  return choice.kind === 'local'
    ? await openLocal(choice.ledger, root)
    : await openTable(findDeployment(choice.name, environment, root));
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
    label: `the ${ledger} ledger`,
    close: async () => {
      await target.close();
      await server.close();
    },
  };
}

async function openTable({ tableName, awsRegion }: Deployment): Promise<Target> {
  const target = await connect(tableName, awsRegion === undefined ? {} : { region: awsRegion });
  return { ...target, simulated: false, label: `the table ${tableName}` };
}

async function connect(
  tableName: string,
  config: DynamoDBClientConfig,
): Promise<Pick<Target, 'reader' | 'replaceAccount' | 'close'>> {
  // The SDK is loaded only now: help and wrong usage need not wait for it.
  const [{ DynamoDBClient }, { createLedgerReader }, { putAccount }, { AWS_TIMEOUTS }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/adapters/ledger/accounts.ts'),
    import('../../lambda/adapters/aws-timeouts.ts'),
  ]);
  const client = new DynamoDBClient({ ...config, requestHandler: AWS_TIMEOUTS });
  await requireAwsRegion(client, 'ledger.unavailable');
  const table = { client, tableName };
  return {
    reader: createLedgerReader(table),
    replaceAccount: (before, after) => putAccount(table, before, after),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
