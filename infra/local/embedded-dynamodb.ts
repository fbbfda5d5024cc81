import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { SECOND } from '../../lambda/core/instant.ts';
import { lockDirectory } from './directory-lock.ts';
import { listen, stop } from './http-server.ts';
import { unusableFolder } from './unusable-folder.ts';

export interface EmbeddedDynamoDbOptions {
  /** The data directory, used by one process at a time; in memory if absent. */
  readonly directory?: string;
  /** How long to wait for another process that uses the directory, in milliseconds; 10 s by default. */
  readonly waitMs?: number;
  /** A table with the ledger's keys, created if missing. */
  readonly tableName?: string;
}

/** A running DynamoDB on this machine. */
export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  /** Stops it after writing everything. May be called twice. */
  close(): Promise<void>;
}

/** The folder of its LevelDB inside the directory. */
const DATA = 'db';

/** Client settings: required, but not checked. */
export const LOCAL_CREDENTIALS = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/**
 * Starts DynamoDB's API on a free port of this machine: dynalite, on LevelDB.
 *
 * @throws CodedError `ledger.busy` if another process uses the directory for longer than `waitMs`; `ledger.unavailable` if
 * its files cannot be used.
 */
export async function startEmbeddedDynamoDb(
  options: EmbeddedDynamoDbOptions = {},
): Promise<EmbeddedDynamoDb> {
  const { directory, waitMs = 10 * SECOND, tableName } = options;
  const unlock = directory === undefined ? undefined : await lockDirectory(directory, waitMs);
  let running: Running | undefined;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (running === undefined ? Promise.resolve() : stop(running.server)).then(unlock);
    return closing;
  };
  try {
    running = await start(directory);
    if (
      tableName !== undefined &&
      !(await hasTable(running.endpoint, tableName)) &&
      directory !== undefined
    ) {
      // A process killed while creating the table left it incomplete, and unusable.
      await stop(running.server);
      await forgetTable(directory, tableName);
      running = await start(directory);
      if (!(await hasTable(running.endpoint, tableName)))
        throw unusableFolder(directory, new Error(`the table ${tableName} does not become active`));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: running.endpoint, close };
}

interface Running {
  readonly server: Server;
  readonly endpoint: string;
}

async function start(directory: string | undefined): Promise<Running> {
  // dynalite throws an uncatchable error if its LevelDB cannot be opened, so try that first.
  if (directory !== undefined) await withLevel(directory, () => undefined);
  const server = dynalite({
    createTableMs: 0,
    ...(directory === undefined ? {} : { path: join(directory, DATA) }),
  });
  return { server, endpoint: await listen(server) };
}

/** Removes dynalite's entry about a table, which is then created again. Items, if there are any, stay. */
function forgetTable(directory: string, tableName: string): Promise<void> {
  return withLevel(directory, (level) => level.del(`table~${tableName}`));
}

async function withLevel(
  directory: string,
  use: (level: ClassicLevel) => Promise<void> | undefined,
): Promise<void> {
  const level = new ClassicLevel(join(directory, DATA));
  try {
    await level.open();
    await use(level);
  } catch (error) {
    throw unusableFolder(directory, error);
  } finally {
    await level.close();
  }
}

/** Creates the table if missing, and returns whether it can be used. */
async function hasTable(endpoint: string, tableName: string): Promise<boolean> {
  const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS });
  try {
    await createTable(client, tableName);
    for (let looks = 0; looks < 20; looks += 1) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      if (Table?.TableStatus === 'ACTIVE') return true;
      await setTimeout(50);
    }
    return false;
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'account', AttributeType: 'S' },
          { AttributeName: 'slot', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'account', KeyType: 'HASH' },
          { AttributeName: 'slot', KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}
