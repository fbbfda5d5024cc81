import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { knownAccounts, type SlotOutcome } from '../../../lambda/core/completeness.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isRegion, type Region } from '../../../lambda/core/regions.ts';
import { CADENCES, type Cadence, isCadence, isTimeZone, TIME_ZONES } from '../../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import { accountsAhead } from '../../../lambda/history/read-range.ts';
import type { LedgerReader, Range } from '../../../lambda/history/reader.ts';
import { slots } from '../../../lambda/history/slots.ts';
import { gaps } from '../../support/gaps-of.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  withDefaults,
} from '../../support/memory-ledger.ts';

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

describe('slots and gaps', () => {
  const range = { from: START, to: NOW + DAY };

  it('end at now, and are half-open', async () => {
    const ledger = memoryLedger(CATALOG, []);
    const found = await all(slots({ reader: ledger, catalog: CATALOG, now: NOW }, ['sg/main'], range));
    expect(found.map(({ slot }) => slot)).toEqual(
      Array.from({ length: 11 }, (_, hour) => START + hour * HOUR),
    );
    const part = { from: START + HOUR, to: START + 3 * HOUR };
    expect(
      (await all(gaps({ reader: ledger, catalog: CATALOG, now: NOW }, ['sg/main'], part))).map(
        ({ slot }) => slot,
      ),
    ).toEqual([START + HOUR, START + 2 * HOUR]);
  });

  it('are exact to the millisecond', async () => {
    const part = { from: START + 100, to: START + HOUR + 100 };
    const found = await all(
      slots({ reader: memoryLedger(CATALOG, []), catalog: CATALOG, now: NOW }, ['sg/main'], part),
    );
    expect(found.map(({ slot }) => slot)).toEqual([START + HOUR]);
  });

  it('read nothing for a range without a slot', async () => {
    const ledger: LedgerReader = {
      ...memoryLedger(CATALOG, []),
      entries: () => {
        throw new Error('read');
      },
    };
    const read = (from: Instant, to: Instant) =>
      all(slots({ reader: ledger, catalog: CATALOG, now: NOW }, ['sg/main'], { from, to }));
    expect(await read(START + 100, START + 900)).toEqual([]);
    expect(await read(NOW + HOUR, NOW + DAY)).toEqual([]);
    expect(await read(START - DAY, START)).toEqual([]);
  });

  it('attribute the end of an old grid to the change of schedule, after the last slot with an item of any account', async () => {
    const catalog = catalogOf(
      [MAIN, { account: 'sg/two', since: START }],
      [HOURLY, { ...HOURLY, from: START + 6 * HOUR, every: '30m' }],
    );
    const ledger = memoryLedger(catalog, [
      failure('sg/two', START + 2 * HOUR),
      // A manual snapshot after the old stack had stopped is not a sign of the old grid.
      snapshot('sg/two', START + 4 * HOUR + 600 * SECOND, [], { manual: true }),
      snapshot('sg/main', START + 6 * HOUR),
    ]);
    const to = START + 6 * HOUR + MINUTE;
    const found = await all(gaps({ reader: ledger, catalog, now: NOW }, ['sg/main'], { from: START, to }));
    expect(found.map(({ slot, reason }) => [(slot - START) / HOUR, reason])).toEqual([
      [0, 'missing'],
      [1, 'missing'],
      [2, 'missing'],
      [3, 'scheduleChanged'],
      [4, 'scheduleChanged'],
      [5, 'scheduleChanged'],
    ]);
  });

  it('attribute nothing to a change of regions only', async () => {
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: START + 3 * HOUR, regions: ['sg', 'th'] }]);
    const found = await all(
      gaps({ reader: memoryLedger(catalog, []), catalog, now: NOW }, ['sg/main'], {
        from: START,
        to: START + 3 * HOUR,
      }),
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
    for await (const _ of slots({ reader: ledger, catalog, now: NOW }, ['sg/main'], {
      from: since,
      to: START,
    })) {
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
  /** Opened, closed, reopened and so on, at these times. */
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
  // Items on hours and half hours hit the grids more often than random times would.
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

  /** The rules of the design, minute by minute, with independent arithmetic. */
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
          const found = await all(
            slots({ reader: memoryLedger(catalog, items), catalog, now }, accounts, range),
          );
          expect(found.map((outcome) => shown({ ...outcome, isDue: outcome.due }))).toEqual(
            bruteForce(catalog, items, range, now),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

const LATER = START + 20 * HOUR + 30 * MINUTE;

function schedule(from: Instant, every: Cadence): ScheduleEntry {
  return { from, every, timeZone: 'UTC', regions: ['sg'] };
}

/** Four consecutive grids: a query for one of them must not read the others. */
const GRIDS = catalogOf(
  [MAIN],
  [
    schedule(START, '1h'),
    schedule(START + 4 * HOUR, '2h'),
    schedule(START + 8 * HOUR, '1h'),
    schedule(START + 12 * HOUR, '2h'),
  ],
);

/** The slots of a range, and the reads of the ledger, in hours. */
async function reading(range: Range, entries: readonly Entry[] = [], now = LATER) {
  const ledger = memoryLedger(GRIDS, entries);
  const [newest, ranges]: [number[], [number, number][]] = [[], []];
  const hours = (instant: Instant) => (instant - START) / HOUR;
  const reader: LedgerReader = {
    ...ledger,
    newest: (account, time) => {
      newest.push(time);
      return ledger.newest(account, time);
    },
    entries: (account, from, to) => {
      ranges.push([hours(from), hours(to)]);
      return ledger.entries(account, from, to);
    },
  };
  const found: string[] = [];
  for await (const { slot, outcome } of slots({ reader, catalog: GRIDS, now }, ['sg/main'], range))
    found.push(`${hours(slot)} ${outcome}`);
  return { found, newest, ranges };
}

describe('the slots of a range', () => {
  it('are read only from the range, and the end of a grid is searched for only if it may be the reason', async () => {
    const { found, newest, ranges } = await reading({ from: START + 4 * HOUR, to: START + 8 * HOUR });
    expect(found).toEqual(['4 missing', '6 missing']);
    expect(newest).toEqual([START + 8 * HOUR - SECOND]);
    expect(ranges).toEqual([[4, 8]]);
  });

  it('are read from the first expected one if the range begins before it', async () => {
    const { found, ranges } = await reading({ from: START - 9 * HOUR, to: START + 2 * HOUR });
    expect(found).toEqual(['0 missing', '1 missing']);
    expect(ranges).toEqual([[0, 2]]);
  });

  it('of the current grid are never attributed to a change', async () => {
    const { newest } = await reading({ from: START + 12 * HOUR, to: START + 16 * HOUR });
    expect(newest).toEqual([]);
  });

  it.each([0, 1, -HOUR])('are none if the range is empty, or ends before it begins: %i', async (length) => {
    const from = START + 4 * HOUR + (length === 1 ? 1 : 0);
    expect(await reading({ from, to: from + length })).toEqual({ found: [], newest: [], ranges: [] });
  });

  it('include the one of this very moment if it already has an item', async () => {
    const now = START + 14 * HOUR;
    const range = { from: now - HOUR, to: now + HOUR };
    expect((await reading(range, [], now)).found).toEqual([]);
    expect((await reading(range, [snapshot('sg/main', now)], now)).found).toEqual(['14 snapshot']);
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

  /** The maximum number of concurrent queries. Checks that the accounts come in order. */
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
    for await (const { account } of gaps({ reader, catalog, now: NOW }, accounts, { from, to: NOW }))
      told.add(account);
    expect([...told]).toEqual(accounts);
    return most;
  }

  it('of one day are read for eight accounts at a time', async () => {
    expect(accountsAhead({ catalog, now: NOW }, { from: NOW - 24 * HOUR, to: NOW })).toBe(8);
    expect(await asked(NOW - 24 * HOUR)).toBe(8);
  });

  it('of a long range are read for one account at a time, eight slices at a time', async () => {
    expect(accountsAhead({ catalog, now: NOW }, { from: BEGIN, to: NOW })).toBe(1);
    expect(await asked(NOW - 390 * DAY)).toBe(8);
  });
});
