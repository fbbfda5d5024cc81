import { describe, expect, it } from 'vitest';
import { intervalOf, nextInterval, thinningText } from '../../../cli/report/thinning.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';

describe('the intervals of a thinned report', () => {
  it('are multiples of each other, so that thinning twice is thinning once', () => {
    const all: number[] = [];
    for (let next = nextInterval(0); next !== undefined; next = nextInterval(next)) all.push(next);
    expect([all[0], all.at(-1)]).toEqual([5 * MINUTE, 32 * DAY]);
    for (const [place, interval] of all.entries()) expect(interval % (all[place - 1] ?? 1)).toBe(0);
  });

  it('count from local midnight', () => {
    const midnight = Date.UTC(2026, 2, 31, 16);
    const own = intervalOf(midnight, 4 * HOUR, 'Asia/Singapore');
    expect(intervalOf(midnight - 1, 4 * HOUR, 'Asia/Singapore')).toBe(own - 1);
    expect(intervalOf(midnight + 4 * HOUR - 1, 4 * HOUR, 'Asia/Singapore')).toBe(own);
  });
});

describe('the words about thinning', () => {
  it('give the rule, and how to see more', () => {
    expect(thinningText(2 * HOUR)).toBe(
      'Thinned: every slot of this range does not fit in 5 MB, so of each 2 h only an account’s first snapshot is shown, and its newest of all. Amounts are exact. Slots without a snapshot are all counted, together for each 2 h and reason. A shorter range, one account or one currency shows more.',
    );
  });
});
