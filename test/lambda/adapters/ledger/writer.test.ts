import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createLedgerWriter } from '../../../../lambda/adapters/ledger/writer.ts';
import type { Balance } from '../../../../lambda/core/balances.ts';
import { HOUR, SECOND } from '../../../../lambda/core/instant.ts';
import { encodeItem } from '../../../../lambda/core/item.ts';
import { encodePrices } from '../../../../lambda/core/price-item.ts';
import type { Entry } from '../../../../lambda/core/snapshot.ts';
import { failure, line, sheet, snapshot } from '../../../support/memory-ledger.ts';
import { SLOT } from '../../../support/memory-parts.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';

/** A writer to a table that contains this entry, or this item, or one that the store does not return. */
function writing(there?: Entry | 'hidden' | 'unreadable') {
  const { client, asked } = stubDynamoDb(() => {
    if (there === undefined) return {};
    const item = there === 'hidden' ? {} : { Item: there === 'unreadable' ? {} : encodeItem(there) };
    throw new ConditionalCheckFailedException({ message: 'no', $metadata: {}, ...item });
  });
  return { writer: createLedgerWriter({ client, tableName: 'prod' }), asked };
}

const FIRST = snapshot('sg/main', SLOT, [line('BTC', '1', '2'), line('ETH', '3')]);
const PRICES = sheet('sg', SLOT, { 'SGD-BTC': '64200.5' });
const later = (lines: readonly Balance[]) =>
  snapshot('sg/main', SLOT, lines, { observedAt: SLOT + 9 * SECOND });
const record = async (there: Parameters<typeof writing>[0], entry: Entry) =>
  await writing(there).writer.record(entry, SECOND);

describe('recording an entry', () => {
  it('is one put that requests the existing item on a conflict', async () => {
    const { writer, asked } = writing();
    expect(await writer.record(FIRST, SECOND)).toStrictEqual({ kind: 'recorded' });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.input).toStrictEqual({
      TableName: 'prod',
      Item: encodeItem(FIRST),
      ConditionExpression: 'attribute_not_exists(#account) OR attribute_exists(#failure)',
      ExpressionAttributeNames: { '#account': 'account', '#failure': 'failure' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(asked[0]?.abortSignal).toBeInstanceOf(AbortSignal);
  });

  it('of a failure without a call replaces nothing', async () => {
    const { writer, asked } = writing();
    await writer.record(failure('sg/main', SLOT, 'late', { attempts: 0 }), SECOND);
    expect(asked[0]?.input).toMatchObject({ ConditionExpression: 'attribute_not_exists(#account)' });
    expect(asked[0]?.input['ExpressionAttributeNames']).toStrictEqual({ '#account': 'account' });
  });

  it('that finds itself stored was recorded by an attempt whose answer was lost', async () => {
    expect(await record(FIRST, FIRST)).toStrictEqual({ kind: 'recorded' });
    const failed = failure('sg/main', SLOT);
    expect(await record(failed, failed)).toStrictEqual({ kind: 'recorded' });
  });

  it.each<[string, Entry, boolean]>([
    ['the same amounts, in another order', later([line('ETH', '3'), line('BTC', '1.0', '2')]), false],
    ['another price, which is not an amount', later([line('BTC', '1', '2', '9'), line('ETH', '3')]), false],
    ['another available amount', later([line('BTC', '1.1', '2'), line('ETH', '3')]), true],
    ['another locked amount', later([line('BTC', '1', '0'), line('ETH', '3')]), true],
    ['another currency in place of one', later([line('BTC', '1', '2'), line('XRP', '3')]), true],
    ['a currency more', later([line('BTC', '1', '2'), line('ETH', '3'), line('XRP', '0')]), true],
    ['a currency less', later([line('BTC', '1', '2')]), true],
    ['no amounts, being a failure', failure('sg/main', SLOT), false],
  ])('that finds a snapshot and has %s says whether it differs', async (_, entry, differs) => {
    expect(await record(FIRST, entry)).toStrictEqual({ kind: 'duplicate', differs });
  });

  it.each(['hidden', 'unreadable'] as const)(
    'that finds an item that is %s is a duplicate of it',
    async (there) => {
      expect(await record(there, FIRST)).toStrictEqual({ kind: 'duplicate', differs: false });
    },
  );

  it('that finds a failure, though it should have replaced it, does not differ in amounts', async () => {
    expect(await record(failure('sg/main', SLOT), FIRST)).toStrictEqual({
      kind: 'duplicate',
      differs: false,
    });
  });
});

describe('a write that fails', () => {
  it('throws, whatever was written, and is not a duplicate', async () => {
    const cause = new Error('gone');
    const { client } = stubDynamoDb(() => {
      throw cause;
    });
    const writer = createLedgerWriter({ client, tableName: 'prod' });
    const schedule = { from: SLOT, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
    for (const write of [
      writer.record(FIRST, SECOND),
      writer.putAccount(undefined, { account: 'sg/main', since: SLOT }, SECOND),
      writer.addSchedule(schedule, SECOND),
      writer.recordPrices(PRICES, SECOND),
    ])
      await expect(write).rejects.toMatchObject({ code: 'ledger.unavailable', cause });
  });
});

describe('adding a schedule', () => {
  const schedule = { from: SLOT, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;

  it('is one put if there is none, and no error if there is one', async () => {
    const { writer, asked } = writing();
    await writer.addSchedule(schedule, SECOND);
    expect(asked[0]?.input).toMatchObject({
      TableName: 'prod',
      Item: { account: { S: '#catalog' }, slot: { S: 'schedule#2026-11-22T06:00:00Z' } },
      ConditionExpression: 'attribute_not_exists(#account)',
    });
    await expect(writing('hidden').writer.addSchedule(schedule, SECOND)).resolves.toBeUndefined();
  });
});

describe('recording prices', () => {
  it('is one put if there are none', async () => {
    const { writer, asked } = writing();
    expect(await writer.recordPrices(PRICES, SECOND)).toStrictEqual({ kind: 'recorded' });
    expect(asked.map(({ input }) => input)).toStrictEqual([
      {
        TableName: 'prod',
        Item: encodePrices(PRICES),
        ConditionExpression: 'attribute_not_exists(#account)',
        ExpressionAttributeNames: { '#account': 'account' },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  it('is a duplicate if there are some, whatever they are', async () => {
    expect(await writing('hidden').writer.recordPrices(PRICES, SECOND)).toStrictEqual({ kind: 'duplicate' });
    expect(await writing('unreadable').writer.recordPrices(PRICES, SECOND)).toStrictEqual({
      kind: 'duplicate',
    });
  });
});

describe('a write without time', () => {
  it.each([0, -HOUR])('throws without a call: %i ms', async (timeoutMs) => {
    const { writer, asked } = writing();
    const message = 'the table prod could not be written to: the run is out of time';
    const schedule = { from: SLOT, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
    for (const write of [
      writer.record(FIRST, timeoutMs),
      writer.putAccount(undefined, { account: 'sg/main', since: SLOT }, timeoutMs),
      writer.addSchedule(schedule, timeoutMs),
      writer.recordPrices(PRICES, timeoutMs),
    ])
      await expect(write).rejects.toMatchObject({ code: 'ledger.unavailable', message });
    expect(asked).toEqual([]);
  });
});
