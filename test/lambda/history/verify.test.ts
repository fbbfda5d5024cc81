import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { tokenReader } from '../../../lambda/adapters/timestamp/token.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import { rootText, type SealedItem } from '../../../lambda/core/seal.ts';
import { decodeSeal, encodeSeal } from '../../../lambda/core/seal-item.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import {
  type SealProblem,
  type Verified,
  type VerifyRequest,
  verifySeals,
} from '../../../lambda/history/verify.ts';
import { Authority } from '../../support/authority.ts';
import { failure, line, snapshot, time } from '../../support/memory-ledger.ts';
import { SEAL } from '../../support/seals.ts';
import { StoredTable } from '../../support/stored-table.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const EVERYTHING = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const ACCOUNTS = ['id/main', 'sg/main', 'sg/treasury'] as const;

/** Each account every 6 hours for so many days; a failure each midnight of sg/main. */
function itemsOf(days: number): SealedItem[] {
  return ACCOUNTS.flatMap((account, place) =>
    Array.from({ length: days * 4 }, (_, index) => {
      const slot = BEGIN + index * 6 * HOUR;
      return encodeItem(
        account === 'sg/main' && index % 4 === 0
          ? failure(account, slot)
          : snapshot(account, slot, [line('BTC', `${place + 1}.${index}`), line('USDT', '250')]),
      );
    }),
  );
}

/** A table with this many days, each sealed an hour after its end. */
async function sealed(days: number, timeZone: TimeZone = 'UTC'): Promise<StoredTable> {
  const table = new StoredTable(BEGIN, itemsOf(days));
  for (let day = 1; day <= days; day += 1) await table.seal(BEGIN + day * DAY + HOUR, timeZone);
  return table;
}

async function verified(
  table: StoredTable,
  days: number,
  request: Partial<VerifyRequest> = {},
): Promise<Verified & { readonly problems: readonly SealProblem[] }> {
  const now = BEGIN + days * DAY + 90 * MINUTE;
  const found = verifySeals(
    table.stored,
    { range: EVERYTHING, accounts: undefined, beginning: BEGIN, timeZone: 'UTC', now, ...request },
    sha256,
    tokenReader(),
  );
  const problems: SealProblem[] = [];
  for (let next = await found.next(); ; next = await found.next()) {
    if (next.done === true) return { ...next.value, problems };
    problems.push(next.value);
  }
}

const ofDay = (table: StoredTable, partition: string, from: Instant) =>
  table.all(partition).filter(({ slot }) => slot?.S?.startsWith(new Date(from).toISOString().slice(0, 10)));

/** The seal of a day, as it is stored. */
function sealAt(table: StoredTable, day: number): SealedItem {
  const seal = table.all(SEAL_PARTITION)[day];
  if (seal === undefined) throw new Error(`no seal of day ${day}`);
  return seal;
}

const problem = (day: number, kind: SealProblem['problem'], account?: string): SealProblem => ({
  day: new Date(BEGIN + day * DAY).toISOString().slice(0, 10),
  account,
  problem: kind,
});

describe('a ledger as it was sealed', () => {
  it('has no problem, and tells its newest root and how much was compared', async () => {
    const table = await sealed(3);
    const { problems, last, days, items } = await verified(table, 3);
    expect(problems).toEqual([]);
    expect({ days, items }).toEqual({ days: 3, items: 36 });
    expect(last?.root).toBe(decodeSeal(sealAt(table, 2)).value?.root);
  });

  it('has no problem where days were missed and sealed later, or another version wrote an item', async () => {
    const table = new StoredTable(BEGIN, [
      ...itemsOf(3),
      {
        account: { S: 'sg/main' },
        slot: { S: '2026-03-02T01:00:00Z' },
        v: { N: '9' },
        odd: { L: [{ NULL: true }] },
      },
    ]);
    await table.seal(BEGIN + 3 * DAY + 5 * HOUR);
    expect((await verified(table, 3)).problems).toEqual([]);
  });

  it('has no problem after a change of time zone, in either direction', async () => {
    for (const [before, after] of [
      ['UTC', 'Asia/Singapore'],
      ['Asia/Seoul', 'UTC'],
    ] as const) {
      const table = new StoredTable(BEGIN, itemsOf(6));
      await table.seal(BEGIN + 3 * DAY + HOUR, before);
      await table.seal(BEGIN + 5 * DAY + 20 * HOUR, after);
      expect((await verified(table, 5, { timeZone: after })).problems).toEqual([]);
    }
  });

  it('needs no seal of a day that ended less than two hours ago', async () => {
    const table = await sealed(2);
    expect((await verified(table, 2, { now: BEGIN + 3 * DAY + 119 * MINUTE })).problems).toEqual([]);
    expect((await verified(table, 2, { now: BEGIN + 3 * DAY + 120 * MINUTE })).problems).toEqual([
      problem(2, 'unsealed'),
    ]);
  });

  it('is empty and whole', async () => {
    const table = new StoredTable(BEGIN);
    const found = await verified(table, 9, { beginning: Number.POSITIVE_INFINITY });
    expect(found).toEqual({
      problems: [],
      last: undefined,
      days: 0,
      items: 0,
      stamped: 0,
      lastStamp: undefined,
    });
  });
});

describe('a seal with a time-stamp token', () => {
  const authority = new Authority(BEGIN);
  /** Three days, of which the second has a token; `odd` may be another text, time or token. */
  async function stamped(
    odd: { readonly text?: string; readonly at?: Instant; readonly token?: Uint8Array } = {},
  ) {
    const table = await sealed(3);
    const item = sealAt(table, 1);
    const { previous, accounts } = decodeSeal(item).value ?? SEAL;
    const text = odd.text ?? rootText(previous, accounts);
    const token = odd.token ?? authority.token(text, odd.at ?? BEGIN + 2 * DAY + HOUR);
    table.put({ ...item, timestamp: { B: token } });
    return table;
  }

  it('is counted, and tells who signed and when', async () => {
    expect(await verified(await stamped(), 3)).toMatchObject({
      problems: [],
      stamped: 1,
      lastStamp: { day: '2026-03-02', at: BEGIN + 2 * DAY + HOUR, authority: 'CN=Test authority' },
    });
  });

  it.each([
    ['over another root', { text: '-\n' }, 'the token of 2026-03-02 is for another text'],
    [
      'from before the day ended',
      { at: BEGIN + 2 * DAY - MINUTE },
      'the token of 2026-03-02 was signed at 2026-03-02T23:59:00Z, before the day ended',
    ],
    ['that is none', { token: Buffer.from('x') }, expect.stringMatching(/^the token of 2026-03-02 is no/)],
  ])('is named, and nothing else is, if its token is one %s', async (_, odd, what) => {
    const { problems, stamped: good, lastStamp } = await verified(await stamped(odd), 3);
    expect(problems).toEqual([{ ...problem(1, 'timestamp'), what }]);
    expect({ good, lastStamp }).toEqual({ good: 0, lastStamp: undefined });
  });

  it('is checked only against what it was made for: for a changed seal, only the change is reported', async () => {
    const table = await stamped();
    table.put({ ...sealAt(table, 1), root: { S: 'ab'.repeat(32) } });
    expect((await verified(table, 3)).problems).toEqual([problem(1, 'chain')]);
  });
});

describe('a single change', () => {
  const DAYS = 4;
  const CHANGES: Readonly<Record<string, (table: StoredTable, item: SealedItem) => void>> = {
    removed: (table, item) => table.delete(item),
    added: (table, item) =>
      table.put({ ...item, slot: { S: item['slot']?.S?.replace(':00Z', ':01Z') ?? '' } }),
    changed: (table, item) => table.put({ ...item, writer: { S: '0.1.1' } }),
    'attribute removed': (table, { observedAt: _, ...item }) => table.put(item),
    'attribute added': (table, item) => table.put({ ...item, note: { BOOL: false } }),
  };
  const anItem = fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    day: fc.integer({ min: 0, max: DAYS - 1 }),
    place: fc.integer({ min: 0, max: 3 }),
  });

  it('of an item is found, with its day and account, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        anItem,
        fc.constantFrom(...Object.keys(CHANGES)),
        async ({ account, day, place }, kind) => {
          const table = await sealed(DAYS);
          const item = ofDay(table, account, BEGIN + day * DAY)[place];
          if (item === undefined) throw new Error('no item');
          CHANGES[kind]?.(table, item);
          const what = kind === 'removed' || kind === 'added' ? kind : 'changed';
          expect((await verified(table, DAYS)).problems).toEqual([problem(day, what, account)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of an amount’s last digit is found', async () => {
    const table = await sealed(2);
    const item = ofDay(table, 'id/main', BEGIN)[1];
    table.put({ ...item, balance: { M: { ...item?.['balance']?.M, BTC: { N: '1.2' } } } });
    expect((await verified(table, 2)).problems).toEqual([problem(0, 'changed', 'id/main')]);
  });

  it('is not reported where a store only writes a number or a set in another way', async () => {
    const table = await sealed(2);
    const item = ofDay(table, 'id/main', BEGIN)[1];
    table.put({ ...item, balance: { M: { ...item?.['balance']?.M, BTC: { N: '11E-1' } } } });
    expect((await verified(table, 2)).problems).toEqual([]);
  });

  it('by a whole account that was not there, or is gone, is found', async () => {
    const table = await sealed(2);
    const slot = { S: '2026-03-02T06:00:00Z' };
    table.put({ account: { S: 'th/new' }, slot });
    for (const item of table.all('id/main')) table.delete(item);
    expect((await verified(table, 2)).problems).toEqual([
      problem(0, 'removed', 'id/main'),
      problem(1, 'removed', 'id/main'),
      problem(1, 'added', 'th/new'),
    ]);
  });

  it('by an item from before the ledger began is found, since no seal can show it', async () => {
    const table = await sealed(2);
    table.put({ account: { S: 'sg/main' }, slot: { S: '2025-12-31T06:00:00Z' } });
    expect((await verified(table, 2)).problems).toEqual([
      { day: '2025-12-31', account: 'sg/main', problem: 'unsealed' },
    ]);
    table.put({ account: { S: 'id/main' }, slot: { S: '!' } });
    expect((await verified(table, 2)).problems[0]).toEqual({
      day: '!',
      account: 'id/main',
      problem: 'unsealed',
    });
    const asked = { range: { from: BEGIN, to: BEGIN + DAY }, accounts: ['sg/main'] };
    expect((await verified(table, 2, asked)).problems).toEqual([]);
  });

  const edits: Readonly<Record<string, (seal: SealedItem) => SealedItem>> = {
    root: (seal) => ({ ...seal, root: { S: 'ab'.repeat(32) } }),
    previous: (seal) => ({ ...seal, previous: { S: 'ab'.repeat(32) } }),
    'an account’s hash': (seal) => ({
      ...seal,
      accounts: { M: { ...seal['accounts']?.M, 'sg/main': { S: 'ab'.repeat(32) } } },
    }),
    sealedAt: (seal) => ({ ...seal, sealedAt: { S: `${seal['day']?.S ?? ''}T23:59:59.999Z` } }),
  };
  it.each(Object.keys(edits))('of a seal’s %s is found, and no other day is named', async (name) => {
    for (const day of [0, 1, 2]) {
      const table = await sealed(3);
      const seal = sealAt(table, day);
      table.put(edits[name]?.(seal) ?? seal);
      expect((await verified(table, 3)).problems).toEqual([problem(day, 'chain')]);
    }
  });

  it('of the number of items that a seal tells is found', async () => {
    const table = await sealed(2);
    const seal = sealAt(table, 1);
    table.put({ ...seal, items: { M: { ...seal['items']?.M, 'sg/main': { N: '5' } } } });
    expect((await verified(table, 2)).problems).toEqual([problem(1, 'chain', 'sg/main')]);
  });

  it('that makes a seal unreadable is found', async () => {
    const table = await sealed(3);
    table.put({ ...sealAt(table, 1), v: { N: '2' } });
    expect((await verified(table, 3)).problems).toEqual([
      { day: '2026-03-02T00:00:00Z', account: undefined, problem: 'chain' },
    ]);
  });

  it('that puts an item of a far year among the seals is found once', async () => {
    const table = await sealed(2);
    table.put({ ...sealAt(table, 1), slot: { S: '9999-12-31T00:00:00Z' } });
    expect((await verified(table, 2)).problems).toEqual([
      { day: '9999-12-31T00:00:00Z', account: undefined, problem: 'chain' },
    ]);
  });

  it('that removes a seal leaves its day unsealed, and the chain broken', async () => {
    const table = await sealed(4);
    table.delete(sealAt(table, 1));
    expect((await verified(table, 4)).problems).toEqual([problem(1, 'unsealed'), problem(2, 'chain')]);
    const first = await sealed(4);
    first.delete(sealAt(first, 0));
    expect((await verified(first, 4)).problems).toEqual([problem(0, 'unsealed'), problem(1, 'chain')]);
  });

  it('that rewrites a day with its seal breaks the chain after it', async () => {
    const table = await sealed(3);
    const [item] = ofDay(table, 'sg/main', BEGIN + DAY);
    if (item === undefined) throw new Error('no item');
    table.delete(item);
    const forged = await sealed(0);
    for (const partition of ACCOUNTS) for (const each of table.all(partition)) forged.put(each);
    await forged.seal(BEGIN + 2 * DAY + HOUR);
    table.put(sealAt(forged, 1));
    expect((await verified(table, 3)).problems).toEqual([problem(2, 'chain')]);
  });

  it('to a seal and its items at once is found in both', async () => {
    const table = await sealed(2);
    const [item] = ofDay(table, 'sg/main', BEGIN + DAY);
    table.put({ ...item, writer: { S: 'x' } });
    table.put({ ...sealAt(table, 1), root: { S: 'ab'.repeat(32) } });
    expect((await verified(table, 2)).problems).toEqual([
      problem(1, 'chain'),
      problem(1, 'changed', 'sg/main'),
    ]);
  });
});

describe('a narrower question', () => {
  it('compares only the days of its range, and still follows the whole chain', async () => {
    const table = await sealed(4);
    for (const day of [0, 2]) {
      const [item] = ofDay(table, 'sg/main', BEGIN + day * DAY);
      table.put({ ...item, writer: { S: 'x' } });
    }
    table.put({ ...sealAt(table, 3), root: { S: 'ab'.repeat(32) } });
    const range = { from: BEGIN + DAY + HOUR, to: BEGIN + 3 * DAY };
    const found = await verified(table, 4, { range });
    expect(found.problems).toEqual([problem(2, 'changed', 'sg/main'), problem(3, 'chain')]);
    expect(found.days).toBe(2);
  });

  it('compares only its accounts', async () => {
    const table = await sealed(2);
    for (const account of ACCOUNTS) {
      const [item] = ofDay(table, account, BEGIN);
      table.put({ ...item, writer: { S: 'x' } });
    }
    const found = await verified(table, 2, { accounts: ['sg/main'] });
    expect(found.problems).toEqual([problem(0, 'changed', 'sg/main')]);
    expect(found.items).toBe(8);
  });
});

it('a seal’s root is what its lines give', async () => {
  const seal = decodeSeal(sealAt(await sealed(1), 0)).value;
  if (seal === undefined) throw new Error('no seal');
  expect(sha256(rootText(undefined, seal.accounts))).toBe(seal.root);
  expect(encodeSeal(seal)['root']).toEqual({ S: seal.root });
});
