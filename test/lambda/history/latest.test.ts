import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { Entry, Found } from '../../../lambda/core/snapshot.ts';
import { at, lastUnrecorded, latest } from '../../../lambda/history/latest.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { catalogOf, failure, memoryLedger, snapshot, time, unreadable } from '../../support/memory-ledger.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 10 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const CATALOG = catalogOf([MAIN], [HOURLY]);

describe('latest', () => {
  it('knows nothing if the newest success may be an unreadable item', async () => {
    const item = unreadable('sg/main', START + 9 * HOUR);
    const newer = failure('sg/main', START + 10 * HOUR);
    const found = [snapshot('sg/main', START), item, newer];
    expect(
      await latest({ reader: memoryLedger(CATALOG, found), catalog: CATALOG, now: NOW }, ['sg/main']),
    ).toEqual([
      {
        account: 'sg/main',
        snapshot: undefined,
        failure: newer,
        missed: { count: 0, last: undefined },
        unreadable: item,
      },
    ]);
  });

  const read = (entries: readonly Found[], now = NOW) =>
    latest({ reader: memoryLedger(CATALOG, entries), catalog: CATALOG, now }, ['sg/main']);

  it('is the newest success, with the newer failure', async () => {
    const success = snapshot('sg/main', START + 8 * HOUR);
    const newer = failure('sg/main', START + 10 * HOUR);
    const found = await read([
      snapshot('sg/main', START),
      success,
      failure('sg/main', START + 9 * HOUR),
      newer,
    ]);
    expect(found).toEqual([
      {
        account: 'sg/main',
        snapshot: success,
        failure: newer,
        missed: { count: 2, last: START + 10 * HOUR },
      },
    ]);
  });

  it('misses nothing if the last expected slot has its snapshot', async () => {
    const success = snapshot('sg/main', START + 10 * HOUR);
    expect(await read([failure('sg/main', START), success])).toEqual([
      { account: 'sg/main', snapshot: success, failure: undefined, missed: { count: 0, last: undefined } },
    ]);
  });

  it('may be a manual snapshot', async () => {
    const manual = snapshot('sg/main', START + 10 * HOUR + 61 * SECOND, [], { manual: true });
    expect(await read([snapshot('sg/main', START + 10 * HOUR), manual])).toMatchObject([
      { snapshot: manual },
    ]);
  });

  it('may be ahead of this machine’s clock', async () => {
    const ahead = snapshot('sg/main', NOW + 30 * SECOND);
    expect(await read([ahead])).toMatchObject([{ snapshot: ahead }]);
  });

  it('is nothing later than that: the newest item is named, the one before it is read', async () => {
    const [taken, ahead] = [snapshot('sg/main', START + 10 * HOUR), snapshot('sg/main', NOW + 3 * MINUTE)];
    const [reading] = await read([taken, ahead]);
    expect(reading).toMatchObject({ snapshot: taken, future: NOW + 3 * MINUTE });
    const limit = snapshot('sg/main', NOW + 2 * MINUTE);
    expect(await read([taken, limit])).toMatchObject([{ snapshot: limit, future: undefined }]);
    const [failed] = await read([taken, failure('sg/main', NOW + HOUR)]);
    expect(failed).toMatchObject({ snapshot: taken, future: NOW + HOUR });
    expect(failed?.failure).toBeUndefined();
    const [unknown] = await read([taken, unreadable('sg/main', NOW + 400 * 24 * HOUR)]);
    expect(unknown).toMatchObject({ snapshot: taken, future: NOW + 400 * 24 * HOUR });
    expect((await read([taken]))[0]?.future).toBeUndefined();
  });

  it('is nothing before the first snapshot, and every due slot is missed', async () => {
    expect(await read([])).toEqual([
      {
        account: 'sg/main',
        snapshot: undefined,
        failure: undefined,
        missed: { count: 11, last: START + 10 * HOUR },
      },
    ]);
  });

  it('answers in the order of the accounts given, at most 16 at a time', async () => {
    let open = 0;
    let most = 0;
    const ledger = memoryLedger(CATALOG, []);
    const slow: LedgerReader = {
      ...ledger,
      newest: async (account, instant) => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 1));
        open -= 1;
        return await ledger.newest(account, instant);
      },
    };
    const accounts = Array.from({ length: 50 }, (_, index): AccountName => `sg/a${50 - index}`);
    expect(
      (await latest({ reader: slow, catalog: CATALOG, now: NOW }, accounts)).map(({ account }) => account),
    ).toEqual(accounts);
    expect(most).toBe(16);
  });
});

describe('after a change of schedule', () => {
  // Every hour until the run at 06:00; then every 4 hours, from 08:00 on.
  const FOUR_HOURLY: ScheduleEntry = { ...HOURLY, from: START + 8 * HOUR, every: '4h' };
  const OTHER: AccountEntry = { account: 'sg/other', since: START };
  const catalog = catalogOf([MAIN, OTHER], [HOURLY, FOUR_HOURLY]);
  const others = [0, 1, 2, 3, 4, 5, 6].map((hour) => snapshot('sg/other', START + hour * HOUR));
  const missed = async (entries: readonly Entry[], now: Instant) => {
    const reader = memoryLedger(catalog, [...others, ...entries]);
    const [reading] = await latest({ reader, catalog, now }, ['sg/main']);
    return [reading?.missed.count, ((reading?.missed.last ?? NaN) - START) / HOUR];
  };

  it('the slots of the old grid that nothing recorded are not missed, by any account', async () => {
    expect(await missed([snapshot('sg/main', START + 6 * HOUR)], START + 7.5 * HOUR)).toEqual([0, NaN]);
    expect(await missed([snapshot('sg/main', START + 4 * HOUR)], START + 7.5 * HOUR)).toEqual([2, 6]);
    expect(await missed([], START + 7.5 * HOUR)).toEqual([7, 6]);
  });

  it('those of the new grid are', async () => {
    expect(await missed([snapshot('sg/main', START + 5 * HOUR)], START + 9 * HOUR)).toEqual([2, 8]);
    expect(await missed([snapshot('sg/main', START + 8 * HOUR)], START + 12.5 * HOUR)).toEqual([1, 12]);
  });

  it('the same holds at an earlier time', async () => {
    const reader = memoryLedger(catalog, [...others, snapshot('sg/main', START + 5 * HOUR)]);
    const [reading] = await at({ reader, catalog, now: NOW }, ['sg/main'], START + 7 * HOUR);
    expect(reading?.missed).toEqual({ count: 1, last: START + 6 * HOUR });
  });

  it('nothing more is read if every account has a snapshot of the grid in force', async () => {
    const reader = memoryLedger(catalog, [...others, snapshot('sg/main', START + 8 * HOUR)]);
    const read: Instant[] = [];
    const counting: LedgerReader = {
      ...reader,
      newest: (account, instant) => {
        read.push(instant);
        return reader.newest(account, instant);
      },
    };
    await latest({ reader: counting, catalog, now: START + 12.5 * HOUR }, ['sg/main']);
    expect(read).toHaveLength(1);
  });
});

describe('the last missed slot', () => {
  const read = async (failures: number[], now = NOW) => {
    const entries = failures.map((hours) => failure('sg/main', START + hours * HOUR));
    const view = { reader: memoryLedger(CATALOG, entries), catalog: CATALOG, now };
    const [reading] = await latest(view, ['sg/main']);
    if (reading === undefined) throw new Error('no reading');
    return lastUnrecorded(reading);
  };

  it('was not recorded if the newest failure is older, or there is none', async () => {
    expect(await read([])).toBe(START + 10 * HOUR);
    expect(await read([9])).toBe(START + 10 * HOUR);
  });

  it('was, if the newest failure is its own, or of a later slot that is not due yet', async () => {
    expect(await read([10])).toBeUndefined();
    expect(await read([9, 11], START + 11 * HOUR + MINUTE)).toBeUndefined();
  });
});

describe('the first snapshot after a time', () => {
  const taken = [snapshot('sg/main', START + 2 * HOUR), snapshot('sg/main', START + 3 * HOUR)];
  async function firstAfter(entries: readonly Found[], instant: Instant) {
    let asked = 0;
    const ledger = memoryLedger(CATALOG, entries);
    const reader: LedgerReader = {
      ...ledger,
      oldestSnapshot: (...range) => {
        asked += 1;
        return ledger.oldestSnapshot(...range);
      },
    };
    const [reading] = await at({ reader, catalog: CATALOG, now: NOW }, ['sg/main'], instant);
    return [reading?.first, asked];
  }

  it('is looked for only if there is none up to it', async () => {
    expect(await firstAfter(taken, START)).toEqual([START + 2 * HOUR, 1]);
    expect(await firstAfter(taken, START + 2 * HOUR)).toEqual([undefined, 0]);
    expect(await firstAfter([], START)).toEqual([undefined, 1]);
  });

  it('is unknown if an unreadable item may be it, and is never in the future', async () => {
    expect(await firstAfter([unreadable('sg/main', START + HOUR), ...taken], START)).toEqual([undefined, 1]);
    expect(await firstAfter([snapshot('sg/main', NOW + HOUR)], START)).toEqual([undefined, 1]);
    expect(await firstAfter([], NOW + 2 * MINUTE)).toEqual([undefined, 0]);
    expect(await firstAfter([], NOW + DAY)).toEqual([undefined, 0]);
  });

  it('is not an item of exactly that time that failed', async () => {
    expect(await firstAfter([failure('sg/main', START), ...taken], START)).toEqual([START + 2 * HOUR, 1]);
  });
});

describe('at a time', () => {
  const entries = [
    snapshot('sg/main', START + 2 * HOUR),
    failure('sg/main', START + 3 * HOUR),
    snapshot('sg/main', START + 5 * HOUR),
  ];
  const read = async (instant: Instant) => {
    const [reading] = await at(
      { reader: memoryLedger(CATALOG, entries), catalog: CATALOG, now: NOW },
      ['sg/main'],
      instant,
    );
    return { slot: reading?.snapshot?.slot, failed: reading?.failure?.slot, missed: reading?.missed.count };
  };

  it('exactly on a slot is that slot', async () => {
    expect(await read(START + 2 * HOUR)).toEqual({ slot: START + 2 * HOUR, failed: undefined, missed: 0 });
  });

  it('a millisecond before a slot is the slot before', async () => {
    expect(await read(START + 5 * HOUR - 1)).toEqual({
      slot: START + 2 * HOUR,
      failed: START + 3 * HOUR,
      missed: 2,
    });
  });

  it('before the first snapshot is nothing', async () => {
    expect(await read(START + HOUR)).toEqual({ slot: undefined, failed: undefined, missed: 2 });
  });

  it('of a failure, the newest success is the one before it, and not one a second later', async () => {
    const before = snapshot('sg/main', START + HOUR);
    const later = snapshot('sg/main', START + 2 * HOUR + SECOND, [], { manual: true });
    const entries = [before, failure('sg/main', START + 2 * HOUR), later];
    const [found] = await at(
      { reader: memoryLedger(CATALOG, entries), catalog: CATALOG, now: NOW },
      ['sg/main'],
      START + 2 * HOUR,
    );
    expect(found?.snapshot).toEqual(before);
  });
});
