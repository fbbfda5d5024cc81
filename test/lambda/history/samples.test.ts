import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { AccountEntry, Catalog, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { CADENCES, type Cadence, TIME_ZONES } from '../../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader, Range } from '../../../lambda/history/reader.ts';
import { samples, unfitSchedule } from '../../../lambda/history/samples.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from '../../support/arbitraries.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';

const START = time('2026-11-01T00:00:00Z');
const NOW = START + 500 * DAY;
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const MAIN: AccountEntry = { account: 'sg/main', since: START };
/** Not a region's default account, which is expected before the catalog has it. */
const COLD: AccountEntry = { account: 'sg/cold', since: START };
const CATALOG = catalogOf([MAIN], [HOURLY]);

/** Points and slots, in hours after the start; null for a point without a snapshot. */
async function read(
  ledger: LedgerReader,
  catalog: Catalog,
  range: Range,
  every: Cadence,
  now: Instant,
  account: AccountName = 'sg/main',
): Promise<[number, number | null][]> {
  const found: [number, number | null][] = [];
  for await (const { point, snapshot: its } of samples(
    { reader: ledger, catalog, now },
    account,
    range,
    every,
  )) {
    found.push([(point - START) / HOUR, its === undefined ? null : (its.slot - START) / HOUR]);
  }
  return found;
}

const days = (entries: readonly Entry[], range: Range, catalog = CATALOG, now = NOW) =>
  read(memoryLedger(catalog, entries), catalog, range, '1d', now);
const taken = (hour: number) => snapshot('sg/main', START + hour * HOUR);
const failed = (hour: number) => failure('sg/main', START + hour * HOUR);
const THREE_DAYS = { from: START, to: START + 3 * DAY };

describe('the points of a coarser grid', () => {
  it('are exactly its slots', async () => {
    expect(await days([0, 1, 24, 47, 48].map(taken), THREE_DAYS)).toEqual([
      [0, 0],
      [24, 24],
      [48, 48],
    ]);
  });

  it('fall back to the next success before the next point if the slot failed or is missing', async () => {
    const entries = [failed(0), failed(1), taken(2), taken(3), taken(30), taken(31), taken(71)];
    expect(await days(entries, THREE_DAYS)).toEqual([
      [0, 2],
      [24, 30],
      [48, 71],
    ]);
  });

  it('have no snapshot if their interval has none', async () => {
    expect(await days([taken(0), failed(24), failed(25), taken(48)], THREE_DAYS)).toEqual([
      [0, 0],
      [24, null],
      [48, 48],
    ]);
  });

  it('ignore manual snapshots', async () => {
    const manual = snapshot('sg/main', START + HOUR, [], { manual: true });
    expect(await days([manual, taken(5)], { from: START, to: START + DAY })).toEqual([[0, 5]]);
  });

  it('are in the half-open range, and so are the slots they fall back to', async () => {
    expect(await days([taken(25)], { from: START + 1, to: START + DAY + HOUR })).toEqual([[24, null]]);
    expect(await days([taken(25)], { from: START + 1, to: START + DAY + HOUR + 1 })).toEqual([[24, 25]]);
    expect(await days([taken(24)], { from: START, to: START + DAY })).toEqual([[0, null]]);
  });

  it('are local midnights of the schedule’s zone', async () => {
    const catalog = catalogOf([MAIN], [{ ...HOURLY, timeZone: 'Asia/Singapore' }]);
    expect(await days([16, 40, 41].map(taken), { from: START, to: START + 2 * DAY }, catalog)).toEqual([
      [16, 16],
      [40, 40],
    ]);
  });

  it('begin with the one whose interval contains the first slot, and end with now', async () => {
    const catalog = catalogOf([{ ...COLD, since: START + 30 * HOUR }], [HOURLY]);
    const range = { from: START - 10 * DAY, to: START + 10 * DAY };
    const ledger = memoryLedger(
      catalog,
      [30, 31].map((hour) => snapshot('sg/cold', START + hour * HOUR)),
    );
    expect(await read(ledger, catalog, range, '1d', START + 2 * DAY, 'sg/cold')).toEqual([
      [24, 30],
      [48, null],
    ]);
  });

  it('are none for the default account of a region once another account is known', async () => {
    const catalog = catalogOf([{ ...COLD, since: START + 30 * HOUR }], [HOURLY]);
    const range = { from: START, to: START + 10 * DAY };
    expect(await days([failed(0), failed(29)], range, catalog)).toEqual([
      [0, null],
      [24, null],
    ]);
  });

  it('are none while the account is closed or its region is not scheduled', async () => {
    const entry = {
      ...COLD,
      closed: [{ from: START + 30 * HOUR, to: START + 80 * HOUR }],
      closedFrom: START + 9 * DAY,
    };
    const catalog = catalogOf(
      [entry],
      [HOURLY, { ...HOURLY, from: START + 6 * DAY, regions: ['id'] }, { ...HOURLY, from: START + 8 * DAY }],
    );
    const all = Array.from({ length: 240 }, (_, hour) => snapshot('sg/cold', START + hour * HOUR));
    const found = await read(
      memoryLedger(catalog, all),
      catalog,
      { from: START, to: NOW },
      '1d',
      NOW,
      'sg/cold',
    );
    expect(found.map(([point]) => point / 24)).toEqual([0, 1, 3, 4, 5, 8]);
  });

  it('after a change of zone are days of the new one, also of the day in which it changed', async () => {
    const change = START + 23 * HOUR;
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: change, timeZone: 'Asia/Singapore' }]);
    const entries = [0, 15, 17, 24].map(taken);
    expect(await days(entries, { from: START, to: START + 2 * DAY }, catalog)).toEqual([
      [0, 0],
      [16, 17],
      [40, null],
    ]);
  });

  it('end an interval early if the zone changes', async () => {
    const change = START + DAY + 12 * HOUR;
    const catalog = catalogOf([MAIN], [HOURLY, { ...HOURLY, from: change, timeZone: 'Asia/Singapore' }]);
    const entries = [0, 41].map(taken);
    expect(await days(entries, { from: START, to: START + 3 * DAY }, catalog)).toEqual([
      [0, 0],
      [24, null],
      [40, 41],
      [64, null],
    ]);
  });

  it('of a year of days are requested 100 at a time, and nothing else is read', async () => {
    const asked: number[] = [];
    const ledger = memoryLedger(CATALOG, []);
    const reader: LedgerReader = {
      ...ledger,
      get: (account, slots) => {
        asked.push(slots.length);
        return Promise.resolve(slots.map((slot) => snapshot(account, slot)));
      },
      entries: () => {
        throw new Error('read');
      },
    };
    expect(await read(reader, CATALOG, { from: START, to: START + 365 * DAY }, '1d', NOW)).toHaveLength(365);
    expect(asked).toEqual([100, 100, 100, 65]);
  });

  it('that are adjacent and without a success are searched in one query', async () => {
    let queries = 0;
    const ledger = memoryLedger(CATALOG, [taken(0), taken(11 * 24)]);
    const reader: LedgerReader = {
      ...ledger,
      entries: (account, from, to) => {
        queries += 1;
        return ledger.entries(account, from, to);
      },
    };
    const found = await read(reader, CATALOG, { from: START, to: START + 12 * DAY }, '1d', NOW);
    expect(found.filter(([, slot]) => slot === null)).toHaveLength(10);
    expect(queries).toBe(1);
  });

  it('hold no more than a few hundred in memory', async () => {
    let read = 0;
    const ledger: LedgerReader = {
      ...memoryLedger(CATALOG, []),
      get: (account, slots) => {
        read += slots.length;
        return Promise.resolve(slots.map((slot) => snapshot(account, slot)));
      },
    };
    let shown = 0;
    let ahead = 0;
    for await (const _ of samples(
      { reader: ledger, catalog: CATALOG, now: NOW },
      'sg/main',
      { from: START, to: NOW },
      '1h',
    )) {
      shown += 1;
      ahead = Math.max(ahead, read - shown);
    }
    expect(shown).toBe(500 * 24);
    expect(ahead).toBeLessThan(400);
  });

  describe('agree with brute force', () => {
    const unit = fc.integer({ min: 0, max: 6 * 24 * 4 }).map((count) => START + count * 15 * MINUTE);
    const early = fc.integer({ min: 0, max: 2 * 24 * 4 }).map((count) => START + count * 15 * MINUTE);
    const late = early.map((instant) => instant + 4 * DAY);
    const schedule = fc.record({
      from: unit,
      every: fc.constantFrom<Cadence>('15m', '30m', '1h', '2h', '4h'),
      timeZone: fc.constantFrom(...ALL_TIME_ZONES),
      regions: fc.constant(['sg'] as const),
    });
    const item = fc
      .record({ slot: unit, hourly: fc.boolean(), fails: fc.boolean(), manual: fc.boolean() })
      .map(({ slot, hourly, fails, manual }) => {
        const its = hourly ? slot - (slot % HOUR) : slot;
        return fails
          ? failure('sg/cold', its, 'upbit.timeout', { manual })
          : snapshot('sg/cold', its, [], { manual });
      });

    /** Every quarter hour, from ≤ instant < to, that fits. */
    function quarterHours(from: Instant, to: Instant, fits: (instant: Instant) => boolean): Instant[] {
      const count = Math.max(0, Math.ceil((to - from) / (15 * MINUTE)));
      return Array.from({ length: count }, (_, index) => from + index * 15 * MINUTE).filter(fits);
    }

    function pointsOf({ accounts, schedules }: Catalog, { from, to }: Range, every: Cadence): Instant[] {
      const since = accounts.get('sg/cold')?.since ?? Number.NaN;
      const points: Instant[] = [];
      for (const [index, { from: begin, timeZone, every: cadence }] of schedules.entries()) {
        const end = Math.min(schedules[index + 1]?.from ?? to, to);
        const isMultiple = (instant: Instant, of: Cadence) =>
          (instant + TIME_ZONES[timeZone]) % CADENCES[of] === 0;
        const [first = Infinity] = quarterHours(Math.max(begin, since), end, (slot) =>
          isMultiple(slot, cadence),
        );
        const before = points.at(-1) ?? -Infinity;
        const stands = (instant: Instant) =>
          isMultiple(instant, every) &&
          instant + CADENCES[every] > first &&
          instant > before &&
          instant >= from;
        points.push(...quarterHours(START - DAY, end, stands));
      }
      return points;
    }

    function bruteForce(
      catalog: Catalog,
      items: readonly Entry[],
      range: Range,
      every: Cadence,
      now: Instant,
    ): [number, number | null][] {
      const to = Math.min(range.to, now + 1);
      const points = pointsOf(catalog, { ...range, to }, every);
      return points.map((point, index): [number, number | null] => {
        const end = Math.min(points[index + 1] ?? to, point + CADENCES[every], to);
        const [success] = items
          .filter((entry) => !isFailure(entry) && !entry.manual && point <= entry.slot && entry.slot < end)
          .map(({ slot }) => slot)
          .sort((a, b) => a - b);
        return [(point - START) / HOUR, success === undefined ? null : (success - START) / HOUR];
      });
    }

    it('over schedules, items, ranges, cadences and clocks', async () => {
      let rows = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(schedule, { minLength: 1, maxLength: 4, selector: ({ from }) => from }),
          fc.uniqueArray(item, { minLength: 40, maxLength: 120, selector: ({ slot }) => slot }),
          fc.tuple(early, late, unit, early),
          fc.constantFrom<Cadence>('4h', '8h', '12h', '1d'),
          async (schedules, items, [from, to, spare, since], every) => {
            const catalog = catalogOf([{ ...COLD, since }], schedules);
            const range = { from, to };
            const now = spare + 2 * DAY;
            const found = await read(memoryLedger(catalog, items), catalog, range, every, now, 'sg/cold');
            rows += found.filter(([, slot]) => slot !== null).length;
            expect(found).toEqual(bruteForce(catalog, items, range, every, now));
          },
        ),
        { numRuns: 500 },
      );
      expect(rows).toBeGreaterThan(500);
    });
  });
});

describe('a cadence for points', () => {
  it('fits only a schedule whose cadence divides it', () => {
    for (const scheduled of ALL_CADENCES) {
      for (const every of ALL_CADENCES) {
        const catalog = catalogOf([MAIN], [{ ...HOURLY, every: scheduled }]);
        const fits = Number.isInteger(CADENCES[every] / CADENCES[scheduled]);
        expect(unfitSchedule(catalog, THREE_DAYS, every) === undefined).toBe(fits);
      }
    }
  });

  it('is compared only with the schedules of the range', () => {
    const later: ScheduleEntry = { ...HOURLY, from: START + DAY, every: '3h' };
    const catalog = catalogOf([MAIN], [HOURLY, later]);
    const unfit = (from: Instant, to: Instant) => unfitSchedule(catalog, { from, to }, '4h');
    expect(unfit(START, START + DAY)).toBeUndefined();
    expect(unfit(START, START + DAY + 1)).toBe(later);
    expect(unfit(START + 2 * DAY, START + 3 * DAY)).toBe(later);
    expect(unfitSchedule(catalog, { from: START + DAY, to: NOW }, '2h')).toBe(later);
    expect(unfitSchedule(catalog, { from: START - DAY, to: START }, '1m')).toBeUndefined();
    const denser = catalogOf(
      [MAIN],
      [
        { ...HOURLY, every: '2h' },
        { ...HOURLY, from: START + DAY },
      ],
    );
    expect(unfitSchedule(denser, { from: START + DAY - 1, to: NOW }, '1h')?.every).toBe('2h');
    expect(unfitSchedule(denser, { from: START + DAY, to: NOW }, '1h')).toBeUndefined();
  });

  it('may be those of an account that is not in the catalog', async () => {
    const catalog = catalogOf([], [HOURLY]);
    const range = { from: START, to: START + 2 * DAY };
    expect(await days([snapshot('sg/main', START)], range, catalog)).toEqual([
      [0, 0],
      [24, null],
    ]);
  });
});
