import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import {
  accountsAt,
  countDue,
  expectedPeriods,
  expectedSlots,
  isExpectedAndDue,
  isGap,
  knownAccounts,
  regionsOnceUnknown,
  type SlotOutcome,
  slotOutcomes,
} from '../../../lambda/core/completeness.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import {
  CADENCES,
  type Cadence,
  isCadence,
  isDue,
  isTimeZone,
  TIME_ZONES,
} from '../../../lambda/core/slots.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, memoryLedger, snapshot, time, unreadable } from '../../support/memory-ledger.ts';

const START = time('2026-11-22T00:00:00Z');
const END = START + 2 * DAY;

function hourly(from: Instant, regions: readonly Region[] = ['sg'], every: Cadence = '1h') {
  return { from, every, timeZone: 'UTC', regions } as const;
}

function expectedAt(catalog: ReturnType<typeof catalogOf>, account: AccountName, to = END): string[] {
  const slots = expectedSlots(expectedPeriods(catalog, account), START, to, new Map());
  return [...slots].map(({ slot }) => formatSecond(slot).slice(8, 16));
}

async function outcomes(entries: readonly Entry[], now: Instant, to = now) {
  const catalog = catalogOf([{ account: 'sg/main', since: START }], [hourly(START)]);
  const expected = expectedSlots(expectedPeriods(catalog, 'sg/main'), START, to, new Map());
  const stream = memoryLedger(catalog, entries).entries('sg/main', START, to);
  const found: SlotOutcome[] = [];
  for await (const outcome of slotOutcomes('sg/main', expected, stream, now)) found.push(outcome);
  return found;
}

describe('the periods of an account', () => {
  it('begin with its first slot and end when it is closed', () => {
    const entry = { account: 'sg/main', since: START + 3 * HOUR, closedFrom: START + 6 * HOUR } as const;
    const catalog = catalogOf([{ account: 'sg/a', since: START }, entry], [hourly(START)]);
    expect(expectedAt(catalog, 'sg/main')).toEqual(['22T03:00', '22T04:00', '22T05:00']);
  });

  it('have a gap for each time that it was closed and reopened', () => {
    const closed = [
      { from: START + HOUR, to: START + 3 * HOUR },
      { from: START + 4 * HOUR, to: START + 4 * HOUR },
      { from: START + 5 * HOUR, to: START + 6 * HOUR },
    ];
    const entry = { account: 'sg/main', since: START, closed, closedFrom: START + 7 * HOUR } as const;
    expect(expectedAt(catalogOf([entry], [hourly(START)]), 'sg/main')).toEqual([
      '22T00:00',
      '22T03:00',
      '22T04:00',
      '22T06:00',
    ]);
  });

  it('follow each schedule to the first slot of the next, in its own zone', () => {
    const catalog = catalogOf(
      [{ account: 'sg/main', since: START }],
      [
        { from: START, every: '12h', timeZone: 'Asia/Singapore', regions: ['sg'] },
        { from: START + 20 * HOUR, every: '8h', timeZone: 'Asia/Seoul', regions: ['sg'] },
      ],
    );
    // Singapore's midnight is 16:00 UTC, Seoul's is 15:00: 23:00, 07:00, 15:00 follow.
    expect(expectedAt(catalog, 'sg/main')).toEqual([
      '22T04:00',
      '22T16:00',
      '22T23:00',
      '23T07:00',
      '23T15:00',
      '23T23:00',
    ]);
  });

  it('pause while the region is not scheduled', () => {
    const catalog = catalogOf(
      [{ account: 'sg/main', since: START }],
      [hourly(START, ['sg', 'th']), hourly(START + 2 * HOUR, ['th']), hourly(START + 5 * HOUR, ['sg'])],
    );
    expect(expectedAt(catalog, 'sg/main', START + 7 * HOUR)).toEqual([
      '22T00:00',
      '22T01:00',
      '22T05:00',
      '22T06:00',
    ]);
  });

  it('have the end of the grid, ignoring changes of regions only', () => {
    const catalog = catalogOf(
      [{ account: 'sg/main', since: START }],
      [hourly(START), hourly(START + 2 * HOUR, ['sg', 'th']), hourly(START + 5 * HOUR, ['sg'], '2h')],
    );
    expect(expectedPeriods(catalog, 'sg/main').map(({ gridEnd }) => gridEnd)).toEqual([
      START + 5 * HOUR,
      START + 5 * HOUR,
      Infinity,
    ]);
  });
});

describe('a region without an account in the catalog', () => {
  const asking = (...first: [AccountName, Instant][]) => ({ firstOfDefaults: new Map(first) });

  it('expects its default account from its first item on, for as long as it is scheduled', () => {
    const catalog = {
      ...catalogOf(
        [{ account: 'id/main', since: START - HOUR }],
        [hourly(START), hourly(START + 3 * HOUR, ['th'])],
      ),
      ...asking(['sg/main', START + HOUR], ['th/main', START + 3 * HOUR]),
    };
    expect(expectedAt(catalog, 'sg/main')).toEqual(['22T01:00', '22T02:00']);
    expect(knownAccounts(catalog)).toEqual(['id/main', 'sg/main', 'th/main']);
    expect(accountsAt(catalog, START + 2 * HOUR)).toEqual(['id/main', 'sg/main']);
    expect(accountsAt(catalog, START + 3 * HOUR)).toEqual(['id/main', 'th/main']);
  });

  it('expects its default account, like every other region, as long as nothing at all is recorded', () => {
    const entry = { account: 'sg/desk', since: START + 2 * HOUR } as const;
    const catalog = catalogOf([entry], [hourly(START, ['id', 'sg'])]);
    for (const account of ['id/main', 'sg/main'] as const)
      expect(expectedAt(catalog, account)).toEqual(['22T00:00', '22T01:00']);
    const answered = { ...catalog, ...asking(['id/main', START + HOUR]) };
    expect(expectedAt(answered, 'sg/main')).toEqual(['22T00:00']);
    expect(expectedAt(answered, 'id/main', START + 4 * HOUR)).toEqual([
      '22T00:00',
      '22T01:00',
      '22T02:00',
      '22T03:00',
    ]);
    expect(knownAccounts(catalogOf([], [hourly(START, ['id', 'sg'])]))).toEqual(['id/main', 'sg/main']);
  });

  it('expects nothing if its default account has no item and others are collected', () => {
    const catalog = catalogOf([{ account: 'sg/desk', since: START }], [hourly(START, ['id', 'sg'])]);
    expect(knownAccounts(catalog)).toEqual(['sg/desk']);
    expect(accountsAt(catalog, START)).toEqual(['sg/desk']);
    expect(expectedAt(catalog, 'id/main')).toEqual([]);
  });

  it('no longer expects it once the catalog knows an account, whatever its name and state', () => {
    const entry = { account: 'sg/old', since: START + 2 * HOUR, closedFrom: START + 4 * HOUR } as const;
    const catalog = { ...catalogOf([entry], [hourly(START)]), ...asking(['sg/main', START]) };
    expect(expectedAt(catalog, 'sg/main')).toEqual(['22T00:00', '22T01:00']);
    expect(expectedAt(catalog, 'sg/old')).toEqual(['22T02:00', '22T03:00']);
    expect(accountsAt(catalog, START + 3 * HOUR)).toEqual(['sg/old']);
    expect(accountsAt(catalog, START + 4 * HOUR)).toEqual([]);
  });

  it('has no gap and no overlap if the default account itself is added to the catalog', () => {
    const entry = { account: 'sg/main', since: START + 2 * HOUR } as const;
    const catalog = { ...catalogOf([entry], [hourly(START)]), ...asking(['sg/main', START]) };
    expect(expectedAt(catalog, 'sg/main', START + 4 * HOUR)).toEqual([
      '22T00:00',
      '22T01:00',
      '22T02:00',
      '22T03:00',
    ]);
  });

  it('is represented by it whenever it is scheduled, and not in between', () => {
    const catalog = {
      ...catalogOf([], [hourly(START), hourly(START + 2 * HOUR, ['th']), hourly(START + 4 * HOUR, ['sg'])]),
      ...asking(['sg/main', START], ['th/main', START + 2 * HOUR]),
    };
    expect(accountsAt(catalog, START + HOUR)).toEqual(['sg/main']);
    expect(accountsAt(catalog, START + 3 * HOUR)).toEqual(['th/main']);
    expect(accountsAt(catalog, START + 5 * HOUR)).toEqual(['sg/main']);
  });

  it('may have had a default account only if it was scheduled before it had another', () => {
    const accounts = [
      { account: 'sg/desk', since: START },
      { account: 'id/desk', since: START + HOUR },
    ] as const;
    const catalog = catalogOf(accounts, [hourly(START, ['id', 'sg']), hourly(START + DAY, ['kr', 'sg'])]);
    expect(regionsOnceUnknown(catalog)).toEqual(['id', 'kr']);
  });
});

describe('an unreadable item', () => {
  it('gives its slot an unknown outcome, and is skipped if its key is not a slot', async () => {
    const item = unreadable('sg/main', START + HOUR);
    const noSlot = { ...item, key: 'nonsense', slot: undefined };
    const catalog = catalogOf([{ account: 'sg/main', since: START }], [hourly(START)]);
    const expected = expectedSlots(expectedPeriods(catalog, 'sg/main'), START, START + 3 * HOUR, new Map());
    async function* found() {
      yield noSlot;
      yield item;
      yield snapshot('sg/main', START + 2 * HOUR);
    }
    const outcomes: SlotOutcome[] = [];
    for await (const outcome of slotOutcomes('sg/main', expected, found(), END)) outcomes.push(outcome);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['missing', 'unreadable', 'snapshot']);
    expect(outcomes[1]).toEqual({
      account: 'sg/main',
      slot: START + HOUR,
      outcome: 'unreadable',
      due: true,
      observedAt: undefined,
      currencies: undefined,
      reason: item.problem,
    });
    expect(outcomes.map(isGap)).toEqual([true, false, false]);
  });
});

describe('an account of the catalog', () => {
  it('is listed in order of name, whatever the order in the catalog', () => {
    const accounts = (['sg/b', 'id/c', 'sg/a'] as const).map((account) => ({ account, since: START }));
    expect(knownAccounts(catalogOf(accounts, [hourly(START, ['id', 'sg'])]))).toEqual([
      'id/c',
      'sg/a',
      'sg/b',
    ]);
  });

  it('is included until it is closed, even before its first slot', () => {
    const open = { account: 'sg/a', since: START } as const;
    const closed = { account: 'sg/b', since: START, closedFrom: START + 2 * HOUR } as const;
    const catalog = catalogOf([open, closed], [hourly(START)]);
    expect(accountsAt(catalog, START - HOUR)).toEqual(['sg/a', 'sg/b']);
    expect(accountsAt(catalog, START + 2 * HOUR - 1)).toEqual(['sg/a', 'sg/b']);
    expect(accountsAt(catalog, START + 2 * HOUR)).toEqual(['sg/a']);
    expect(accountsAt(catalog, END)).toEqual(['sg/a']);
  });

  it('is excluded while it was closed, and included again once reopened', () => {
    const closed = [{ from: START + HOUR, to: START + 2 * HOUR }];
    const catalog = catalogOf([{ account: 'sg/a', since: START, closed }], [hourly(START)]);
    expect(accountsAt(catalog, START + HOUR - 1)).toEqual(['sg/a']);
    expect(accountsAt(catalog, START + HOUR)).toEqual([]);
    expect(accountsAt(catalog, START + 2 * HOUR - 1)).toEqual([]);
    expect(accountsAt(catalog, START + 2 * HOUR)).toEqual(['sg/a']);
  });
});

describe('the reason of a slot without an item', () => {
  const catalog = catalogOf(
    [{ account: 'sg/main', since: START }],
    [hourly(START), hourly(START + 3 * HOUR, ['sg'], '2h')],
  );
  const reasons = (lastRecorded: ReadonlyMap<Instant, Instant>) => {
    const periods = expectedPeriods(catalog, 'sg/main');
    return [...expectedSlots(periods, START, START + 7 * HOUR, lastRecorded)].map((slot) => slot.ifMissing);
  };

  it('is the change of the schedule between the last item of the old grid and the new one', () => {
    expect(reasons(new Map([[START + 3 * HOUR, START + HOUR]]))).toEqual([
      'missing',
      'missing',
      'scheduleChanged',
      'missing',
      'missing',
    ]);
  });

  it('is the change of the schedule for the whole of an old grid without items', () => {
    expect(reasons(new Map())).toEqual([
      'scheduleChanged',
      'scheduleChanged',
      'scheduleChanged',
      'missing',
      'missing',
    ]);
  });
});

describe('the outcome of a slot', () => {
  const settled = START + 5 * MINUTE + MINUTE;

  it('is missing only once tolerance and settling are over', async () => {
    expect(await outcomes([], settled, START + DAY)).toEqual([]);
    expect(await outcomes([], settled + 1, START + DAY)).toEqual([
      {
        account: 'sg/main',
        slot: START,
        outcome: 'missing',
        due: true,
        observedAt: undefined,
        currencies: undefined,
        reason: 'missing',
      },
    ]);
  });

  it('of a failure is shown at once, and is a gap only once a retry can no longer succeed', async () => {
    const entries = [failure('sg/main', START)];
    const early = await outcomes(entries, settled, START + DAY);
    expect(early).toMatchObject([{ outcome: 'failure', due: false, reason: 'upbit.timeout' }]);
    expect(early.map(isGap)).toEqual([false]);
    expect((await outcomes(entries, settled + 1, START + DAY)).map(isGap)).toEqual([true]);
  });

  it('of a snapshot has its time and number of currencies, and is never a gap', async () => {
    const found = await outcomes([snapshot('sg/main', START, [])], START + 30 * MINUTE);
    expect(found).toEqual([
      {
        account: 'sg/main',
        slot: START,
        outcome: 'snapshot',
        due: true,
        observedAt: START + 1234,
        currencies: 0,
        reason: undefined,
      },
    ]);
    expect(found.map(isGap)).toEqual([false]);
  });

  it('does not come from a manual item, on the grid or off it', async () => {
    const manual = { manual: true };
    const entries = [
      snapshot('sg/main', START, [], manual),
      failure('sg/main', START + 90, 'late', manual),
      snapshot('sg/main', START + HOUR),
    ];
    const found = await outcomes(entries, START + HOUR + 30 * MINUTE);
    expect(found.map(({ outcome }) => outcome)).toEqual(['missing', 'snapshot']);
  });

  it('ignores items that are not on an expected slot', async () => {
    const entries = [snapshot('sg/main', START + 7 * MINUTE), snapshot('sg/main', START + HOUR)];
    const found = await outcomes(entries, START + HOUR + 30 * MINUTE);
    expect(found.map(({ outcome }) => outcome)).toEqual(['missing', 'snapshot']);
  });

  it('can come from a stream that cannot be closed', async () => {
    const catalog = catalogOf([{ account: 'sg/main', since: START }], [hourly(START)]);
    const expected = expectedSlots(expectedPeriods(catalog, 'sg/main'), START, START + HOUR, new Map());
    const empty = { next: async () => ({ done: true, value: undefined }) as const };
    const stream: AsyncIterable<Entry> = { [Symbol.asyncIterator]: () => empty };
    const found: SlotOutcome[] = [];
    for await (const outcome of slotOutcomes('sg/main', expected, stream, END)) found.push(outcome);
    expect(found.map(({ outcome }) => outcome)).toEqual(['missing']);
  });

  it('closes the stream of items when its reader stops early', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Entry> {
      try {
        for (let slot = START; ; slot += HOUR) yield await Promise.resolve(snapshot('sg/main', slot));
      } finally {
        closed = true;
      }
    }
    const catalog = catalogOf([{ account: 'sg/main', since: START }], [hourly(START)]);
    const expected = expectedSlots(expectedPeriods(catalog, 'sg/main'), START, Infinity, new Map());
    for await (const outcome of slotOutcomes('sg/main', expected, endless(), END)) {
      if (outcome.slot === START + 3 * HOUR) break;
    }
    expect(closed).toBe(true);
  });
});

describe('the count of due slots', () => {
  const minutes = (max: number) => fc.integer({ min: 0, max }).map((count) => START + count * MINUTE);
  const schedules = fc.array(
    fc.record({
      from: minutes(2 * 1440),
      every: fc.constantFrom(...Object.keys(CADENCES).filter(isCadence)),
      timeZone: fc.constantFrom(...Object.keys(TIME_ZONES).filter(isTimeZone)),
      regions: fc.constant<readonly Region[]>(['sg']),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('of a range without a slot is 0, with no last slot', () => {
    const periods = expectedPeriods(
      catalogOf([{ account: 'sg/main', since: START }], [hourly(START)]),
      'sg/main',
    );
    const none = { count: 0, last: undefined };
    expect(countDue(periods, START, START, END)).toEqual(none);
    expect(countDue(periods, START + 1, START + HOUR, END)).toEqual(none);
    expect(countDue(periods, START + 1, START + HOUR + 1, END)).toEqual({ count: 1, last: START + HOUR });
  });

  it('agrees with counting the expected slots one by one', () => {
    fc.assert(
      fc.property(
        schedules,
        minutes(1440),
        minutes(2 * 1440),
        minutes(3 * 1440),
        minutes(3 * 1440),
        (all, since, from, to, now) => {
          const periods = expectedPeriods(catalogOf([{ account: 'sg/main', since }], all), 'sg/main');
          const due = [...expectedSlots(periods, from, to, new Map())].filter(({ slot, every }) =>
            isDue(every, slot, now),
          );
          expect(countDue(periods, from, to, now)).toEqual({ count: due.length, last: due.at(-1)?.slot });
          for (let slot = from; slot < Math.min(to, from + 2 * HOUR); slot += MINUTE)
            expect(isExpectedAndDue(periods, slot, now)).toBe(due.some((its) => its.slot === slot));
        },
      ),
      { numRuns: 500 },
    );
  });
});
