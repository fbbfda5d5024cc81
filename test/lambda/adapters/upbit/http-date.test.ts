import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate } from '../../../../lambda/adapters/upbit/http-date.ts';
import { SECOND } from '../../../../lambda/core/instant.ts';
import { at } from '../../../support/memory-parts.ts';

const NOW = at('2026-11-22T06:00:00Z');
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

describe('a date in a header', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is read in each form of RFC 9110: %s',
    (text) => {
      expect(parseHttpDate(text, NOW)).toBe(at('1994-11-06T08:49:37Z'));
    },
  );

  it('is read back to the second, whichever form it was written in', () => {
    // Within 50 years either way, so that two digits are enough for the year.
    const seconds = { min: at('1977-01-01T00:00:00Z') / SECOND, max: at('2076-12-31T23:59:59Z') / SECOND };
    fc.assert(
      fc.property(fc.integer(seconds), (second) => {
        const instant = second * SECOND;
        const date = new Date(instant);
        const fixed = date.toUTCString();
        const [day = '', month, year = '', time] = fixed.slice(5).split(' ');
        const rfc850 = `${DAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
        const asctime = `${fixed.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
        for (const text of [fixed, rfc850, asctime]) expect(parseHttpDate(text, NOW)).toBe(instant);
      }),
    );
  });

  it.each([
    ['26', '2026'],
    ['00', '2000'],
    ['76', '2076'],
    ['77', '1977'],
  ])('with the year %s is of %s: at most 50 years ahead', (two, four) => {
    expect(parseHttpDate(`Sunday, 22-Nov-${two} 06:30:01 GMT`, NOW)).toBe(at(`${four}-11-22T06:30:01Z`));
  });

  it('in a leap second is a second earlier', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT', NOW)).toBe(at('2016-12-31T23:59:59Z'));
  });

  it.each([
    '',
    '60',
    'yesterday',
    '2026-11-22T06:30:01Z',
    'on Sun, 22 Nov 2026 06:30:01 GMT',
    'Sun, 22 Nov 2026 06:30:01 GMT+0900',
    'Sun, 22 Nov 2026 06:30:01',
    'Sun, 22 Nov 2026 06:30:01 KST',
    'Sun, 22 Nov 26 06:30:01 GMT',
    'Sun, 22 nov 2026 06:30:01 GMT',
    'Sun, 31 Nov 2026 06:30:01 GMT',
    'Sun, 22 Nov 2026 24:00:00 GMT',
    'Sun, 22 Nov 2026 06:61:01 GMT',
    'Sun Nov 22 06:30:01 2026 GMT',
    'Sun Nov 06 06:30:01 26',
  ])('is not read from %j', (text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined();
  });
});
