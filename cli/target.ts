import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { AccountEntry } from '../lambda/core/catalog.ts';
import { CodedError } from '../lambda/core/error.ts';
import { isObject } from '../lambda/core/parsed.ts';
import type { LedgerReader } from '../lambda/history.ts';
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

export type Environment = Readonly<Record<string, string | undefined>>;

/** How long a command waits for another one that has the local ledger open. */
const PATIENCE = 10_000;
const OUTPUTS_FILE = 'cdk.outputs.json';

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
    : await openTable(findTable(choice.name, environment, root));
}

async function openLocal(ledger: LocalLedger, root: string): Promise<Target> {
  const directory = localDirectory(root, ledger);
  if (!existsSync(directory)) {
    const start = ledger === 'demo' ? 'npm start' : 'npm start -- --keys FILE';
    throw new CodedError('ledger.unavailable', `no ${ledger} ledger yet: run ${start} first`);
  }
  const { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } = await import('../infra/local/embedded-dynamodb.ts');
  const server = await startEmbeddedDynamoDb({ directory, waitMs: PATIENCE, tableName: LOCAL_TABLE });
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

async function openTable({ name, awsRegion }: DeployedTable): Promise<Target> {
  const target = await connect(name, awsRegion === undefined ? {} : { region: awsRegion });
  return { ...target, simulated: false, label: `the table ${name}` };
}

async function connect(
  tableName: string,
  config: DynamoDBClientConfig,
): Promise<Pick<Target, 'reader' | 'replaceAccount' | 'close'>> {
  // The SDK is loaded only now: help and wrong usage need not wait for it.
  const [{ DynamoDBClient }, { createLedgerReader }, { putAccount }, { AWS_TIMEOUTS }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('../lambda/adapters/ledger-reader.ts'),
    import('../lambda/adapters/ledger-accounts.ts'),
    import('../lambda/adapters/aws-timeouts.ts'),
  ]);
  const client = new DynamoDBClient({ ...config, requestHandler: AWS_TIMEOUTS });
  await client.config.region().catch(refuseWithoutRegion);
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

function refuseWithoutRegion(cause: unknown): never {
  const message = 'no AWS region is set: put it into AWS_REGION or into your AWS profile';
  throw new CodedError('ledger.unavailable', message, { cause });
}

interface DeployedTable {
  readonly name: string;
  readonly awsRegion: string | undefined;
}

function findTable(asked: string | undefined, environment: Environment, root: string): DeployedTable {
  // The SDK reads AWS_REGION and the profile; AWS_DEFAULT_REGION is what the AWS command line reads.
  const inEnvironment = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined;
  const name = asked ?? (environment['TABLE_NAME'] || undefined);
  if (name !== undefined) return { name, awsRegion: inEnvironment };
  const { name: deployed, awsRegion } = readOutputs(join(root, OUTPUTS_FILE));
  return { name: deployed, awsRegion: inEnvironment ?? awsRegion };
}

function readOutputs(file: string): DeployedTable {
  if (!existsSync(file)) {
    throw new CodedError(
      'ledger.unavailable',
      `no table to read: deploy first (that writes ${OUTPUTS_FILE}), or name one with --table or TABLE_NAME, or use --local for the demo`,
    );
  }
  const outputs = parseJson(file);
  const tables = (isObject(outputs) ? Object.entries(outputs) : []).flatMap(([stack, values]) => {
    const { TableName: name, AwsRegion: awsRegion } = isObject(values) ? values : {};
    return typeof name === 'string' && name !== ''
      ? [{ stack, name, awsRegion: typeof awsRegion === 'string' ? awsRegion : undefined }]
      : [];
  });
  const [table, ...others] = tables;
  if (table === undefined) {
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} has no output TableName: deploy again, or name the table with --table`,
    );
  }
  if (others.length > 0) {
    const stacks = tables.map(({ stack, name }) => `${name} (${stack})`).join(', ');
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} names several tables, choose one with --table: ${stacks}`,
    );
  }
  return table;
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): CodedError {
  const message = `${OUTPUTS_FILE} cannot be read as JSON: deploy again, or name the table with --table`;
  return new CodedError('file.invalid', message, { cause });
}
