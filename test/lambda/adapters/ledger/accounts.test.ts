import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { putAccount } from '../../../../lambda/adapters/ledger/accounts.ts';
import { HOUR } from '../../../../lambda/core/instant.ts';
import { SLOT } from '../../../support/memory-parts.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';

const OPEN = { account: 'sg/main', since: SLOT } as const;
const CLOSED = { ...OPEN, closedFrom: SLOT + HOUR } as const;

describe('putting the entry of an account', () => {
  it('that is new requires that there is none', async () => {
    const { client, asked } = stubDynamoDb(() => ({}));
    await putAccount({ client, tableName: 'prod' }, undefined, OPEN);
    expect(asked).toEqual([
      {
        input: {
          TableName: 'prod',
          Item: {
            account: { S: '#catalog' },
            slot: { S: 'account#sg/main' },
            since: { S: '2026-11-22T06:00:00Z' },
          },
          ConditionExpression: 'attribute_not_exists(#account)',
          ExpressionAttributeNames: { '#account': 'account' },
        },
        abortSignal: undefined,
      },
    ]);
  });

  it('requires that the previous one is as it was read, in every present and absent attribute', async () => {
    const { client, asked } = stubDynamoDb(() => ({}));
    const { signal } = new AbortController();
    await putAccount({ client, tableName: 'prod' }, CLOSED, OPEN, signal);
    expect(asked[0]?.input).toMatchObject({
      ConditionExpression:
        '#since = :since AND #closedFrom = :closedFrom AND attribute_not_exists(#closed) AND attribute_not_exists(#blockedUntil)',
      ExpressionAttributeNames: {
        '#since': 'since',
        '#closedFrom': 'closedFrom',
        '#closed': 'closed',
        '#blockedUntil': 'blockedUntil',
      },
    });
    expect(asked[0]?.input['ExpressionAttributeValues']).toStrictEqual({
      ':since': { S: '2026-11-22T06:00:00Z' },
      ':closedFrom': { S: '2026-11-22T07:00:00Z' },
    });
    expect(asked[0]?.abortSignal).toBe(signal);
  });

  it('that others have changed throws ledger.changed, with its cause', async () => {
    const cause = new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    const { client } = stubDynamoDb(() => {
      throw cause;
    });
    await expect(putAccount({ client, tableName: 'prod' }, OPEN, CLOSED)).rejects.toMatchObject({
      code: 'ledger.changed',
      message: 'the catalog’s entry for sg/main has just changed: check it, then try again',
      cause,
    });
  });

  it('that fails otherwise does not throw ledger.changed', async () => {
    const cause = new Error('gone');
    const { client } = stubDynamoDb(() => {
      throw cause;
    });
    await expect(putAccount({ client, tableName: 'prod' }, OPEN, CLOSED)).rejects.toMatchObject({
      code: 'ledger.unavailable',
      cause,
    });
  });
});
