import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../../infra/local/directory-lock.ts';
import {
  type EmbeddedDynamoDb,
  LOCAL_CREDENTIALS,
  startEmbeddedDynamoDb,
} from '../../../infra/local/embedded-dynamodb.ts';
import { type Child, runChild } from '../../support/child.ts';

const TABLE = { tableName: 'ledger' };

describe('the embedded DynamoDB', () => {
  let directory: string;
  const running: (EmbeddedDynamoDb | DynamoDBClient)[] = [];
  const children: Child[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  });
  afterEach(async () => {
    for (const part of running.splice(0)) await ('close' in part ? part.close() : part.destroy());
    for (const child of children.splice(0)) await child.kill();
    rmSync(directory, { recursive: true });
  });

  async function open(waitMs = 0) {
    const database = await startEmbeddedDynamoDb({ directory, waitMs, ...TABLE });
    running.push(database);
    return database;
  }
  async function spawned(script: string) {
    const child = await runChild(script, directory);
    children.push(child);
    return child;
  }
  function clientOf({ endpoint }: { endpoint: string }) {
    const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS, maxAttempts: 1 });
    running.push(client);
    return client;
  }
  async function put(database: EmbeddedDynamoDb, account: string) {
    const Item = { account: { S: account }, slot: { S: '1' } };
    await clientOf(database).send(new PutItemCommand({ TableName: 'ledger', Item }));
  }
  async function has(database: EmbeddedDynamoDb, account: string) {
    const Key = { account: { S: account }, slot: { S: '1' } };
    const { Item } = await clientOf(database).send(
      new GetItemCommand({ TableName: 'ledger', Key, ConsistentRead: true }),
    );
    return Item !== undefined;
  }
  const busy = () => ({
    code: 'ledger.busy',
    message: `another process is using ${directory}; wait until it ends, or stop it`,
  });

  it('creates the requested table, with the ledger’s keys, ready for use', async () => {
    const { Table } = await clientOf(await open()).send(new DescribeTableCommand({ TableName: 'ledger' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'account', KeyType: 'HASH' },
        { AttributeName: 'slot', KeyType: 'RANGE' },
      ],
    });
  });

  it('has no table unless one is requested', async () => {
    const database = await startEmbeddedDynamoDb();
    running.push(database);
    expect((await clientOf(database).send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('does not share data between instances in memory', async () => {
    const [one, other] = [await startEmbeddedDynamoDb(TABLE), await startEmbeddedDynamoDb(TABLE)];
    running.push(one, other);
    await put(one, 'sg/main');
    expect([await has(one, 'sg/main'), await has(other, 'sg/main')]).toEqual([true, false]);
  });

  it('still has its data when closed and opened again', async () => {
    const first = await open();
    await put(first, 'sg/main');
    await first.close();
    expect(await has(await open(), 'sg/main')).toBe(true);
  });

  it('closes while clients hold connections, and can be closed twice', async () => {
    const database = await open();
    await put(database, 'sg/main');
    await Promise.all([database.close(), database.close()]);
    await database.close();
    await expect(fetch(database.endpoint)).rejects.toThrow('fetch failed');
  });

  it('refuses a second instance in the same process on the directory', async () => {
    await open();
    await expect(open()).rejects.toMatchObject(busy());
    await expect(open(150)).rejects.toMatchObject(busy());
  });

  it('waits for another instance to close', async () => {
    const first = await open();
    const second = open(10_000);
    await first.close();
    await put(await second, 'sg/main');
    expect(await has(await second, 'sg/main')).toBe(true);
  });

  it('lets exactly one of many open the directory at the same time', async () => {
    const opened = await Promise.allSettled([open(), open(), open(), open()]);
    expect(opened.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
  });

  it('does not block another directory', async () => {
    await open();
    const other = await startEmbeddedDynamoDb({ directory: join(directory, 'other'), waitMs: 0, ...TABLE });
    running.push(other);
    await put(other, 'sg/main');
    expect(await has(other, 'sg/main')).toBe(true);
  });

  it('refuses the directory of another process, and opens it with all its data once that is killed', async () => {
    const child = await spawned('hold-ledger.mjs');
    await expect(open()).rejects.toMatchObject(busy());
    await child.kill();
    expect(await has(await open(), 'child')).toBe(true);
  });

  it('waits for another process to end', async () => {
    const child = await spawned('hold-ledger.mjs');
    const waiting = open(10_000);
    await child.kill();
    expect(await has(await waiting, 'child')).toBe(true);
  });

  it('recreates a table that a killed process left incomplete', async () => {
    const child = await spawned('leave-table-unfinished.mjs');
    expect(child.told).toBe('CREATING');
    await child.kill();
    const database = await open();
    await put(database, 'sg/main');
    await database.close();
    expect(await has(await open(), 'sg/main')).toBe(true);
  });

  it('releases the directory if it cannot start', async () => {
    await expect(startEmbeddedDynamoDb({ directory, waitMs: 0, tableName: '?' })).rejects.toThrow(
      'TableName must be',
    );
    await put(await open(), 'sg/main');
  });

  describe('a directory that cannot be used', () => {
    const refused = (why: RegExp, where = directory) =>
      expect(startEmbeddedDynamoDb({ directory: where, waitMs: 0, ...TABLE })).rejects.toMatchObject({
        code: 'ledger.unavailable',
        message: expect.stringMatching(
          new RegExp(`^the local ledger in ${where} cannot be used: ${why.source}$`),
        ),
      });

    it.each(['CURRENT', 'MANIFEST'])('because its %s is damaged is named, and kept', async (name) => {
      await (await open()).close();
      const data = join(directory, 'db');
      const file = readdirSync(data).find((one) => one.startsWith(name)) ?? '';
      writeFileSync(join(data, file), 'damaged');
      const before = readdirSync(data).sort();
      await refused(/its files are damaged \(.+\); move the folder away, or put back a copy of it/);
      expect(readdirSync(data)).toEqual(expect.arrayContaining(before.filter((one) => one !== 'LOG')));
      // And the lock was released.
      await (await lockDirectory(directory, 0))();
    });

    it('because part of its path is a file is named', async () => {
      writeFileSync(join(directory, 'file'), '');
      await refused(/there is a file of that name; move it away/, join(directory, 'file'));
      await refused(/part of that path is a file; move it away/, join(directory, 'file', 'demo'));
      writeFileSync(join(directory, 'db'), '');
      await refused(/there is a file of that name; move it away/);
    });

    it('because this user may not write into it is named', async () => {
      await (await open()).close();
      const isRoot = process.geteuid?.() === 0;
      chmodSync(directory, 0o500);
      if (isRoot) process.seteuid?.(65_534);
      try {
        await refused(/permission denied; make the folder and everything in it writable for this user/);
      } finally {
        if (isRoot) process.seteuid?.(0);
        chmodSync(directory, 0o700);
      }
    });
  });

  it('keeps the items of a table whose entry is incomplete', async () => {
    const first = await open();
    await put(first, 'sg/main');
    await first.close();
    const level = new ClassicLevel<string, string>(join(directory, 'db'));
    const entry = await level.get('table~ledger');
    await level.put('table~ledger', (entry ?? '').replace('"ACTIVE"', '"CREATING"'));
    await level.close();
    expect(await has(await open(), 'sg/main')).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('is private, also if the directory was not', async () => {
    const deep = join(directory, 'local', 'demo');
    await (await startEmbeddedDynamoDb({ directory: deep, ...TABLE })).close();
    const modes = () => [join(directory, 'local'), deep].map((path) => statSync(path).mode & 0o777);
    expect(modes()).toEqual([0o700, 0o700]);
    chmodSync(deep, 0o755);
    await (await startEmbeddedDynamoDb({ directory: deep, ...TABLE })).close();
    expect(modes()).toEqual([0o700, 0o700]);
  });

  describe('the lock of a directory', () => {
    it('creates the directory, and can be taken again once it is released', async () => {
      const deep = join(directory, 'not', 'there', 'yet');
      const release = await lockDirectory(deep, 0);
      await expect(lockDirectory(deep, 0)).rejects.toMatchObject({ code: 'ledger.busy' });
      await release();
      await (await lockDirectory(deep, 0))();
    });

    it('does not wait if it fails for another reason', async () => {
      mkdirSync(join(directory, 'lock', 'LOCK'), { recursive: true });
      await expect(lockDirectory(directory, 10_000)).rejects.toMatchObject({ code: 'ledger.unavailable' });
    });
  });
});
