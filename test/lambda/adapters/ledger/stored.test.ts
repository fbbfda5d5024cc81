import { describe, expect, it } from 'vitest';
import { startEmbeddedDynamoDb } from '../../../../infra/local/embedded-dynamodb.ts';
import { createSealableLedger } from '../../../../lambda/adapters/ledger/seals.ts';
import { createStoredLedger } from '../../../../lambda/adapters/ledger/stored.ts';
import { createLedgerWriter } from '../../../../lambda/adapters/ledger/writer.ts';
import { DAY, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';
import { encodeItem } from '../../../../lambda/core/item.ts';
import { encodeSeal } from '../../../../lambda/core/seal-item.ts';
import { line, snapshot, time } from '../../../support/memory-ledger.ts';
import { NEXT, SEAL } from '../../../support/seals.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';
import { clientOf, createTables } from '../../../system/contract/tables.ts';

const FROM = time('2026-03-31T00:00:00Z');

describe('the ledger as verify reads it', () => {
  it('has the partitions, the items and all the seals, or those from a day on', async () => {
    const embedded = await startEmbeddedDynamoDb();
    await createTables(embedded.endpoint);
    const client = clientOf(embedded.endpoint);
    const table = { client, tableName: 'ledger' };
    const writer = createLedgerWriter(table);
    await writer.putAccount(undefined, { account: 'th/ops', since: FROM }, MINUTE);
    const entries = [FROM - SECOND, FROM, FROM + DAY - SECOND, FROM + DAY].map((slot) =>
      snapshot('th/ops', slot, [line('BTC', '1')]),
    );
    for (const entry of entries) await writer.record(entry, MINUTE);
    const ledger = createSealableLedger(table);
    await ledger.putSeal(SEAL);
    await ledger.putSeal(NEXT);

    const stored = createStoredLedger(table);
    expect(await stored.partitions()).toEqual([
      ...['#price/id', '#price/kr', '#price/sg', '#price/th'],
      ...['id/main', 'kr/main', 'sg/main', 'th/main', 'th/ops'],
    ]);
    expect(await stored.items('th/ops', FROM, FROM + DAY)).toEqual(entries.slice(1, 3).map(encodeItem));
    expect((await stored.oldest('th/ops'))?.['slot']).toEqual({ S: '2026-03-30T23:59:59Z' });
    expect(await stored.oldest('kr/main')).toBeUndefined();
    const sealsFrom = async (from?: number) => {
      const found: unknown[] = [];
      for await (const seal of stored.seals(from)) found.push(seal);
      return found;
    };
    expect(await sealsFrom()).toEqual([SEAL, NEXT]);
    expect(await sealsFrom(FROM)).toEqual([SEAL, NEXT]);
    expect(await sealsFrom(FROM + SECOND)).toEqual([NEXT]);
    expect(await sealsFrom(FROM + 2 * DAY)).toEqual([]);
    client.destroy();
    await embedded.close();
  });
});

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
