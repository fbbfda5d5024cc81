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
      'Thinned: the slots of this range do not all fit in 5 MB, so each account shows only its first snapshot of every 2 h, and its newest. Amounts are exact. All slots without a snapshot are counted, grouped by reason and by 2 h. A shorter range, one account or one currency shows more.',
    );
  });
});
