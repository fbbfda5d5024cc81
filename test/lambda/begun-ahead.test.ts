import { describe, expect, it } from 'vitest';
import { begunAhead } from '../../lambda/begun-ahead.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import { DAY, HOUR } from '../../lambda/core/instant.ts';
import { gaps } from '../../lambda/history.ts';
import { accountsAhead } from '../../lambda/range.ts';
import { catalogOf, memoryLedger, time } from '../support/memory-ledger.ts';

/** Streams of two numbers and a word each, and what has become of them. */
function streams(fails = -1) {
  const begun: number[] = [];
  const ended: number[] = [];
  async function* stream(key: number): AsyncGenerator<number, string> {
    begun.push(key);
    try {
      await Promise.resolve();
      if (key === fails) throw new Error(`stream ${key}`);
      yield key * 10;
      yield key * 10 + 1;
      return `end of ${key}`;
    } finally {
      ended.push(key);
    }
  }
  return { stream, begun, ended };
}

describe('streams begun ahead', () => {
  it('are read one after the other to their ends, with what each returns', async () => {
    const { stream, begun } = streams();
    const read: unknown[] = [];
    for await (const [key, steps] of begunAhead([0, 1, 2, 3, 4], stream, 3)) {
      read.push(`at ${key} begun ${begun.length}`);
      let step = await steps.next();
      for (; step.done !== true; step = await steps.next()) read.push(step.value);
      read.push(step.value);
    }
    expect(read).toEqual([
      ...['at 0 begun 3', 0, 1, 'end of 0', 'at 1 begun 4', 10, 11, 'end of 1', 'at 2 begun 5', 20, 21],
      ...['end of 2', 'at 3 begun 5', 30, 31, 'end of 3', 'at 4 begun 5', 40, 41, 'end of 4'],
    ]);
  });

  it('begin one at a time where that is what is asked', async () => {
    const { stream, begun } = streams();
    for await (const [key] of begunAhead([0, 1, 2], stream, 1)) expect(begun).toHaveLength(key + 1);
  });

  it('fail in their turn, and all that were begun are ended', async () => {
    const { stream, begun, ended } = streams(1);
    const read: number[] = [];
    const reading = async () => {
      for await (const [, steps] of begunAhead([0, 1, 2, 3, 4], stream, 3)) {
        for await (const value of steps) read.push(value);
      }
    };
    await expect(reading()).rejects.toThrow('stream 1');
    expect(read).toEqual([0, 1]);
    expect(ended.toSorted()).toEqual(begun.toSorted());
    expect(begun).toHaveLength(4);
  });

  it('are ended when nobody reads on', async () => {
    const { stream, begun, ended } = streams();
    for await (const [, steps] of begunAhead([0, 1, 2, 3, 4], stream, 3)) {
      await steps.next();
      await steps.return('');
      break;
    }
    expect([begun, ended.toSorted()]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });
});

describe('the gaps of many accounts', () => {
  const BEGIN = time('2026-01-01T00:00:00Z');
  const NOW = BEGIN + 400 * DAY;
  const accounts = Array.from({ length: 40 }, (_, index): AccountName => `sg/desk-${index}`);
  const catalog = catalogOf(
    accounts.map((account) => ({ account, since: BEGIN })),
    [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg'] }],
  );

  /** How many queries are open at a time at most, and the accounts in the order they are told. */
  async function asked(from: number) {
    let [open, most] = [0, 0];
    const ledger = memoryLedger(catalog, []);
    const reader: typeof ledger = {
      ...ledger,
      async *entries(...of) {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 1));
        open -= 1;
        yield* ledger.entries(...of);
      },
    };
    const told = new Set<string>();
    for await (const { account } of gaps(reader, catalog, accounts, { from, to: NOW }, NOW))
      told.add(account);
    expect([...told]).toEqual(accounts);
    return most;
  }

  it('of one day are asked for eight accounts at a time', async () => {
    expect(accountsAhead(catalog, { from: NOW - 24 * HOUR, to: NOW }, NOW)).toBe(8);
    expect(await asked(NOW - 24 * HOUR)).toBe(8);
  });

  it('of a long range are asked for one account after the other, eight slices at a time', async () => {
    expect(accountsAhead(catalog, { from: BEGIN, to: NOW }, NOW)).toBe(1);
    expect(await asked(NOW - 390 * DAY)).toBe(8);
  });
});
