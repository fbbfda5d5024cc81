import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../lambda/core/account.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { knownAccounts, type SlotOutcome } from '../../lambda/core/completeness.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { isRegion, type Region } from '../../lambda/core/regions.ts';
import { CADENCES, isCadence, isTimeZone, TIME_ZONES } from '../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../lambda/core/snapshot.ts';
import { at, gaps, type LedgerReader, latest, type Range, slots } from '../../lambda/history.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  unreadable,
  withDefaults,
} from '../support/memory-ledger.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 10 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const CATALOG = catalogOf([MAIN], [HOURLY]);

async function all(outcomes: AsyncIterable<SlotOutcome>): Promise<SlotOutcome[]> {
  const found: SlotOutcome[] = [];
  for await (const outcome of outcomes) found.push(outcome);
  return found;
}

describe('latest', () => {
  it('knows nothing where the newest success may be in an item that cannot be read', async () => {
    const item = unreadable('sg/main', START + 9 * HOUR);
    const newer = failure('sg/main', START + 10 * HOUR);
    const found = [snapshot('sg/main', START), item, newer];
    expect(await latest(memoryLedger(CATALOG, found), CATALOG, ['sg/main'], NOW)).toEqual([
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
    latest(memoryLedger(CATALOG, entries), CATALOG, ['sg/main'], now);

  it('is the newest success, and names the newer failure', async () => {
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

  it('misses nothing where the last expected slot has its snapshot', async () => {
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

  it('may lie ahead of this machine’s clock', async () => {
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
    expect((await latest(slow, CATALOG, accounts, NOW)).map(({ account }) => account)).toEqual(accounts);
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
    const [reading] = await at(memoryLedger(CATALOG, entries), CATALOG, ['sg/main'], instant, NOW);
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
});

describe('slots and gaps', () => {
  const range = { from: START, to: NOW + DAY };

  it('reach no further than now, and are half-open', async () => {
    const ledger = memoryLedger(CATALOG, []);
    const found = await all(slots(ledger, CATALOG, ['sg/main'], range, NOW));
    expect(found.map(({ slot }) => slot)).toEqual(
      Array.from({ length: 11 }, (_, hour) => START + hour * HOUR),
    );
    const part = { from: START + HOUR, to: START + 3 * HOUR };
    expect((await all(gaps(ledger, CATALOG, ['sg/main'], part, NOW))).map(({ slot }) => slot)).toEqual([
      START + HOUR,
      START + 2 * HOUR,
    ]);
  });

  it('are exact to the millisecond', async () => {
    const part = { from: START + 100, to: START + HOUR + 100 };
    const found = await all(slots(memoryLedger(CATALOG, []), CATALOG, ['sg/main'], part, NOW));
    expect(found.map(({ slot }) => slot)).toEqual([START + HOUR]);
  });

  it('read nothing for a range that holds no slot', async () => {
    const ledger: LedgerReader = {
      ...memoryLedger(CATALOG, []),
      entries: () => {
        throw new Error('read');
      },
    };
    const read = (from: Instant, to: Instant) => all(slots(ledger, CATALOG, ['sg/main'], { from, to }, NOW));
    expect(await read(START + 100, START + 900)).toEqual([]);
    expect(await read(NOW + HOUR, NOW + DAY)).toEqual([]);
    expect(await read(START - DAY, START)).toEqual([]);
  });

  it('lay the end of an old grid to the change of schedule, from the last slot that any account has an item at', async () => {
    const catalog = catalogOf(
      [MAIN, { account: 'sg/two', since: START }],
      [HOURLY, { ...HOURLY, from: START + 6 * HOUR, every: '30m' }],
    );
    const ledger = memoryLedger(catalog, [
      failure('sg/two', START + 2 * HOUR),
      // Somebody looked by hand after the old stack had stopped: that is no sign of the old grid.
      snapshot('sg/two', START + 4 * HOUR + 600 * SECOND, [], { manual: true }),
      snapshot('sg/main', START + 6 * HOUR),
    ]);
    const to = START + 6 * HOUR + MINUTE;
    const found = await all(gaps(ledger, catalog, ['sg/main'], { from: START, to }, NOW));
    expect(found.map(({ slot, reason }) => [(slot - START) / HOUR, reason])).toEqual([
      [0, 'missing'],
      [1, 'missing'],
      [2, 'missing'],
      [3, 'scheduleChanged'],
      [4, 'scheduleChanged'],
      [5, 'scheduleChanged'],
    ]);
  });

  it('lay nothing to a change of regions alone', async () => {
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: START + 3 * HOUR, regions: ['sg', 'th'] }]);
    const found = await all(
      gaps(memoryLedger(catalog, []), catalog, ['sg/main'], { from: START, to: START + 3 * HOUR }, NOW),
    );
    expect(found.map(({ reason }) => reason)).toEqual(['missing', 'missing', 'missing']);
  });

  it('keep no more than a few slices of a range in memory', async () => {
    const since = START - 3650 * DAY;
    const catalog = catalogOf([{ ...MAIN, since }], [{ ...HOURLY, from: since }]);
    let read = 0;
    const ledger: LedgerReader = {
      ...memoryLedger(catalog, []),
      async *entries(account, from, to) {
        for (let slot = from; slot < to; slot += HOUR) {
          read += 1;
          yield await Promise.resolve(snapshot(account, slot));
        }
      },
    };
    let shown = 0;
    let ahead = 0;
    for await (const _ of slots(ledger, catalog, ['sg/main'], { from: since, to: START }, NOW)) {
      shown += 1;
      ahead = Math.max(ahead, read - shown);
    }
    expect(shown).toBe(3650 * 24);
    expect(ahead).toBeLessThanOrEqual(8 * 720);
  });
});

describe('the outcome of every slot', () => {
  const SPAN = 2 * 1440;
  const minute = fc.integer({ min: 0, max: SPAN }).map((count) => START + count * MINUTE);
  const region = fc.constantFrom<Region>('sg', 'th');
  const schedule = fc.record({
    from: minute,
    every: fc.constantFrom(...Object.keys(CADENCES).filter(isCadence)),
    timeZone: fc.constantFrom(...Object.keys(TIME_ZONES).filter(isTimeZone)),
    regions: fc.uniqueArray(region, { minLength: 1 }),
  });
  const account = fc.constantFrom<AccountName>('sg/main', 'sg/two', 'th/main', 'th/old');
  /** Opened, closed, opened again and so on, at these times. */
  const entry = fc
    .tuple(account, fc.uniqueArray(minute, { minLength: 1, maxLength: 6 }))
    .map(([account, times]): AccountEntry => {
      const [since = 0, ...turns] = times.sort((a, b) => a - b);
      const pairs = Array.from({ length: turns.length >> 1 }, (_, index) =>
        turns.slice(2 * index, 2 * index + 2),
      );
      const closed = pairs.map(([from = 0, to = 0]) => ({ from, to }));
      const closedFrom = turns.length % 2 === 1 ? turns.at(-1) : undefined;
      return {
        account,
        since,
        ...(closed.length === 0 ? {} : { closed }),
        ...(closedFrom === undefined ? {} : { closedFrom }),
      };
    });
  // Items on whole hours and half hours meet the grids more often than chance would have it.
  const itemTime = fc
    .tuple(minute, fc.constantFrom(MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR))
    .map(([instant, unit]) => instant - (instant % unit));
  const item = fc
    .record({ account, slot: itemTime, fails: fc.boolean(), manual: fc.boolean() })
    .map(({ account, slot, fails, manual }) =>
      fails
        ? failure(account, slot, 'upbit.timeout', { manual })
        : snapshot(account, slot, [line('BTC', '1')], { manual }),
    );

  /** The rules of the design, minute by minute, with arithmetic of its own. */
  function bruteForce(
    catalog: Catalog,
    items: readonly Entry[],
    { from, to }: Range,
    now: Instant,
  ): string[] {
    const recorded = items.filter(({ manual }) => !manual);
    const minutes: Instant[] = [];
    for (let slot = Math.ceil(from / MINUTE) * MINUTE; slot < to && slot <= now; slot += MINUTE)
      minutes.push(slot);
    return knownAccounts(catalog).flatMap((account) =>
      minutes.flatMap((slot) => {
        const inForce = catalog.schedules.filter((candidate) => candidate.from <= slot).at(-1);
        if (inForce === undefined || !isExpected(catalog, inForce, account, slot, items)) return [];
        const isDue = now - slot > settled(inForce);
        const item = recorded.find((candidate) => candidate.account === account && candidate.slot === slot);
        const reason = item === undefined ? absence(catalog, inForce, recorded, slot) : reasonOf(item);
        return item !== undefined || isDue ? [shown({ account, slot, reason, isDue })] : [];
      }),
    );
  }

  function settled({ every }: ScheduleEntry): number {
    return Math.max(90 * SECOND, Math.min(CADENCES[every] / 2, 300 * SECOND)) + 60 * SECOND;
  }

  function reasonOf(entry: Entry): string | undefined {
    return isFailure(entry) ? entry.failure : undefined;
  }

  function absence(
    catalog: Catalog,
    { every, timeZone }: ScheduleEntry,
    recorded: readonly Entry[],
    slot: Instant,
  ) {
    const change = catalog.schedules.find(
      (other) => other.from > slot && (other.every !== every || other.timeZone !== timeZone),
    );
    if (change === undefined) return 'missing';
    return recorded.some((other) => slot <= other.slot && other.slot < change.from)
      ? 'missing'
      : 'scheduleChanged';
  }

  function shown(line: {
    account: string;
    slot: Instant;
    reason: string | undefined;
    isDue: boolean;
  }): string {
    return `${line.account} ${new Date(line.slot).toISOString()} ${line.reason ?? 'ok'} ${line.isDue ? 'due' : 'open'}`;
  }

  function isExpected(
    catalog: Catalog,
    { every, timeZone, regions }: ScheduleEntry,
    account: AccountName,
    slot: Instant,
    items: readonly Entry[],
  ): boolean {
    const [place = '', name] = account.split('/');
    if (!isRegion(place) || !regions.includes(place)) return false;
    const local = new Date(slot + TIME_ZONES[timeZone]);
    if ((local.getUTCHours() * 60 + local.getUTCMinutes()) % (CADENCES[every] / MINUTE) !== 0) return false;
    const known = catalog.accounts.get(account);
    const turns = [
      known?.since ?? Infinity,
      ...(known?.closed ?? []).flatMap(({ from, to }) => [from, to]),
      known?.closedFrom ?? Infinity,
    ];
    if (turns.filter((turn) => turn <= slot).length % 2 === 1) return true;
    const anyKnown = [...catalog.accounts.values()].some(
      (other) => other.account.startsWith(place) && other.since <= slot,
    );
    const answered = items.some((other) => other.account === account && other.slot <= slot);
    const anyRecorded =
      [...catalog.accounts.values()].some(({ since }) => since <= slot) ||
      [...(catalog.firstOfDefaults?.values() ?? [])].some((first) => first <= slot);
    return name === 'main' && !anyKnown && (answered || !anyRecorded);
  }

  it('agrees with brute force, over schedules, accounts, items, ranges and clocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(schedule, { minLength: 1, maxLength: 4, selector: ({ from }) => from }),
        fc.uniqueArray(entry, { maxLength: 4, selector: (candidate) => candidate.account }),
        fc.uniqueArray(item, { maxLength: 40, selector: ({ account, slot }) => `${account} ${slot}` }),
        fc.tuple(minute, minute, fc.integer({ min: 0, max: 120_000 })),
        async (schedules, entries, candidates, [a, b, lag]) => {
          const catalog = withDefaults(catalogOf(entries, schedules), candidates);
          const accounts = knownAccounts(catalog);
          const items = candidates.filter((candidate) => accounts.includes(candidate.account));
          const range = { from: Math.min(a, b) + lag, to: Math.max(a, b) + lag };
          const now = Math.max(a, b) - 3 * MINUTE + 2 * lag;
          const found = await all(slots(memoryLedger(catalog, items), catalog, accounts, range, now));
          expect(found.map((outcome) => shown({ ...outcome, isDue: outcome.due }))).toEqual(
            bruteForce(catalog, items, range, now),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
