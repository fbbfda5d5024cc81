import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedDynamoDb } from '../../../../infra/local/embedded-dynamodb.ts';
import { createSealableLedger } from '../../../../lambda/adapters/ledger/seals.ts';
import { createLedgerWriter } from '../../../../lambda/adapters/ledger/writer.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';
import { encodeItem } from '../../../../lambda/core/item.ts';
import { encodeSeal } from '../../../../lambda/core/seal-item.ts';
import { failure, line, sheet, snapshot, time } from '../../../support/memory-ledger.ts';
import { NEXT, SEAL } from '../../../support/seals.ts';
import { stubDynamoDb } from '../../../support/stub-dynamodb.ts';
import { clientOf, createTables } from '../../../system/contract/tables.ts';

const FROM = time('2026-03-31T00:00:00Z');

describe('the ledger as the sealer sees it', () => {
  let close: () => Promise<void>;
  let table: Parameters<typeof createSealableLedger>[0];
  beforeAll(async () => {
    const embedded = await startEmbeddedDynamoDb();
    await createTables(embedded.endpoint);
    const client = clientOf(embedded.endpoint);
    table = { client, tableName: 'ledger' };
    close = async () => {
      client.destroy();
      await embedded.close();
    };
  });
  afterAll(() => close());

  it('is empty at first', async () => {
    const ledger = createSealableLedger(table);
    expect(await ledger.beginning()).toBeUndefined();
    expect(await ledger.newestSeal(FROM)).toBeUndefined();
    expect(await ledger.items('sg/main', FROM, FROM + DAY)).toEqual([]);
  });

  it('begins with its first schedule or account, and has partitions for accounts and prices', async () => {
    const writer = createLedgerWriter(table);
    await writer.putAccount(undefined, { account: 'th/ops', since: FROM + HOUR }, MINUTE);
    const schedule = { every: '1h', timeZone: 'UTC', regions: ['th'] } as const;
    await writer.addSchedule({ ...schedule, from: FROM + 2 * HOUR }, MINUTE);
    const ledger = createSealableLedger(table);
    expect(await ledger.beginning()).toBe(FROM + HOUR);
    await writer.addSchedule({ ...schedule, from: FROM }, MINUTE);
    expect(await ledger.beginning()).toBe(FROM);
    expect(await ledger.partitions()).toEqual([
      ...['#price/id', '#price/kr', '#price/sg', '#price/th'],
      ...['id/main', 'kr/main', 'sg/main', 'th/main', 'th/ops'],
    ]);
  });

  it('has the items of a day as they are stored, failures and prices too, and none of its neighbours', async () => {
    const writer = createLedgerWriter(table);
    const entries = [
      snapshot('sg/main', FROM - SECOND, [line('BTC', '1')]),
      snapshot('sg/main', FROM, [line('BTC', '1')]),
      failure('sg/main', FROM + DAY - SECOND),
      snapshot('sg/main', FROM + DAY, [line('BTC', '1')]),
    ];
    for (const entry of entries) await writer.record(entry, MINUTE);
    const ledger = createSealableLedger(table);
    const items = await ledger.items('sg/main', FROM, FROM + DAY);
    expect(items).toEqual(entries.slice(1, 3).map(encodeItem));
    await writer.recordPrices(sheet('sg', FROM, { 'SGD-BTC': '64200.5' }), MINUTE);
    expect(await ledger.items('#price/sg', FROM, FROM + DAY)).toHaveLength(1);
  });

  it('stores one seal a day, and returns the one that is there', async () => {
    const ledger = createSealableLedger(table);
    expect(await ledger.putSeal(SEAL)).toEqual(SEAL);
    expect(await ledger.putSeal({ ...SEAL, root: 'ef'.repeat(32) })).toEqual(SEAL);
    await ledger.putSeal(NEXT);
    expect(await ledger.newestSeal(FROM + 9 * DAY)).toEqual(NEXT);
    expect(await ledger.newestSeal(FROM + DAY - SECOND)).toEqual(SEAL);
  });

  it('finds the seals without a token from a day on, and adds one that changes nothing else', async () => {
    const ledger = createSealableLedger(table);
    const [first, second, ...others] = await ledger.unstamped(FROM);
    expect([first?.seal, second?.seal, others]).toEqual([SEAL, NEXT, []]);
    expect((await ledger.unstamped(FROM + SECOND)).map(({ seal }) => seal)).toEqual([NEXT]);
    if (first === undefined) throw new Error('no seal');
    await ledger.stamp(first, TOKEN);
    expect(await ledger.newestSeal(FROM)).toEqual({ ...SEAL, timestamp: TOKEN });
    expect((await ledger.unstamped(FROM)).map(({ seal }) => seal)).toEqual([NEXT]);
    // Of two runs at once the first token stays.
    await ledger.stamp(first, new Uint8Array([9]));
    expect((await ledger.newestSeal(FROM))?.timestamp).toEqual(TOKEN);
  });

  it('adds no token to a seal that has changed since', async () => {
    const ledger = createSealableLedger(table);
    const [unstamped] = await ledger.unstamped(FROM);
    if (unstamped === undefined) throw new Error('no seal');
    await ledger.stamp({ ...unstamped, seal: { ...unstamped.seal, root: 'ef'.repeat(32) } }, TOKEN);
    expect((await ledger.newestSeal(NEXT.from))?.timestamp).toBeUndefined();
  });
});

const TOKEN = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x00, 0xff]);

describe('a seal that cannot be read or written', () => {
  const answering = (answer: () => object) => {
    const { client, asked } = stubDynamoDb(answer);
    return { ledger: createSealableLedger({ client, tableName: 'prod' }), asked };
  };

  it('is named, and stops the sealing: a chain cannot go on from it', async () => {
    const item = { ...encodeSeal(SEAL), root: { S: 'x' } };
    await expect(answering(() => ({ Items: [item] })).ledger.newestSeal(FROM)).rejects.toMatchObject({
      code: 'ledger.foreign',
      message:
        'the table prod has a seal of 2026-03-31T00:00:00Z that cannot be read: its root is not 64 hex digits',
    });
  });

  it('is an error if the day is said to have a seal, and it is not there', async () => {
    let calls = 0;
    const { ledger } = answering(() => {
      calls += 1;
      if (calls === 1) throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
      return { Items: [] };
    });
    await expect(ledger.putSeal(SEAL)).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'the table prod has a seal of 2026-03-31T00:00:00Z but does not return it',
    });
  });

  it('is an error if the table is gone', async () => {
    const { ledger } = answering(() => {
      throw new Error('gone');
    });
    await expect(ledger.putSeal(SEAL)).rejects.toMatchObject({ code: 'ledger.unavailable' });
  });

  it('gets no token, but does not stop the others from getting one', async () => {
    const items = [{ ...encodeSeal(SEAL), v: { N: '2' } }, encodeSeal(NEXT)];
    const found = await answering(() => ({ Items: items })).ledger.unstamped(FROM);
    expect(found.map(({ seal }) => seal)).toEqual([NEXT]);
  });

  it('keeps, with a token, whatever else is in it', async () => {
    const item = { ...encodeSeal(SEAL), later: { S: 'kept' } };
    const { ledger, asked } = answering(() => ({}));
    await ledger.stamp({ seal: SEAL, item }, TOKEN);
    expect(asked[0]?.input['Item']).toEqual({ ...item, timestamp: { B: TOKEN } });
  });

  it('is read consistently, and so is what it is made from', async () => {
    const { ledger, asked } = answering(() => ({ Items: [] }));
    await ledger.newestSeal(FROM);
    await ledger.items('sg/main', FROM, FROM + DAY);
    await ledger.unstamped(FROM);
    expect(asked.map(({ input }) => input['ConsistentRead'])).toEqual([true, true, true]);
  });
});
