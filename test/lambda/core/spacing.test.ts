import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSecond } from '../../../lambda/core/instant.ts';
import { CADENCES, isCadence, TIME_ZONES } from '../../../lambda/core/slots.ts';
import { fits, pointAfter, pointAtOrBefore, pointsBetween, SPACINGS } from '../../../lambda/core/spacing.ts';
import { time } from '../../support/memory-ledger.ts';

const points = (every: (typeof SPACINGS)[number], zone: keyof typeof TIME_ZONES, from: string, to: string) =>
  [...pointsBetween(every, zone, time(from), time(to))].map(formatSecond);

describe('points of a coarser grid', () => {
  it('of a week are Mondays, from local midnight', () => {
    expect(points('1w', 'UTC', '2026-11-01T00:00:00Z', '2026-11-24T00:00:00Z')).toEqual([
      '2026-11-02T00:00:00Z',
      '2026-11-09T00:00:00Z',
      '2026-11-16T00:00:00Z',
      '2026-11-23T00:00:00Z',
    ]);
    expect(points('1w', 'Asia/Singapore', '2026-11-01T00:00:00Z', '2026-11-09T00:00:00Z')).toEqual([
      '2026-11-01T16:00:00Z',
      '2026-11-08T16:00:00Z',
    ]);
  });

  it('of a month are firsts, also over a leap day and the turn of a year', () => {
    expect(points('1mo', 'UTC', '2027-12-01T00:00:00Z', '2028-03-01T00:00:01Z')).toEqual([
      '2027-12-01T00:00:00Z',
      '2028-01-01T00:00:00Z',
      '2028-02-01T00:00:00Z',
      '2028-03-01T00:00:00Z',
    ]);
    expect(points('1mo', 'Asia/Jakarta', '2026-02-01T00:00:00Z', '2026-04-01T00:00:00Z')).toEqual([
      '2026-02-28T17:00:00Z',
      '2026-03-31T17:00:00Z',
    ]);
  });

  it('of a cadence are its slots', () => {
    expect(points('12h', 'Asia/Bangkok', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).toEqual([
      '2026-11-01T05:00:00Z',
      '2026-11-01T17:00:00Z',
    ]);
  });

  it('are each found from any moment up to the next one, as a calendar says', () => {
    const zones = Object.keys(TIME_ZONES) as (keyof typeof TIME_ZONES)[];
    fc.assert(
      fc.property(
        fc.constantFrom(...SPACINGS),
        fc.constantFrom(...zones),
        fc.integer({ min: time('1990-01-01T00:00:00Z') / 1_000, max: time('2200-01-01T00:00:00Z') / 1_000 }),
        (every, zone, seconds) => {
          const instant = seconds * 1_000;
          const point = pointAtOrBefore(every, zone, instant);
          const next = pointAfter(every, zone, point);
          expect(point <= instant && instant < next).toBe(true);
          expect(pointAtOrBefore(every, zone, next - 1)).toBe(point);
          expect(pointAtOrBefore(every, zone, next)).toBe(next);
          const calendar = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            weekday: 'short',
            day: 'numeric',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          });
          const part = (type: string) =>
            calendar.formatToParts(point).find((one) => one.type === type)?.value;
          const calendarSays = { '1w': [part('weekday'), part('hour')], '1mo': [part('day'), part('hour')] };
          const expected = { '1w': ['Mon', '00'], '1mo': ['1', '00'] };
          expect(every === '1w' || every === '1mo' ? calendarSays[every] : []).toEqual(
            every === '1w' || every === '1mo' ? expected[every] : [],
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a cadence that fits', () => {
  it('has a slot at every point: always for weeks and months, else if it divides the spacing', () => {
    expect(
      Object.keys(CADENCES)
        .filter(isCadence)
        .every((cadence) => fits(cadence, '1w') && fits(cadence, '1mo')),
    ).toBe(true);
    expect([fits('1h', '1d'), fits('1d', '1h'), fits('8h', '12h'), fits('4h', '12h')]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});
