import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Environment } from '../../cli/ledger/deployment.ts';
import { LOCAL_TABLE, type LocalLedger, localDirectory } from '../../cli/ledger/local-ledger.ts';
import { openTarget } from '../../cli/ledger/target.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { createLedgerWriter } from '../../lambda/adapters/ledger/writer.ts';
import type { ScheduleEntry } from '../../lambda/core/catalog.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { captured } from './captured.ts';

/** Writes a local ledger under `root`: one account, since the start of its schedule. */
export async function writeLocalLedger(
  root: string,
  ledger: LocalLedger,
  schedule: ScheduleEntry,
  entries: readonly Entry[],
): Promise<void> {
  const server = await startEmbeddedDynamoDb({
    directory: localDirectory(root, ledger),
    tableName: LOCAL_TABLE,
  });
  const client = new DynamoDBClient({ endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
  const writer = createLedgerWriter({ client, tableName: LOCAL_TABLE });
  await writer.addSchedule(schedule, 5_000);
  await writer.putAccount(undefined, { account: 'sg/main', since: schedule.from }, 5_000);
  for (const entry of entries) await writer.record(entry, 5_000);
  client.destroy();
  await server.close();
}

/** Puts any item into the local ledger in a directory, whatever is there. */
export async function putItem(
  directory: string,
  item: Readonly<Record<string, AttributeValue>>,
): Promise<void> {
  const server = await startEmbeddedDynamoDb({ directory, tableName: LOCAL_TABLE });
  const client = new DynamoDBClient({ endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
  await client.send(new PutItemCommand({ TableName: LOCAL_TABLE, Item: item }));
  client.destroy();
  await server.close();
}

/**
 * Runs a command line in this process as a person would in a checkout at `root`: on its local ledgers, or on a table that the
 * AWS SDK reaches.
 */
export async function typedAt(
  root: string,
  commandLine: string,
  now: Instant,
  environment: Environment = {},
) {
  return await captured(commandLine.split(' '), {
    now: () => now,
    environment,
    root,
    openTarget: (choice) => openTarget(choice, environment, root),
  });
}
