import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import type { SlotOutcome } from '../../../lambda/core/completeness.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { at, latest } from '../../../lambda/history/latest.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { catalogOf, failure, memoryLedger, snapshot, time, unreadable } from '../../support/memory-ledger.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 10 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const CATALOG = catalogOf([MAIN], [HOURLY]);

async function _all(outcomes: AsyncIterable<SlotOutcome>): Promise<SlotOutcome[]> {
  const found: SlotOutcome[] = [];
  for await (const outcome of outcomes) found.push(outcome);
  return found;
}

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

  const read = (entries: readonly Entry[], now = NOW) =>
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
