import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { AWS_ATTEMPT } from '../../../lambda/adapters/aws-client.ts';
import { readCatalog } from '../../../lambda/adapters/ledger/catalog.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { HOUR, type Instant, SECOND } from '../../../lambda/core/instant.ts';
import type { Snapshot } from '../../../lambda/core/snapshot.ts';
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../../support/faulty-dynamodb.ts';
import { SLOT } from '../../support/memory-parts.ts';

// How a whole run handles a failing DynamoDB is tested in test/system/faults/dynamodb.test.ts.
describe('a write to the ledger', () => {
  let proxy: FaultyDynamoDb;
  let client: DynamoDBClient;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    proxy = await startFaultyDynamoDb(database.endpoint);
    client = new DynamoDBClient({
      endpoint: proxy.endpoint,
      ...LOCAL_CREDENTIALS,
      requestHandler: AWS_ATTEMPT,
    });
    ends.push(proxy.close, database.close);
  });
  afterAll(async () => {
    client.destroy();
    for (const end of ends) await end();
  });

  const table = () => ({ client, tableName: 'ledger' });
  const empty = (slot: Instant): Snapshot => ({
    account: 'sg/main',
    slot,
    observedAt: slot + SECOND,
    manual: false,
    writer: 'test',
    balances: [],
    unknownFields: [],
    keyId: '01234567',
  });
  const record = async (slot: Instant, timeoutMs: number) =>
    await createLedgerWriter(table()).record(empty(slot), timeoutMs);
  const puts = () => proxy.calls.filter(({ operation }) => operation === 'PutItem').length;

  it('throws when its time is up, whatever DynamoDB does', async () => {
    proxy.fault = ({ operation }) => (operation === 'PutItem' ? 'silent' : undefined);
    await expect(record(SLOT, SECOND)).rejects.toMatchObject({ code: 'ledger.unavailable' });
    expect(puts()).toBe(1);
    expect(await createLedgerReader(table()).newest('sg/main', SLOT)).toBeUndefined();
  });

  it('throws if there is no time left, and sends nothing', async () => {
    const before = puts();
    await expect(record(SLOT + HOUR, 0)).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'the table ledger could not be written to: the run is out of time',
    });
    expect(puts()).toBe(before);
  });
});

describe('an answer whose body stops half way', () => {
  let proxy: FaultyDynamoDb;
  let client: DynamoDBClient;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    proxy = await startFaultyDynamoDb(database.endpoint);
    client = new DynamoDBClient({
      endpoint: proxy.endpoint,
      ...LOCAL_CREDENTIALS,
      // As in the function, but for how long a body may stand still.
      requestHandler: { ...AWS_ATTEMPT, socketTimeout: 200 },
    });
    ends.push(proxy.close, database.close);
  });
  afterAll(async () => {
    client.destroy();
    for (const end of ends) await end();
  });

  const queries = () => proxy.calls.filter(({ operation }) => operation === 'Query').length;

  it('faults row 46b: is asked for again', async () => {
    const before = queries();
    proxy.fault = ({ count }) => (count === before + 1 ? 'half an answer' : undefined);
    expect((await readCatalog({ client, tableName: 'ledger' })).schedules).toEqual([]);
    expect(queries()).toBe(before + 2);
  });

  it('faults row 46b: fails in the end, and is not waited for without end', async () => {
    proxy.fault = () => 'half an answer';
    await expect(readCatalog({ client, tableName: 'ledger' })).rejects.toMatchObject({
      code: 'ledger.unavailable',
    });
  });
});
