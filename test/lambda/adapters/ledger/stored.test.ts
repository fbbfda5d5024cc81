import { describe, expect, it } from 'vitest';
import { createStoredLedger } from '../../../../lambda/adapters/ledger/stored.ts';
import { DAY, HOUR } from '../../../../lambda/core/instant.ts';
import type { Seal } from '../../../../lambda/core/seal.ts';
import { encodeSeal } from '../../../../lambda/core/seal-item.ts';
import { time } from '../../../support/memory-ledger.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';

const FROM = time('2026-03-31T00:00:00Z');

describe('the items of a day, as they are stored', () => {
  it('includes one whose slot is not a time, and those of later pages', async () => {
    const odd = { account: { S: 'sg/main' }, slot: { S: '2026-03-31T23:59:59Zx' } };
    const end = { account: { S: 'sg/main' }, slot: { S: '2026-04-01T00:00:00Z' } };
    let page = 0;
    const { client } = stubDynamoDb(() => {
      page += 1;
      return page === 1 ? { Items: [odd], LastEvaluatedKey: odd } : { Items: [odd, end] };
    });
    expect(
      await createStoredLedger({ client, tableName: 'prod' }).items('sg/main', FROM, FROM + DAY),
    ).toEqual([odd, odd]);
  });
});

it('the oldest item of a partition is read alone', async () => {
  const { client, asked } = stubDynamoDb(() => ({ Items: [{ account: { S: 'sg/main' } }] }));
  expect(await createStoredLedger({ client, tableName: 'prod' }).oldest('sg/main')).toEqual({
    account: { S: 'sg/main' },
  });
  expect(asked[0]?.input).toMatchObject({
    Limit: 1,
    ExpressionAttributeValues: { ':account': { S: 'sg/main' } },
  });
});

describe('the seals', () => {
  const SEAL: Seal = {
    from: FROM,
    timeZone: 'UTC',
    root: 'ab'.repeat(32),
    previous: undefined,
    accounts: new Map([['sg/main', 'cd'.repeat(32)]]),
    items: new Map([['sg/main', 1]]),
    sealedAt: FROM + 25 * HOUR,
    writer: '0.1.0',
  };

  it('are read page by page, and one that cannot be read is returned as such', async () => {
    const odd = { ...encodeSeal(SEAL), slot: { S: 'later' } };
    let page = 0;
    const { client, asked } = stubDynamoDb(() => {
      page += 1;
      return page === 1 ? { Items: [encodeSeal(SEAL)], LastEvaluatedKey: odd } : { Items: [odd] };
    });
    const found: unknown[] = [];
    for await (const seal of createStoredLedger({ client, tableName: 'prod' }).seals()) found.push(seal);
    expect(found).toEqual([
      SEAL,
      { slot: 'later', problem: 'its slot is not of the form 2026-11-22T06:00:00Z' },
    ]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.input['ExclusiveStartKey']).toEqual(odd);
  });

  it('can be read from a day on', async () => {
    const { client, asked } = stubDynamoDb(() => ({ Items: [] }));
    const ledger = createStoredLedger({ client, tableName: 'prod' });
    for await (const _ of ledger.seals(FROM)) void _;
    expect(asked[0]?.input['ExpressionAttributeValues']).toMatchObject({
      ':from': { S: '2026-03-31T00:00:00Z' },
    });
  });
});
