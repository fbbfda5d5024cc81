import { describe, expect, it } from 'vitest';
import { silenceOfTwoSlots } from '../../infra/silence.ts';
import { DAY, HOUR, MINUTE } from '../../lambda/core/instant.ts';
import { CADENCES, SETTLING, tolerance } from '../../lambda/core/slots.ts';
import { ALL_CADENCES } from '../support/arbitraries.ts';

describe('the silence that means two slots had no run', () => {
  it.each([
    ['1m', 6 * MINUTE],
    ['5m', 15 * MINUTE],
    ['10m', 27 * MINUTE],
    ['15m', 38 * MINUTE],
    ['30m', 70 * MINUTE],
    ['1h', 2 * HOUR + 10 * MINUTE],
    ['2h', 4 * HOUR + 20 * MINUTE],
    ['3h', 6 * HOUR + 30 * MINUTE],
    ['4h', 8 * HOUR + 40 * MINUTE],
    ['6h', 13 * HOUR],
    ['8h', 17 * HOUR + 20 * MINUTE],
    ['12h', 26 * HOUR],
    ['1d', 52 * HOUR],
  ] as const)('at %s is %i ms', (every, length) => {
    const { period, periods } = silenceOfTwoSlots(every);
    expect(period * periods).toBe(length);
  });

  it.each(ALL_CADENCES)('at %s is of a length that CloudWatch accepts', (every) => {
    const { period, periods } = silenceOfTwoSlots(every);
    expect(period % MINUTE).toBe(0);
    expect(period).toBeGreaterThan(0);
    expect(Number.isInteger(periods)).toBe(true);
    expect(period * periods).toBeLessThanOrEqual(period < HOUR ? DAY : 7 * DAY);
  });

  it.each(ALL_CADENCES)(
    'at %s is not reached by one missed slot before a run whose metric is late',
    (every) => {
      const { period, periods } = silenceOfTwoSlots(every);
      const lastHeard = 0;
      const nextHeard = 2 * CADENCES[every] + tolerance(every) + SETTLING;
      expect(nextHeard - lastHeard).toBeLessThan(period * periods);
    },
  );

  it.each(ALL_CADENCES)(
    'at %s ends within a sixth of the cadence, or ten minutes, after the second missed slot',
    (every) => {
      const { period, periods } = silenceOfTwoSlots(every);
      const late = period * periods - 2 * CADENCES[every];
      expect(late).toBeLessThanOrEqual(Math.max(CADENCES[every] / 6, 10 * MINUTE));
      expect(late).toBeGreaterThan(tolerance(every));
    },
  );
});
