import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { SECOND } from '../../lambda/core/instant.ts';
import { lockDirectory } from './directory-lock.ts';
import { listen, stop } from './http-server.ts';

export interface EmbeddedDynamoDbOptions {
  /** Where it keeps its data; in memory without it. One process at a time owns a directory. */
  readonly directory?: string;
  /** How long to wait for another process that owns the directory, in milliseconds; 10 s by default. */
  readonly waitMs?: number;
  /** A table with the ledger's keys to make, unless it is there. */
  readonly tableName?: string;
}

/** A running DynamoDB on this machine. */
export interface EmbeddedDynamoDb {
  readonly endpoint: string;
  /** Stops it, with all written. May be called twice. */
  close(): Promise<void>;
}

/** The folder of its LevelDB inside the directory. */
const DATA = 'db';

/** What a client of it needs and nobody checks. */
export const LOCAL_CREDENTIALS = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/**
 * Starts DynamoDB's API on a free port of this machine: dynalite, on LevelDB.
 *
 * @throws CodedError `ledger.busy` where another process owns the directory for longer than `waitMs`.
 */
export async function startEmbeddedDynamoDb(
  options: EmbeddedDynamoDbOptions = {},
): Promise<EmbeddedDynamoDb> {
  const { directory, waitMs = 10 * SECOND, tableName } = options;
  // dynalite dies of an error that nobody can catch where its LevelDB is in use, so that is found out before.
  const unlock = directory === undefined ? undefined : await lockDirectory(directory, waitMs);
  let running = await start(directory);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= stop(running.server).then(unlock);
    return closing;
  };
  try {
    if (
      tableName !== undefined &&
      !(await hasTable(running.endpoint, tableName)) &&
      directory !== undefined
    ) {
      // A process that was killed while it made the table left it unfinished, and so empty, for ever.
      await stop(running.server);
      rmSync(join(directory, DATA), { recursive: true });
      running = await start(directory);
      await hasTable(running.endpoint, tableName);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: running.endpoint, close };
}

async function start(
  directory: string | undefined,
): Promise<{ readonly server: Server; readonly endpoint: string }> {
  const server = dynalite({
    createTableMs: 0,
    ...(directory === undefined ? {} : { path: join(directory, DATA) }),
  });
  return { server, endpoint: await listen(server) };
}

/** Makes the table unless it is there, and returns whether it can be used. */
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
