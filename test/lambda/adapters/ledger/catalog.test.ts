import { describe, expect, it } from 'vitest';
import { readCatalog } from '../../../../lambda/adapters/ledger/catalog.ts';
import { encodeAccountEntry } from '../../../../lambda/core/catalog.ts';
import { SLOT } from '../../../support/memory-parts.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';

const MAIN = { account: 'sg/main', since: SLOT } as const;
const DESK = { account: 'sg/desk', since: SLOT } as const;

describe('reading the catalog', () => {
  it('queries its one partition, consistently', async () => {
    const { client, asked } = stubDynamoDb(() => ({}));
    expect((await readCatalog({ client, tableName: 'prod' })).accounts.size).toBe(0);
    expect(asked.map(({ input }) => input)).toMatchObject([
      {
        TableName: 'prod',
        KeyConditionExpression: '#account = :catalog',
        ExpressionAttributeNames: { '#account': 'account' },
        ExpressionAttributeValues: { ':catalog': { S: '#catalog' } },
        ConsistentRead: true,
      },
    ]);
  });

  it('reads all pages', async () => {
    const pages = [
      { Items: [encodeAccountEntry(MAIN)], LastEvaluatedKey: { slot: { S: 'account#sg/main' } } },
      { Items: [encodeAccountEntry(DESK)] },
    ];
    const { client, asked } = stubDynamoDb((call) => pages[call] ?? {});
    const { accounts } = await readCatalog({ client, tableName: 'prod' });
    expect([...accounts.values()]).toEqual([DESK, MAIN]);
    expect(asked.map(({ input }) => input['ExclusiveStartKey'])).toEqual([
      undefined,
      { slot: { S: 'account#sg/main' } },
    ]);
  });

  it('refuses a table with an entry that is not ours, and names both', async () => {
    const entry = { ...encodeAccountEntry(MAIN), since: { S: 'yesterday' } };
    const { client } = stubDynamoDb(() => ({ Items: [entry] }));
    await expect(readCatalog({ client, tableName: 'prod' })).rejects.toMatchObject({
      code: 'ledger.foreign',
      message:
        'the table prod has a catalog entry account#sg/main: its since is not of the form 2026-11-22T06:00:00Z',
    });
  });

  it('throws if DynamoDB does', async () => {
    const cause = new Error('gone');
    const { client } = stubDynamoDb(() => {
      throw cause;
    });
    await expect(readCatalog({ client, tableName: 'prod' })).rejects.toMatchObject({
      code: 'ledger.unavailable',
      cause,
    });
  });

  it('throws if no AWS region is set, with the SDK’s error as its cause', async () => {
    const { client } = stubDynamoDb(() => ({}));
    const cause = new Error('Region is missing');
    client.config.region = () => Promise.reject(cause);
    await expect(readCatalog({ client, tableName: 'prod' })).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'no AWS region is set: put it into AWS_REGION or into your AWS profile',
      cause,
    });
  });
});
