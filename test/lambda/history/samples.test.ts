import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
const CATALOG = catalogOf([MAIN], [HOURLY]);

/** Points and slots, in hours after the start; null for a point without a snapshot. */
async function read(
  ledger: LedgerReader,
  catalog: Catalog,
  range: Range,
  every: Cadence,
  now: Instant,
): Promise<[number, number | null][]> {
  const found: [number, number | null][] = [];
  for await (const { point, snapshot: its } of samples(
    { reader: ledger, catalog, now },
    'sg/main',
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
    const catalog = catalogOf([{ ...MAIN, since: START + 30 * HOUR }], [HOURLY]);
    const range = { from: START - 10 * DAY, to: START + 10 * DAY };
    expect(await days([30, 31].map(taken), range, catalog, START + 2 * DAY)).toEqual([
      [24, 30],
      [48, null],
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
      every: fc.constantFrom<Cadence>('15m', '30m', '1h', '2h', '3h', '4h'),
      timeZone: fc.constantFrom(...ALL_TIME_ZONES),
      regions: fc.constant(['sg'] as const),
    });
    const item = fc
      .record({ slot: unit, hourly: fc.boolean(), fails: fc.boolean(), manual: fc.boolean() })
      .map(({ slot, hourly, fails, manual }) => {
        const its = hourly ? slot - (slot % HOUR) : slot;
        return fails
          ? failure('sg/main', its, 'upbit.timeout', { manual })
          : snapshot('sg/main', its, [], { manual });
      });

    function bruteForce(
      catalog: Catalog,
      items: readonly Entry[],
      { from, to }: Range,
      every: Cadence,
      now: Instant,
    ): [number, number | null][] {
      const isPoint = (instant: Instant) => {
        const inForce = catalog.schedules.filter(({ from: begin }) => begin <= instant).at(-1);
        const { timeZone } = inForce ?? catalog.schedules[0] ?? HOURLY;
        return (instant + TIME_ZONES[timeZone]) % CADENCES[every] === 0;
      };
      const first = Math.max(
        catalog.accounts.get('sg/main')?.since ?? 0,
        catalog.schedules[0]?.from ?? Number.POSITIVE_INFINITY,
      );
      const points: Instant[] = [];
      for (let instant = from; instant < to && instant <= now; instant += 15 * MINUTE) {
        if (isPoint(instant)) points.push(instant);
      }
      return points.flatMap((point, index): [number, number | null][] => {
        const end = Math.min(points[index + 1] ?? to, point + CADENCES[every], to, now + 1);
        const success = items
          .filter((entry) => !isFailure(entry) && !entry.manual && point <= entry.slot && entry.slot < end)
          .map(({ slot }) => slot)
          .sort((a, b) => a - b)[0];
        // Before the first expected slot, only the interval that contains the start has a point.
        if (point + CADENCES[every] <= first) return [];
        return [[(point - START) / HOUR, success === undefined ? null : (success - START) / HOUR]];
      });
    }

    it('over schedules, items, ranges, cadences and clocks', async () => {
      let rows = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(schedule, { minLength: 1, maxLength: 4, selector: ({ from }) => from }),
          fc.uniqueArray(item, { minLength: 40, maxLength: 120, selector: ({ slot }) => slot }),
          fc.tuple(early, late, unit, early),
          fc.constantFrom<Cadence>('4h', '6h', '8h', '12h', '1d'),
          async (schedules, items, [from, to, spare, since], every) => {
            const catalog = catalogOf([{ ...MAIN, since }], schedules);
            const range = { from, to };
            const now = spare + 2 * DAY;
            const found = await read(memoryLedger(catalog, items), catalog, range, every, now);
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
