import { describe, expect, it } from 'vitest';
import { driftOf, MOST_DRIFT } from '../../../infra/local/simulated-drift.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { SLOT } from '../../support/memory-parts.ts';

const NAMES = ['demo BTC', 'demo ETH', 'demo SGD', 'test BTC', 'test market'];
const YEARS = 10;

/** The drift of a name at so many times, so far apart. */
function course(name: string, count: number, step: number): number[] {
  const drift = driftOf(name);
  return Array.from({ length: count }, (_, index) => drift(SLOT + index * step));
}

/** The changes from each to the one so many later. */
function changes(of: readonly number[], apart = 1): number[] {
  return of.slice(apart).map((drift, index) => drift - (of[index] ?? 0));
}

function mean(of: readonly number[]): number {
  return of.reduce((sum, one) => sum + one, 0) / of.length;
}

describe('a drift', () => {
  it('depends only on the name and the time', () => {
    const forward = course('test', 100, 7 * HOUR);
    const drift = driftOf('test');
    const backward = forward.map((_, index) => drift(SLOT + (99 - index) * 7 * HOUR)).reverse();
    expect(backward).toEqual(forward);
    expect(course('other', 100, 7 * HOUR)).not.toEqual(forward);
  });

  it.each(NAMES)('of %s stays within its bound for ten years, on both sides of 0, and around it', (name) => {
    const days = course(name, YEARS * 365, DAY);
    for (const drift of days) expect(Math.abs(drift)).toBeLessThanOrEqual(MOST_DRIFT);
    expect(Math.max(...days)).toBeGreaterThan(MOST_DRIFT / 3);
    expect(Math.min(...days)).toBeLessThan(-MOST_DRIFT / 3);
    expect(Math.abs(mean(days))).toBeLessThan(MOST_DRIFT / 5);
  });

  it.each(NAMES)('of %s moves little in an hour, and by tens of percent in a month', (name) => {
    const hours = course(name, 365 * 24, HOUR);
    const inAnHour = changes(hours).map(Math.abs);
    expect(Math.max(...inAnHour)).toBeLessThan(25_000);
    expect(mean(inAnHour)).toBeGreaterThan(2_000);
    const inAMonth = changes(hours, 30 * 24).map(Math.abs);
    expect(Math.max(...inAMonth)).toBeGreaterThan(200_000);
    expect(mean(inAMonth)).toBeGreaterThan(50_000);
  });

  it('is whole, and has no jump', () => {
    const minutes = course('test', 3 * 24 * 60, MINUTE);
    expect(minutes.every(Number.isInteger)).toBe(true);
    for (const change of changes(minutes)) expect(Math.abs(change)).toBeLessThan(1_000);
  });
});
