import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, parseTime } from '../../../cli/ledger/time.ts';
import { withoutSeconds, zoned, zonedMillisecond, zonedText, zonedWidth } from '../../../cli/print/zoned.ts';
import { END_OF_TIME, SECOND } from '../../../lambda/core/instant.ts';
import { TIME_ZONES } from '../../../lambda/core/slots.ts';
import { time } from '../../support/memory-ledger.ts';

const ZONES = Object.keys(TIME_ZONES) as (keyof typeof TIME_ZONES)[];

describe('a time in a table', () => {
  it('is in the stack’s zone, with its offset; in UTC it ends in Z', () => {
    const instant = time('2026-03-30T17:00:00.25Z');
    expect(zoned(instant, 'UTC')).toBe('2026-03-30T17:00:00Z');
    expect(zoned(instant, 'Asia/Bangkok')).toBe('2026-03-31T00:00:00+07:00');
    expect(zonedMillisecond(instant, 'Asia/Seoul')).toBe('2026-03-31T02:00:00.250+09:00');
    expect(zonedText('2026-03-30T17:00:00Z', 'Asia/Singapore')).toBe('2026-03-31T01:00:00+08:00');
    expect(zonedText(null, 'Asia/Singapore')).toBe('');
  });

  it('may leave out seconds that are zero', () => {
    expect(withoutSeconds('2026-03-31T01:00:00+08:00')).toBe('2026-03-31T01:00+08:00');
    expect(withoutSeconds('2026-03-31T01:00:00Z')).toBe('2026-03-31T01:00Z');
    expect(withoutSeconds('2026-03-31T01:00:01Z')).toBe('2026-03-31T01:00:01Z');
    expect(withoutSeconds('')).toBe('');
  });

  it('is read again as the same instant, and is as wide as any other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: time('0000-01-03T00:00:00Z') / SECOND, max: END_OF_TIME / SECOND }),
        fc.constantFrom(...ZONES),
        (seconds, zone) => {
          const text = zoned(seconds * SECOND, zone);
          const { value } = parseTime(text, 0);
          expect(value && instantOf(value, 'UTC')).toBe(seconds * SECOND);
          expect(text.length).toBeLessThanOrEqual(zonedWidth(zone));
        },
      ),
    );
  });
});
