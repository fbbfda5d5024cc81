import { describe, expect, it } from 'vitest';
import { localStretch, localTime } from '../../../cli/report/local-time.ts';
import { END_OF_TIME, HOUR, SECOND } from '../../../lambda/core/instant.ts';

const MIDNIGHT = Date.UTC(2026, 2, 31);

describe('a local time', () => {
  it('has seconds only if they are not zero', () => {
    expect(localTime(MIDNIGHT, 'Asia/Seoul')).toBe('2026-03-31 09:00');
    expect(localTime(MIDNIGHT + 5 * SECOND, 'Asia/Jakarta')).toBe('2026-03-31 07:00:05');
  });

  it('may be in the year 10000, in a zone ahead of UTC', () => {
    expect(localTime(END_OF_TIME, 'Asia/Seoul')).toBe('10000-01-01 08:59:59');
    expect(localTime(END_OF_TIME, 'UTC')).toBe('9999-12-31 23:59:59');
  });

  it('names the date of a stretch once if it is of one day', () => {
    expect(localStretch(MIDNIGHT, MIDNIGHT, 'UTC')).toBe('2026-03-31 00:00');
    expect(localStretch(MIDNIGHT, MIDNIGHT + HOUR, 'UTC')).toBe('2026-03-31 00:00 to 01:00');
    expect(localStretch(MIDNIGHT - HOUR, MIDNIGHT, 'UTC')).toBe('2026-03-30 23:00 to 2026-03-31 00:00');
  });
});
