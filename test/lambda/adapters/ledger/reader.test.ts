import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../../../infra/local/http-server.ts';
import { createLedgerReader } from '../../../../lambda/adapters/ledger/reader.ts';
import { createLedgerWriter } from '../../../../lambda/adapters/ledger/writer.ts';
import { HOUR, SECOND } from '../../../../lambda/core/instant.ts';
import { encodeItem } from '../../../../lambda/core/item.ts';
import { encodePrices } from '../../../../lambda/core/price-item.ts';
import type { StoredItem } from '../../../../lambda/core/stored.ts';
import { objectOf } from '../../../support/checkout.ts';
import { failure, sheet, snapshot } from '../../../support/memory-ledger.ts';
import { SLOT } from '../../../support/memory-parts.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';

/** A reader of a table whose calls get these answers, one after the other. */
function reading(...answers: readonly object[]) {
  const { client, asked } = stubDynamoDb((call) => answers[call] ?? {});
  const pauses: number[] = [];
  const reader = createLedgerReader({ client, tableName: 'prod' }, async (ms) => pauses.push(ms));
  return { reader, pauses, inputs: () => asked.map(({ input }) => input) };
}

const SNAPSHOT = encodeItem(snapshot('sg/main', SLOT));
const FAILED = encodeItem(failure('sg/main', SLOT));
const left = (count: number) => ({
  prod: { Keys: Array.from({ length: count }, () => ({ account: { S: 'sg/main' } })) },
});

describe('the newest entry', () => {
  it('is one item, read backwards from the time', async () => {
    const { reader, inputs } = reading({ Items: [SNAPSHOT] });
    expect(await reader.newest('sg/main', SLOT + HOUR)).toEqual(snapshot('sg/main', SLOT));
    expect(inputs()).toEqual([
      {
        TableName: 'prod',
        KeyConditionExpression: '#account = :account AND #slot <= :at',
        ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
        ExpressionAttributeValues: {
          ':account': { S: 'sg/main' },
          ':at': { S: '2026-11-22T07:00:00Z' },
        },
        ScanIndexForward: false,
        Limit: 1,
      },
    ]);
  });

  it('is undefined if the answer has no items at all', async () => {
    expect(await reading({}).reader.newest('sg/main', SLOT)).toBeUndefined();
  });

  it.each([
    [
      { v: { N: '1' } },
      { key: '', slot: undefined, problem: 'its account is not of the form <region>/<name>' },
    ],
    [
      { ...SNAPSHOT, v: { N: '2' } },
      {
        key: '2026-11-22T06:00:00Z',
        slot: SLOT,
        problem: 'its schema version is 2, and this program reads 1',
      },
    ],
  ])('that is not ours is returned as unreadable, with as much of its key as it has', async (item, what) => {
    expect(await reading({ Items: [item] }).reader.newest('sg/main', SLOT)).toEqual({
      account: 'sg/main',
      ...what,
    });
  });
});

describe('the newest snapshot', () => {
  it('takes one item if the newest entry is a snapshot', async () => {
    const { reader, inputs } = reading({ Items: [SNAPSHOT] });
    expect(await reader.newestSnapshot('sg/main', SLOT)).toEqual(snapshot('sg/main', SLOT));
    expect(inputs()).toHaveLength(1);
  });

  it('is searched for before a failure in growing pages, from the second before it, until there is one', async () => {
    const start = { account: { S: 'sg/main' }, slot: { S: '2026-11-20T00:00:00Z' } };
    const page = { LastEvaluatedKey: start };
    const found = { Items: [encodeItem(snapshot('sg/main', SLOT - 90 * HOUR))] };
    const { reader, inputs } = reading({ Items: [FAILED] }, page, page, page, page, found);
    expect((await reader.newestSnapshot('sg/main', SLOT))?.slot).toBe(SLOT - 90 * HOUR);
    const sought = inputs().slice(1);
    expect(sought.map(({ Limit }) => Limit)).toEqual([8, 64, 512, 512, 512]);
    expect(sought.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([
      undefined,
      start,
      start,
      start,
      start,
    ]);
    expect(sought[0]).toMatchObject({
      FilterExpression: 'attribute_not_exists(#failure)',
      ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot', '#failure': 'failure' },
      ExpressionAttributeValues: { ':at': { S: '2026-11-22T05:59:59Z' } },
      ScanIndexForward: false,
    });
  });

  it('is undefined if no page has one', async () => {
    const { reader, inputs } = reading({ Items: [FAILED] }, {});
    expect(await reader.newestSnapshot('sg/main', SLOT)).toBeUndefined();
    expect(inputs()).toHaveLength(2);
  });
});

const SHEET = sheet('sg', SLOT, { 'SGD-BTC': '64200.5', 'USDT-ADA': ['0.91', SLOT - 5 * HOUR] });

describe('the prices of a region', () => {
  it('are read by their exact keys, as they were written', async () => {
    const { reader, inputs } = reading({ Responses: { prod: [encodePrices(SHEET)] } });
    expect(await reader.prices('sg', [SLOT, SLOT + HOUR])).toEqual([SHEET]);
    const keys = ['2026-11-22T06:00:00Z', '2026-11-22T07:00:00Z'].map((slot) => ({
      account: { S: '#price/sg' },
      slot: { S: slot },
    }));
    expect(inputs()).toEqual([{ RequestItems: { prod: { Keys: keys } } }]);
  });

  it('have a newest, one item', async () => {
    const { reader, inputs } = reading({ Items: [encodePrices(SHEET)] }, {});
    expect(await reader.newestPrices('sg', SLOT + HOUR)).toEqual(SHEET);
    expect(inputs()).toEqual([
      expect.objectContaining({
        ScanIndexForward: false,
        Limit: 1,
        ExpressionAttributeValues: {
          ':account': { S: '#price/sg' },
          ':at': { S: '2026-11-22T07:00:00Z' },
        },
      }),
    ]);
    expect(await reader.newestPrices('sg', SLOT)).toBeUndefined();
  });

  it('of a later version are returned as unreadable, not guessed at', async () => {
    const item = { ...encodePrices(SHEET), v: { N: '2' } };
    const { reader } = reading({ Responses: { prod: [item] } });
    expect(await reader.prices('sg', [SLOT])).toEqual([
      { region: 'sg', slot: SLOT, problem: 'its schema version is 2, and this program reads 1' },
    ]);
  });
});

describe('the oldest snapshot of a range', () => {
  it('is read forwards, with both ends, and failures are left out', async () => {
    const { reader, inputs } = reading({ Items: [SNAPSHOT] });
    expect(await reader.oldestSnapshot('sg/main', SLOT - 1, SLOT + HOUR + 1)).toEqual(
      snapshot('sg/main', SLOT),
    );
    expect(inputs()).toEqual([
      {
        TableName: 'prod',
        KeyConditionExpression: '#account = :account AND #slot BETWEEN :first AND :last',
        FilterExpression: 'attribute_not_exists(#failure)',
        ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot', '#failure': 'failure' },
        ExpressionAttributeValues: {
          ':account': { S: 'sg/main' },
          ':first': { S: '2026-11-22T06:00:00Z' },
          ':last': { S: '2026-11-22T07:00:00Z' },
        },
        Limit: 8,
      },
    ]);
  });

  it('is not asked for where no slot lies between', async () => {
    const { reader, inputs } = reading({ Items: [SNAPSHOT] });
    expect(await reader.oldestSnapshot('sg/main', SLOT + 1, SLOT + 2)).toBeUndefined();
    expect(inputs()).toEqual([]);
  });
});

describe('the currencies that were listed', () => {
  const start = { account: { S: 'sg/main' }, slot: { S: '2026-11-22T05:00:00Z' } };
  const holding = (...currencies: string[]) => ({
    balance: { M: Object.fromEntries(currencies.map((currency) => [currency, { N: '1' }])) },
  });

  it('are looked for in DynamoDB, newest first, each only until it is found', async () => {
    const { reader, inputs } = reading(
      { Items: [holding('ADA'), {}], LastEvaluatedKey: start },
      { LastEvaluatedKey: start },
      { Items: [holding('BTC', 'ADA')] },
    );
    expect(await reader.listed('sg/main', SLOT, ['BTC', 'XRP', 'ADA'])).toEqual(['BTC', 'ADA']);
    const [first, second, third] = inputs();
    expect(first).toEqual({
      TableName: 'prod',
      KeyConditionExpression: '#account = :account AND #slot <= :at',
      FilterExpression:
        'attribute_exists(#balance.#c0) OR attribute_exists(#balance.#c1) OR attribute_exists(#balance.#c2)',
      ProjectionExpression: '#balance.#c0, #balance.#c1, #balance.#c2',
      ExpressionAttributeNames: {
        '#account': 'account',
        '#slot': 'slot',
        '#balance': 'balance',
        '#c0': 'BTC',
        '#c1': 'XRP',
        '#c2': 'ADA',
      },
      ExpressionAttributeValues: { ':account': { S: 'sg/main' }, ':at': { S: '2026-11-22T06:00:00Z' } },
      ScanIndexForward: false,
    });
    expect(second).toMatchObject({
      FilterExpression: 'attribute_exists(#balance.#c0) OR attribute_exists(#balance.#c1)',
      ExpressionAttributeNames: { '#c0': 'BTC', '#c1': 'XRP' },
      ExclusiveStartKey: start,
    });
    expect(third).toMatchObject({ ExclusiveStartKey: start });
  });

  it('need no further page once all are found, and none at all if none is wanted', async () => {
    const { reader, inputs } = reading({ Items: [holding('ADA')], LastEvaluatedKey: start });
    expect(await reader.listed('sg/main', SLOT, ['ADA'])).toEqual(['ADA']);
    expect(await reader.listed('sg/main', SLOT, [])).toEqual([]);
    expect(inputs()).toHaveLength(1);
  });
});

describe('the entries of a range', () => {
  async function slots(from: number, to: number, ...answers: readonly object[]) {
    const { reader, inputs } = reading(...answers);
    const found: number[] = [];
    for await (const { slot = Number.NaN } of reader.entries('sg/main', from, to)) found.push(slot);
    return { found, inputs: inputs() };
  }

  it('come from all pages, even after an empty one', async () => {
    const start = { account: { S: 'sg/main' }, slot: { S: '2026-11-22T05:00:00Z' } };
    const { found, inputs } = await slots(
      SLOT,
      SLOT + HOUR,
      { LastEvaluatedKey: start },
      { Items: [SNAPSHOT] },
    );
    expect(found).toEqual([SLOT]);
    expect(inputs.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([undefined, start]);
    expect(inputs[0]).toMatchObject({
      KeyConditionExpression: '#account = :account AND #slot BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
    });
    expect(inputs[0]?.['ExpressionAttributeValues']).toEqual({
      ':account': { S: 'sg/main' },
      ':first': { S: '2026-11-22T06:00:00Z' },
      ':last': { S: '2026-11-22T06:59:59Z' },
    });
  });

  it('may be those of a single second', async () => {
    const { found, inputs } = await slots(SLOT, SLOT + 1, { Items: [SNAPSHOT] });
    expect(found).toEqual([SLOT]);
    expect(inputs).toHaveLength(1);
  });

  it.each([
    [SLOT, SLOT],
    [SLOT + 1, SLOT + SECOND],
    [SLOT + HOUR, SLOT],
  ])('need no query if it contains no whole second: %i to %i', async (from, to) => {
    expect(await slots(from, to)).toEqual({ found: [], inputs: [] });
  });
});

describe('entries by their slots', () => {
  it('may be complete only at the last attempt', async () => {
    const given = { Responses: { prod: [SNAPSHOT] } };
    const none = { UnprocessedKeys: left(1) };
    const { reader, pauses } = reading(none, none, none, none, none, none, none, given);
    expect(await reader.get('sg/main', [SLOT])).toHaveLength(1);
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3200]);
  });

  it('are requested by their keys, and without slots nothing is requested', async () => {
    const { reader, inputs } = reading({ Responses: { prod: [SNAPSHOT] } });
    await reader.get('sg/main', [SLOT]);
    expect(await reader.get('sg/main', [])).toEqual([]);
    expect(inputs()).toEqual([
      {
        RequestItems: {
          prod: { Keys: [{ account: { S: 'sg/main' }, slot: { S: '2026-11-22T06:00:00Z' } }] },
        },
      },
    ]);
  });

  it('are complete if the answer names the table without unprocessed keys', async () => {
    const { reader, inputs } = reading({ Responses: { prod: [SNAPSHOT] }, UnprocessedKeys: { prod: {} } });
    expect(await reader.get('sg/main', [SLOT])).toHaveLength(1);
    expect(inputs()).toHaveLength(1);
  });
});

it('the catalog of a reader is that of its table', async () => {
  const { reader, inputs } = reading({});
  expect((await reader.catalog()).accounts.size).toBe(0);
  expect(inputs()).toMatchObject([{ TableName: 'prod', ConsistentRead: true }]);
});

describe('a call that fails', () => {
  it('throws a CodedError, whatever the call', async () => {
    const cause = new Error('gone');
    const { client } = stubDynamoDb(() => {
      throw cause;
    });
    const reader = createLedgerReader({ client, tableName: 'prod' });
    const wanted = {
      code: 'ledger.unavailable',
      message: 'the table prod could not be used: Error: gone',
      cause,
    };
    await expect(reader.newest('sg/main', SLOT)).rejects.toMatchObject(wanted);
    await expect(reader.get('sg/main', [SLOT])).rejects.toMatchObject(wanted);
  });
});

// From here on over HTTP: a DynamoDB that leaves keys out of a batch, and the embedded one with items of first runs.

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A DynamoDB that answers a BatchGetItem with its first `gives` keys and leaves out the others. */
async function grudging(gives: (call: number) => number, called = 'ledger') {
  const sizes: number[] = [];
  const pauses: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const { Keys } = objectOf(objectOf(objectOf(JSON.parse(body))['RequestItems'])['ledger']);
      const keys = Array.isArray(Keys) ? (Keys as StoredItem[]) : [];
      sizes.push(keys.length);
      const given = gives(sizes.length);
      const items = keys.slice(0, given).map(({ slot }) => ({
        ...encodeItem(snapshot('sg/main', 0)),
        slot,
      }));
      const left = keys.slice(given);
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(
        JSON.stringify({
          Responses: { [called]: items },
          UnprocessedKeys: left.length === 0 ? {} : { [called]: { Keys: left } },
        }),
      );
    });
  });
  const client = new DynamoDBClient({ endpoint: await listen(server), ...LOCAL_CREDENTIALS });
  ends.push(
    () => client.destroy(),
    () => stop(server),
  );
  const reader = createLedgerReader({ client, tableName: 'ledger' }, (milliseconds) => {
    pauses.push(milliseconds);
    return Promise.resolve();
  });
  return { reader, sizes, pauses };
}

const slots = (count: number) => Array.from({ length: count }, (_, index) => SLOT + index * HOUR);

describe('reading exact slots', () => {
  it('requests 100 at a time', async () => {
    const { reader, sizes, pauses } = await grudging(() => 100);
    const found = await reader.get('sg/main', slots(365));
    expect(found.map(({ slot }) => slot)).toEqual(slots(365));
    expect({ sizes, pauses }).toEqual({ sizes: [100, 100, 100, 65], pauses: [] });
  });

  it('requests again what was left out, after longer and longer pauses', async () => {
    const { reader, sizes, pauses } = await grudging((call) => (call === 2 ? 0 : 4));
    const found = await reader.get('sg/main', slots(10));
    expect(found.map(({ slot }) => slot)).toEqual(slots(10));
    expect({ sizes, pauses }).toEqual({ sizes: [10, 6, 6, 2], pauses: [50, 100, 200] });
  });

  it('gives up after the last attempt, and says so', async () => {
    const { reader, sizes } = await grudging((call) => (call === 1 ? 3 : 0));
    await expect(reader.get('sg/main', slots(10))).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'the table ledger left out 7 of 10 items on each of 8 attempts: it is throttled',
    });
    expect(sizes).toHaveLength(8);
  });

  it('understands an answer that calls the table by its ARN', async () => {
    const { reader } = await grudging(() => 4, 'arn:aws:dynamodb:ap-southeast-1:000000000000:table/ledger');
    expect(await reader.get('sg/main', slots(3))).toHaveLength(3);
  });
});

describe('the catalog', () => {
  it('has the first item of a default account that was recorded before any account of its region was known', async () => {
    const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
    ends.push(
      () => client.destroy(),
      () => database.close(),
    );
    const table = { client, tableName: 'ledger' };
    const { addSchedule, putAccount, record } = createLedgerWriter(table);
    const regions = ['id', 'sg', 'th'] as const;
    await addSchedule({ from: SLOT, every: '1h', timeZone: 'UTC', regions }, SECOND);
    await putAccount(undefined, { account: 'sg/main', since: SLOT }, SECOND);
    await putAccount(undefined, { account: 'th/desk', since: SLOT + 3 * HOUR }, SECOND);
    for (const hour of [2, 1]) await record(failure('th/main', SLOT + hour * HOUR, 'keys.missing'), SECOND);
    await record(snapshot('sg/main', SLOT - HOUR), SECOND);
    // Indonesia has no item, and Singapore has an account from the first slot on.
    expect((await createLedgerReader(table).catalog()).firstOfDefaults).toEqual(
      new Map([['th/main', SLOT + HOUR]]),
    );
  });
});
