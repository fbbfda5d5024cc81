import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atMostEnd,
  END_OF_TIME,
  formatMillisecond,
  formatSecond,
  parseMillisecond,
  parseSecond,
  secondFrom,
} from '../../../lambda/core/instant.ts';
import { millisecond, wholeSecond } from '../../support/arbitraries.ts';

const FIRST = Date.UTC(2000, 0, 1) - 2_000 * 365.2425 * 86_400_000;
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

describe('a sum of a time and a duration', () => {
  it.each([
    [LAST, END_OF_TIME],
    [LAST + 1, END_OF_TIME],
    [LAST + 9 * 3_600_000, END_OF_TIME],
    [END_OF_TIME, END_OF_TIME],
    [END_OF_TIME - 1, END_OF_TIME - 1],
  ])('%d that may be later than the last second is %d, and can be formatted', (sum, expected) => {
    expect(atMostEnd(sum)).toBe(expected);
    expect(() => formatSecond(atMostEnd(sum))).not.toThrow();
  });

  it('is rounded up to a second, but not past the last one', () => {
    expect([0, 1, 999, 1_000, LAST, LAST - 999].map(secondFrom)).toEqual([
      0,
      1_000,
      1_000,
      1_000,
      END_OF_TIME,
      END_OF_TIME,
    ]);
    fc.assert(
      fc.property(millisecond, (instant) => {
        const rounded = secondFrom(instant);
        expect(parseSecond(formatSecond(rounded))).toBe(rounded);
        expect(rounded).toBeGreaterThan(instant - 1_000);
      }),
    );
  });
});

describe('a time', () => {
  it('to the second is parsed as it was formatted', () => {
    fc.assert(fc.property(wholeSecond, (instant) => parseSecond(formatSecond(instant)) === instant));
  });

  it('to the millisecond is parsed as it was formatted', () => {
    fc.assert(
      fc.property(millisecond, (instant) => parseMillisecond(formatMillisecond(instant)) === instant),
    );
  });

  it('sorts the same as text and as a number', () => {
    fc.assert(fc.property(wholeSecond, wholeSecond, (a, b) => formatSecond(a) < formatSecond(b) === a < b));
  });

  it('formatted to the second is rounded down', () => {
    expect(formatSecond(Date.UTC(2026, 10, 22, 6, 0, 0, 999))).toBe('2026-11-22T06:00:00Z');
    expect(formatMillisecond(Date.UTC(2026, 10, 22, 6, 0, 1, 234))).toBe('2026-11-22T06:00:01.234Z');
  });

  it('may be of any year from 0 to 9999', () => {
    expect(formatMillisecond(FIRST)).toBe('0000-01-01T00:00:00.000Z');
    expect(parseSecond('0000-01-01T00:00:00Z')).toBe(FIRST);
    expect(formatMillisecond(LAST)).toBe('9999-12-31T23:59:59.999Z');
    expect(parseMillisecond('9999-12-31T23:59:59.999Z')).toBe(LAST);
  });

  it.each([FIRST - 1, LAST + 1, 8.65e15, Number.NaN])(
    'outside those years is not formatted: %d',
    (instant) => {
      expect(() => formatSecond(instant)).toThrow(RangeError);
      expect(() => formatMillisecond(instant)).toThrow(RangeError);
    },
  );

  it('of a five-digit year is rejected with a message', () => {
    expect(() => formatSecond(LAST + 1)).toThrow(`the year of instant ${LAST + 1} does not have four digits`);
  });

  it('may be the 29th of February of a leap year', () => {
    expect(parseSecond('2028-02-29T00:00:00Z')).toBe(Date.UTC(2028, 1, 29));
    expect(parseSecond('2026-02-29T00:00:00Z')).toBeUndefined();
  });

  it.each([
    '2026-02-30T00:00:00',
    '2026-13-01T00:00:00',
    '2026-00-01T00:00:00',
    '2026-11-31T00:00:00',
    '2026-11-22T24:00:00',
    '9999-12-31T24:00:00',
    '2026-11-22T06:60:00',
    '2026-11-22T06:00:60',
    '2026-11-22 06:00:00',
    '2026-11-22t06:00:00',
    '02026-11-22T06:00:00',
    '+002026-11-22T06:00:00',
    '26-11-22T06:00:00',
    '２026-11-22T06:00:00',
  ])('that does not exist, or has another form, is rejected: %s', (text) => {
    expect(parseSecond(`${text}Z`)).toBeUndefined();
    expect(parseMillisecond(`${text}.000Z`)).toBeUndefined();
  });

  it.each([
    '2026-11-22T06:00:00',
    '2026-11-22T06:00:00z',
    '2026-11-22T06:00:00+00:00',
    '2026-11-22T06:00:00+09:00',
    '2026-11-22T06:00Z',
    '2026-11-22',
    ' 2026-11-22T06:00:00Z',
    '2026-11-22T06:00:00Z\n',
    '2026-11-22T06:00:00.1Z',
    '2026-11-22T06:00:00,123Z',
    '1795327200',
    '1795327200000',
    'now',
    '',
  ])('without a Z at the end, or with another precision, is rejected: %j', (text) => {
    expect(parseSecond(text)).toBeUndefined();
    expect(parseMillisecond(text)).toBeUndefined();
  });

  it('to the second is not accepted as one to the millisecond', () => {
    expect(parseSecond('2026-11-22T06:00:00.000Z')).toBeUndefined();
    expect(parseMillisecond('2026-11-22T06:00:00Z')).toBeUndefined();
  });
});
