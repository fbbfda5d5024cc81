import { describe, expect, it } from 'vitest';
import { seeded, seededBelow } from '../../../infra/local/seeded.ts';

describe('a seeded number', () => {
  // Computed independently, in another language.
  it.each([
    ['', 0.6689221884589642],
    ['demo', 0.4756777419243008],
    ['demo sg/main 1', 0.9906629575416446],
    ['demo sg/main 2', 0.7245512867812067],
  ])('of %j is the same on every machine', (text, number) => {
    expect(seeded(text)).toBe(number);
  });

  it('is evenly distributed, even for texts that differ only in a counter', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let count = 0; count < 10_000; count += 1) {
      const tenth = seededBelow(10, `demo sg/main ${count}`);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const times of tenths) expect(Math.abs(times - 1_000)).toBeLessThan(150);
  });

  it('below 1 is 0', () => {
    expect(seededBelow(1, 'demo')).toBe(0);
  });
});
