import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putAccount } from '../../../lambda/adapters/ledger/accounts.ts';
import { readCatalog } from '../../../lambda/adapters/ledger/catalog.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { CONCURRENT_WRITES } from '../../../lambda/collector/call-limits.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { parseBalances } from '../../../lambda/core/balances.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import {
  type Entry,
  type Failure,
  isFailure,
  isUnreadable,
  type Snapshot,
} from '../../../lambda/core/snapshot.ts';
import { sheet } from '../../support/memory-ledger.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { allReadable, readable } from '../../support/readable.ts';

/** A DynamoDB with an empty table of ours in it, and one with other keys. */
export interface Store {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Whether a failed condition returns the existing item. */
  readonly showsWinner: boolean;
  stop(): Promise<void>;
}

let accounts = 0;
/** An account that no other test of the same store uses. */
function newAccount(): AccountName {
  accounts += 1;
  return `sg/account-${accounts}`;
}

function line(
  currency: string,
  balance: string,
  more: Partial<Record<'locked' | 'avg_buy_price' | 'unit_currency', string>> = {},
) {
  return {
    currency,
    balance,
    locked: '0',
    avg_buy_price: '0',
    avg_buy_price_modified: false,
    unit_currency: 'SGD',
    ...more,
  };
}

function snapshot(
  account: AccountName,
  slot: Instant,
  lines: readonly unknown[] = [line('BTC', '1')],
  observedAt = slot + SECOND,
): Snapshot {
  const answer = parseBalances(lines);
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return { account, slot, observedAt, manual: false, writer: 'test', keyId: '01234567', ...answer.value };
}

function failure(account: AccountName, slot: Instant, attempts = 1, code = 'upbit.unavailable'): Failure {
  return {
    account,
    slot,
    observedAt: slot + SECOND,
    manual: false,
    writer: 'test',
    failure: code,
    detail: 'in words',
    attempts,
  };
}

/** Decimals that a ledger can hold, as text in every form that Upbit might send. */
const amountText = fc
  .tuple(
    fc.bigInt(0n, 10n ** 38n - 1n),
    fc.integer({ min: -130, max: 88 }),
    fc.constantFrom('plain', 'exponent'),
  )
  .filter(([coefficient, exponent]) => coefficient > 0n || exponent === 0)
  .map(([coefficient, exponent, form]) => {
    const digits = coefficient.toString();
    if (form === 'exponent' || exponent > 0 || exponent < -60) return `${digits}e${exponent}`;
    const padded = digits.padStart(1 - exponent, '0');
    return exponent === 0 ? padded : `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
  });
const name = fc.oneof(
  fc.constantFrom(
    'BTC',
    'constructor',
    'toString',
    'btc',
    '1INCH',
    '<img onerror>',
    '비트코인',
    'hasOwnProperty',
  ),
  fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => text !== '__proto__' && text.length <= 64),
);
const lines = fc.uniqueArray(
  fc.record({
    currency: name,
    balance: amountText,
    locked: amountText,
    avg_buy_price: amountText,
    avg_buy_price_modified: fc.boolean(),
    unit_currency: name,
  }),
  { maxLength: 30, selector: (row) => row.currency },
);

/** What a ledger must do on any store with DynamoDB's API. */
export function ledgerContract(start: () => Promise<Store>): void {
  describe('a ledger', () => {
    let store: Store;
    let client: DynamoDBClient;
    const table = () => ({ client, tableName: store.tableName });
    const writer = () => createLedgerWriter(table());
    const reader = () => createLedgerReader(table());
    const record = (entry: Entry) => writer().record(entry, 60 * SECOND);
    /** As many at a time as the collector: a busy machine would let hundreds at once run out of time. */
    const recordAll = (entries: readonly Entry[]) => pLimit(CONCURRENT_WRITES).map(entries, record);
    const stored = async (entry: Entry) => await reader().newest(entry.account, entry.slot);

    beforeAll(async () => {
      store = await start();
      client = store.client;
    });
    afterAll(async () => {
      client.destroy();
      await store.stop();
    });

    it('returns every list of balances unchanged, to the last digit', async () => {
      await fc.assert(
        fc.asyncProperty(lines, async (rows) => {
          const entry = snapshot(newAccount(), SLOT, rows);
          expect(await record(entry)).toEqual({ kind: 'recorded' });
          expect(await stored(entry)).toEqual(entry);
        }),
        { numRuns: 100 },
      );
    });

    it.each([
      '0.9724275092936803',
      '132992558.1098141',
      '99999999999999999999999999999999999999',
      '1e-130',
      '9.99e125',
      '0.00000001',
      '12345678901234567890.123456789012345678',
    ])('keeps %s exactly', async (amount) => {
      const entry = snapshot(newAccount(), SLOT, [
        line('BTC', amount, { locked: amount, avg_buy_price: amount }),
      ]);
      await record(entry);
      const back = await stored(entry);
      expect(back).toEqual(entry);
      expect(entry.balances.map((row) => formatDecimal(row.balance))).not.toContain('0');
    });

    it('returns a failure, an empty account, and every sparse attribute', async () => {
      for (const entry of [
        { ...failure(newAccount(), SLOT), keyId: '89abcdef', manual: true },
        { ...failure(newAccount(), SLOT), answer: { text: '[{"통화":"ADA"}]\n', isCut: false } },
        { ...failure(newAccount(), SLOT), answer: { text: '💰'.repeat(16_384), isCut: true } },
        snapshot(newAccount(), SLOT, []),
        {
          ...snapshot(newAccount(), SLOT),
          manual: true,
          serverDate: SLOT - MINUTE,
          unknownFields: ['a', 'b'],
        },
      ]) {
        await record(entry);
        expect(await stored(entry)).toEqual(entry);
      }
    });

    it('never replaces a snapshot', async () => {
      const first = snapshot(newAccount(), SLOT);
      await record(first);
      for (const later of [
        snapshot(first.account, SLOT, [line('BTC', '2')], SLOT + MINUTE),
        failure(first.account, SLOT),
        failure(first.account, SLOT, 0, 'late'),
      ]) {
        expect((await record(later)).kind).toBe('duplicate');
        expect(await stored(first)).toEqual(first);
      }
    });

    it('replaces a failure by a snapshot or by a failure after a call, not by one without a call', async () => {
      const first = failure(newAccount(), SLOT);
      await record(first);
      expect((await record(failure(first.account, SLOT, 0, 'late'))).kind).toBe('duplicate');
      expect((await record(failure(first.account, SLOT, 2, 'late'))).kind).toBe('duplicate');
      expect(await stored(first)).toEqual(first);
      const second = failure(first.account, SLOT, 2, 'key.expired');
      expect((await record(second)).kind).toBe('recorded');
      expect(await stored(first)).toEqual(second);
      const success = snapshot(first.account, SLOT);
      expect((await record(success)).kind).toBe('recorded');
      expect(await stored(first)).toEqual(success);
    });

    it('keeps exactly one of ten snapshots written at the same time', async () => {
      const account = newAccount();
      const ten = Array.from({ length: 10 }, (_, index) =>
        snapshot(account, SLOT, [line('BTC', String(index))], SLOT + index),
      );
      const outcomes = await Promise.all(ten.map(record));
      expect(outcomes.filter((outcome) => outcome.kind === 'recorded')).toHaveLength(1);
      expect(ten).toContainEqual(await reader().newest(account, SLOT));
    });

    it('reports whether a duplicate’s amounts differ, and recognises its own item, if the store returns it', async () => {
      const first = snapshot(newAccount(), SLOT);
      await record(first);
      const shown = store.showsWinner;
      expect(await record({ ...first, observedAt: SLOT + MINUTE })).toEqual({
        kind: 'duplicate',
        differs: false,
      });
      expect(await record(snapshot(first.account, SLOT, [line('BTC', '2')], SLOT + MINUTE))).toEqual({
        kind: 'duplicate',
        differs: shown,
      });
      expect((await record(first)).kind).toBe(shown ? 'recorded' : 'duplicate');
    });

    it('keeps the first prices of a region and slot, and returns them unchanged, to the last digit', async () => {
      const written = sheet('kr', SLOT, {
        'KRW-BTC': '148240000',
        'KRW-ADA': '0.1234567890123456789',
        'BTC-ADA': ['1e-130', SLOT - DAY + 7],
        'USDT-constructor': '9.99e125',
      });
      const put = (prices: PriceSheet) => writer().recordPrices(prices, 10 * SECOND);
      const results = await Promise.all(Array.from({ length: 10 }, () => put(written)));
      expect(results.map(({ kind }) => kind).sort()).toEqual([
        ...new Array<string>(9).fill('duplicate'),
        'recorded',
      ]);
      expect(await put(sheet('kr', SLOT, { 'KRW-BTC': '1' }))).toEqual({ kind: 'duplicate' });
      await put(sheet('kr', SLOT + HOUR, { 'KRW-BTC': '2' }));
      expect(await reader().prices('kr', [SLOT, SLOT + MINUTE])).toStrictEqual([written]);
      expect(await reader().newestPrices('kr', SLOT + MINUTE)).toStrictEqual(written);
      expect(await reader().prices('th', [SLOT])).toEqual([]);
    });

    it('finds the newest entry, and the newest snapshot before any number of failures', async () => {
      const account = newAccount();
      const success = snapshot(account, SLOT);
      await record(success);
      const failures = Array.from({ length: 90 }, (_, index) =>
        failure(account, SLOT + (index + 1) * MINUTE),
      );
      await recordAll(failures);
      expect(await reader().newest(account, SLOT + HOUR)).toEqual(failures[59]);
      expect(await reader().newestSnapshot(account, SLOT + 2 * HOUR)).toEqual(success);
      expect(await reader().newestSnapshot(account, SLOT)).toEqual(success);
      expect(await reader().newestSnapshot(account, SLOT - 1)).toBeUndefined();
      expect(await reader().newest(account, SLOT - SECOND)).toBeUndefined();
    });

    it('finds the oldest snapshot of a range after any number of failures', async () => {
      const account = newAccount();
      const failures = Array.from({ length: 90 }, (_, index) => failure(account, SLOT + index * MINUTE));
      const [first, second] = [snapshot(account, SLOT + 2 * HOUR), snapshot(account, SLOT + 3 * HOUR)];
      await recordAll([...failures, second, first]);
      const oldest = (from: Instant, to: Instant) => reader().oldestSnapshot(account, from, to);
      expect(await oldest(SLOT, SLOT + DAY)).toEqual(first);
      expect(await oldest(SLOT - DAY, SLOT + 2 * HOUR)).toEqual(first);
      expect(await oldest(SLOT + 2 * HOUR + 1, SLOT + 3 * HOUR)).toEqual(second);
      expect(await oldest(SLOT, SLOT + 2 * HOUR - 1)).toBeUndefined();
      expect(await oldest(SLOT + 1, SLOT + 2)).toBeUndefined();
    });

    it('knows which currencies any snapshot up to a time has listed, over several pages', async () => {
      const account = newAccount();
      const many = Array.from({ length: 400 }, (_, index) => line(`C${index}`, '12345678.12345678'));
      const wide = Array.from({ length: 60 }, (_, index) => snapshot(account, SLOT + index * MINUTE, many));
      await recordAll([
        snapshot(account, SLOT - HOUR, [line('ADA', '1'), line('size', '0')]),
        ...wide,
        failure(account, SLOT + HOUR),
        snapshot(account, SLOT + 2 * HOUR, [line('BTC', '1')]),
      ]);
      const listed = (at: Instant, ...currencies: string[]) => reader().listed(account, at, currencies);
      expect(await listed(SLOT + DAY, 'BTC', 'ada', 'ADA', 'XRP', 'size', 'C7')).toEqual([
        'BTC',
        'ADA',
        'size',
        'C7',
      ]);
      expect(await listed(SLOT + 2 * HOUR - 1, 'BTC', 'ADA')).toEqual(['ADA']);
      expect(await listed(SLOT - HOUR - 1, 'ADA')).toEqual([]);
      expect(await listed(SLOT)).toEqual([]);
    });

    it('reads a half-open range in order', async () => {
      const account = newAccount();
      const hours = [0, 1, 2, 3].map((hour) => snapshot(account, SLOT + hour * HOUR));
      await Promise.all(hours.toReversed().map(record));
      const read = async (from: Instant, to: Instant) => {
        const slots: Instant[] = [];
        for await (const { slot } of allReadable(reader().entries(account, from, to))) {
          slots.push((slot - SLOT) / HOUR);
        }
        return slots;
      };
      expect(await read(SLOT, SLOT + 3 * HOUR)).toEqual([0, 1, 2]);
      expect(await read(SLOT + 1, SLOT + 3 * HOUR + 1)).toEqual([1, 2, 3]);
      expect(await read(SLOT - HOUR, SLOT)).toEqual([]);
      expect(await read(SLOT, SLOT)).toEqual([]);
      expect(await read(SLOT + 1, SLOT + 2)).toEqual([]);
    });

    it('reads a range of several pages', async () => {
      const account = newAccount();
      const many = Array.from({ length: 400 }, (_, index) =>
        line(`C${index}`, '12345678.12345678', { locked: '1.5', avg_buy_price: '0.9724275092936803' }),
      );
      const slots = Array.from({ length: 90 }, (_, index) => SLOT + index * MINUTE);
      for (const slot of slots) await record(snapshot(account, slot, many));
      const page = await client.send(
        new QueryCommand({
          TableName: store.tableName,
          KeyConditionExpression: 'account = :a',
          ExpressionAttributeValues: { ':a': { S: account } },
        }),
      );
      expect(page.LastEvaluatedKey).toBeDefined();
      const read: Instant[] = [];
      for await (const { slot } of allReadable(reader().entries(account, SLOT, SLOT + 2 * HOUR)))
        read.push(slot);
      expect(read).toEqual(slots);
    });

    it('reads exactly the requested slots of one account', async () => {
      const account = newAccount();
      const slots = Array.from({ length: 230 }, (_, index) => SLOT + index * MINUTE);
      const written = slots.map((slot, index) =>
        index % 7 === 0 ? failure(account, slot) : snapshot(account, slot, [line('BTC', String(index))]),
      );
      await recordAll([...written, snapshot(newAccount(), SLOT - HOUR)]);
      const wanted = slots.filter((_, index) => index % 3 !== 1);
      const found = await reader().get(account, [SLOT - HOUR, ...wanted, SLOT + DAY]);
      expect(found.map((one) => readable<Entry>(one)).toSorted((a, b) => a.slot - b.slot)).toEqual(
        written.filter(({ slot }) => wanted.includes(slot)),
      );
      expect(await reader().get(account, [])).toEqual([]);
    });

    it('replaces an account’s entry only if it has not changed since it was read', async () => {
      const account = newAccount();
      const open = { account, since: SLOT };
      const blocked = { ...open, blockedUntil: SLOT + HOUR };
      const closed = { ...blocked, closedFrom: SLOT + DAY };
      const stored = async () => (await readCatalog(table())).accounts.get(account);
      const changed = {
        code: 'ledger.changed',
        message: `the catalog’s entry for ${account} has just changed: check it, then try again`,
      };
      await expect(putAccount(table(), open, closed)).rejects.toMatchObject(changed);
      expect(await stored()).toBeUndefined();
      await writer().putAccount(undefined, open, SECOND);
      const again = { ...open, closed: [{ from: SLOT, to: SLOT + HOUR }] };
      for (const other of [blocked, again, { ...open, since: SLOT - HOUR }, { ...open, closedFrom: SLOT }]) {
        await expect(putAccount(table(), other, closed)).rejects.toMatchObject(changed);
        expect(await stored()).toEqual(open);
      }
      await putAccount(table(), open, blocked);
      await expect(putAccount(table(), open, closed)).rejects.toMatchObject(changed);
      await putAccount(table(), blocked, closed);
      expect(await stored()).toEqual(closed);
      await putAccount(table(), closed, again);
      expect(await stored()).toEqual(again);
      await putAccount(table(), again, closed);
    });

    it('adds accounts and schedules once, updates an unchanged account, and reads them back', async () => {
      const account = newAccount();
      const since = { account, since: SLOT };
      await writer().putAccount(undefined, since, SECOND);
      const changed = { code: 'ledger.changed' };
      await expect(
        writer().putAccount(undefined, { account, since: SLOT + HOUR }, SECOND),
      ).rejects.toMatchObject(changed);
      expect((await readCatalog(table())).accounts.get(account)).toEqual(since);
      const blocked = { ...since, blockedUntil: SLOT + HOUR };
      await writer().putAccount(since, blocked, SECOND);
      await expect(writer().putAccount(since, { account, since: 0 }, SECOND)).rejects.toMatchObject(changed);
      expect((await readCatalog(table())).accounts.get(account)).toEqual(blocked);
      const schedule = {
        from: SLOT,
        every: '1h',
        timeZone: 'Asia/Singapore',
        regions: ['id', 'sg'],
      } as const;
      await writer().addSchedule(schedule, SECOND);
      await writer().addSchedule({ ...schedule, every: '1d' }, SECOND);
      expect((await readCatalog(table())).schedules).toEqual([schedule]);
    });

    it('names an unreadable item, and does not guess', async () => {
      const account = newAccount();
      await client.send(
        new PutItemCommand({
          TableName: store.tableName,
          Item: { account: { S: account }, slot: { S: '2026-11-22T06:00:00Z' }, v: { N: '2' } },
        }),
      );
      const unreadable = {
        account,
        key: '2026-11-22T06:00:00Z',
        slot: SLOT,
        problem: 'its schema version is 2, and this program reads 1',
      };
      expect(await reader().newest(account, SLOT)).toEqual(unreadable);
      expect(await reader().get(account, [unreadable.slot])).toEqual([unreadable]);
      await record(snapshot(account, unreadable.slot + HOUR));
      await record(failure(account, unreadable.slot + 2 * HOUR));
      const all: string[] = [];
      for await (const found of reader().entries(account, unreadable.slot, unreadable.slot + DAY)) {
        all.push(isUnreadable(found) ? 'unreadable' : isFailure(found) ? 'failure' : 'snapshot');
      }
      expect(all).toEqual(['unreadable', 'snapshot', 'failure']);
    });

    it('does not skip an unreadable item to find an older snapshot', async () => {
      const account = newAccount();
      await record(snapshot(account, SLOT));
      await client.send(
        new PutItemCommand({
          TableName: store.tableName,
          Item: { account: { S: account }, slot: { S: formatSecond(SLOT + HOUR) }, v: { N: '1' } },
        }),
      );
      await record(failure(account, SLOT + 2 * HOUR));
      expect(await reader().newestSnapshot(account, SLOT + DAY)).toMatchObject({
        key: formatSecond(SLOT + HOUR),
        problem: 'its observedAt is not of the form 2026-11-22T06:00:01.234Z',
      });
    });

    it('says so if the table does not exist, or if its keys are not ours', async () => {
      const absent = createLedgerReader({ client, tableName: 'absent' });
      await expect(absent.catalog()).rejects.toMatchObject({
        code: 'ledger.unavailable',
        message: 'there is no table absent in this account and AWS region',
      });
      const foreign = createLedgerReader({ client, tableName: 'foreign' });
      await expect(foreign.catalog()).rejects.toMatchObject({ code: 'ledger.foreign' });
      const lost = createLedgerWriter({ client, tableName: 'absent' });
      await expect(lost.record(snapshot(newAccount(), SLOT), SECOND)).rejects.toMatchObject({
        code: 'ledger.unavailable',
      });
    });
  });
}
