import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger-reader.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger-writer.ts';
import { HOUR, SECOND } from '../../../lambda/core/instant.ts';
import { encodeItem, type StoredItem } from '../../../lambda/core/item.ts';
import { objectOf } from '../../support/checkout.ts';
import { failure, snapshot } from '../../support/memory-ledger.ts';
import { SLOT } from '../../support/memory-parts.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A DynamoDB that answers a BatchGetItem with the first `gives` keys of it and leaves out the others. */
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
  it('asks for 100 at a time', async () => {
    const { reader, sizes, pauses } = await grudging(() => 100);
    const found = await reader.get('sg/main', slots(365));
    expect(found.map(({ slot }) => slot)).toEqual(slots(365));
    expect({ sizes, pauses }).toEqual({ sizes: [100, 100, 100, 65], pauses: [] });
  });

  it('asks again for what was left out, after longer and longer pauses', async () => {
    const { reader, sizes, pauses } = await grudging((call) => (call === 2 ? 0 : 4));
    const found = await reader.get('sg/main', slots(10));
    expect(found.map(({ slot }) => slot)).toEqual(slots(10));
    expect({ sizes, pauses }).toEqual({ sizes: [10, 6, 6, 2], pauses: [50, 100, 200] });
  });

  it('gives up in the end, and says so', async () => {
    const { reader, sizes } = await grudging((call) => (call === 1 ? 3 : 0));
    await expect(reader.get('sg/main', slots(10))).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'the table ledger left out 7 of 10 items at every one of 8 attempts: it is throttled',
    });
    expect(sizes).toHaveLength(8);
  });

  it('understands an answer that calls the table by its ARN', async () => {
    const { reader } = await grudging(() => 4, 'arn:aws:dynamodb:ap-southeast-1:000000000000:table/ledger');
    expect(await reader.get('sg/main', slots(3))).toHaveLength(3);
  });
});

describe('the catalog', () => {
  it('has the first item of a default account that answered for a region before any account of it was known', async () => {
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
    // Indonesia has no item, and Singapore an account from the first slot on.
    expect((await createLedgerReader(table).catalog()).firstOfDefaults).toEqual(
      new Map([['th/main', SLOT + HOUR]]),
    );
  });
});
