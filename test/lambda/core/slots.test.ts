import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import {
  CADENCES,
  type Cadence,
  isCadence,
  isDue,
  isLate,
  isOnGrid,
  isTimeZone,
  localMidnight,
  nextSlot,
  previousSlot,
  slotAtOrAfter,
  slotAtOrBefore,
  slotsBetween,
  type TimeZone,
  tolerance,
} from '../../../lambda/core/slots.ts';
import { ALL_CADENCES, ALL_TIME_ZONES, grid, millisecond } from '../../support/arbitraries.ts';
import { localMinutes } from '../../support/local-time.ts';

const MINUTES: Record<Cadence, number> = {
  '1m': 1,
  '5m': 5,
  '10m': 10,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '2h': 120,
  '3h': 180,
  '4h': 240,
  '6h': 360,
  '8h': 480,
  '12h': 720,
  '1d': 1_440,
};

/** Local wall time of every minute of 2027. Computed per quarter of an hour: no zone has ever changed within one. */
function wallTimes(timeZone: TimeZone): { from: Instant; minutes: Uint16Array } {
  const from = Date.UTC(2027, 0, 1);
  const minutes = new Uint16Array(365 * 1_440);
  const local = localMinutes(timeZone);
  for (let quarter = 0; quarter < minutes.length; quarter += 15) {
    const start = local(from + quarter * MINUTE);
    for (let minute = 0; minute < 15; minute += 1) minutes[quarter + minute] = start + minute;
  }
  return { from, minutes };
}

describe.each(ALL_TIME_ZONES)('the grid in %s', (timeZone) => {
  const { from, minutes } = wallTimes(timeZone);

  it.each(ALL_CADENCES)('for %s has exactly the slots of the wall clock, over a year', (every) => {
    const expected: Instant[] = [];
    for (const [index, minute] of minutes.entries()) {
      if (minute % MINUTES[every] === 0) expected.push(from + index * MINUTE);
    }
    const slots = [...slotsBetween({ every, timeZone }, from, from + 365 * DAY)];
    expect(slots.length).toBe(expected.length);
    expect(slots.findIndex((slot, index) => slot !== expected[index])).toBe(-1);
  });

  it('never shifts: the zone has the same offset from UTC in every month of thirty years', () => {
    const local = localMinutes(timeZone);
    for (let month = 0; month < 360; month += 1) {
      expect(local(localMidnight(timeZone, Date.UTC(2026, month, 15, 12)))).toBe(0);
    }
  });
});

describe('a slot', () => {
  const every = (cadence: Cadence) => MINUTES[cadence] * MINUTE;

  it('at or before an instant is the latest not after it', () => {
    fc.assert(
      fc.property(grid, millisecond, (g, t) => {
        const slot = slotAtOrBefore(g, t);
        expect(isOnGrid(g, slot)).toBe(true);
        expect(slot).toBeLessThanOrEqual(t);
        expect(t - slot).toBeLessThan(every(g.every));
      }),
    );
  });

  it('at or after an instant is the earliest not before it', () => {
    fc.assert(
      fc.property(grid, millisecond, (g, t) => {
        const slot = slotAtOrAfter(g, t);
        expect(isOnGrid(g, slot)).toBe(true);
        expect(slot).toBeGreaterThanOrEqual(t);
        expect(slot - t).toBeLessThan(every(g.every));
      }),
    );
  });

  it('next and previous are the nearest strictly after and before', () => {
    fc.assert(
      fc.property(grid, millisecond, (g, t) => {
        expect(nextSlot(g, t)).toBe(slotAtOrAfter(g, t + 1));
        expect(previousSlot(g, t)).toBe(slotAtOrBefore(g, t - 1));
        expect(previousSlot(g, nextSlot(g, t))).toBe(slotAtOrBefore(g, t));
      }),
    );
  });

  it('is its own nearest slot on either side', () => {
    fc.assert(
      fc.property(grid, millisecond, (g, t) => {
        const slot = slotAtOrBefore(g, t);
        expect(slotAtOrBefore(g, slot)).toBe(slot);
        expect(slotAtOrAfter(g, slot)).toBe(slot);
        expect(nextSlot(g, slot) - slot).toBe(every(g.every));
        expect(slot - previousSlot(g, slot)).toBe(every(g.every));
        expect(isOnGrid(g, slot + 1)).toBe(false);
        expect(isOnGrid(g, slot - 1)).toBe(false);
      }),
    );
  });

  it('is also found before 1970', () => {
    expect(slotAtOrBefore({ every: '1d', timeZone: 'Asia/Seoul' }, -1)).toBe(-9 * HOUR);
    expect(slotAtOrBefore({ every: '1d', timeZone: 'UTC' }, -1)).toBe(-DAY);
  });
});

describe('slotsBetween', () => {
  it('is half-open, in order and without gaps', () => {
    fc.assert(
      fc.property(
        grid,
        millisecond,
        fc.integer({ min: -5, max: 40 }),
        fc.nat({ max: 999 }),
        (g, from, steps, rest) => {
          const to = from + steps * MINUTES[g.every] * MINUTE + rest;
          const slots = [...slotsBetween(g, from, to)];
          const expected: Instant[] = [];
          for (let slot = slotAtOrAfter(g, from); slot < to; slot = nextSlot(g, slot)) expected.push(slot);
          expect(slots).toStrictEqual(expected);
        },
      ),
    );
  });

  it('includes its start and excludes its end', () => {
    const hourly = { every: '1h', timeZone: 'UTC' } as const;
    const slot = Date.UTC(2026, 10, 22, 6);
    expect([...slotsBetween(hourly, slot, slot + HOUR)]).toStrictEqual([slot]);
    expect([...slotsBetween(hourly, slot, slot + HOUR + 1)]).toStrictEqual([slot, slot + HOUR]);
    expect([...slotsBetween(hourly, slot + 1, slot + HOUR)]).toStrictEqual([]);
    expect([...slotsBetween(hourly, slot, slot)]).toStrictEqual([]);
    expect([...slotsBetween(hourly, slot, slot - HOUR)]).toStrictEqual([]);
  });
});

describe('the tolerance', () => {
  it('is half the cadence, but at least 90 s and at most 5 min', () => {
    expect(Object.fromEntries(ALL_CADENCES.map((every) => [every, tolerance(every) / SECOND]))).toStrictEqual(
      {
        '1m': 90,
        '5m': 150,
        '10m': 300,
        '15m': 300,
        '30m': 300,
        '1h': 300,
        '2h': 300,
        '3h': 300,
        '4h': 300,
        '6h': 300,
        '8h': 300,
        '12h': 300,
        '1d': 300,
      },
    );
  });

  it.each(ALL_CADENCES)(
    'of %s is over one millisecond after its end, and its slot is due 60 s later',
    (every) => {
      const slot = Date.UTC(2026, 10, 22);
      const end = slot + tolerance(every);
      expect(isLate(every, slot, end)).toBe(false);
      expect(isLate(every, slot, end + 1)).toBe(true);
      expect(isDue(every, slot, end + 60_000)).toBe(false);
      expect(isDue(every, slot, end + 60_001)).toBe(true);
    },
  );
});

describe('a cadence or zone', () => {
  it('is one of 13 cadences, each of which divides a day', () => {
    expect(CADENCES).toStrictEqual(
      Object.fromEntries(Object.entries(MINUTES).map(([cadence, minutes]) => [cadence, minutes * MINUTE])),
    );
    for (const every of ALL_CADENCES) expect(DAY % CADENCES[every]).toBe(0);
  });

  it.each(['7m', '0m', '60m', '1w', '1H', ' 1h', '', 'constructor', '__proto__'])(
    'is not the cadence %j',
    (text) => {
      expect(isCadence(text)).toBe(false);
    },
  );

  it('is one of five zones', () => {
    expect(ALL_TIME_ZONES).toStrictEqual([
      'UTC',
      'Asia/Singapore',
      'Asia/Jakarta',
      'Asia/Bangkok',
      'Asia/Seoul',
    ]);
  });

  it.each(['Europe/Paris', 'Mars/One', 'utc', 'Etc/UTC', '', 'toString'])('is not the zone %j', (text) => {
    expect(isTimeZone(text)).toBe(false);
  });
});
