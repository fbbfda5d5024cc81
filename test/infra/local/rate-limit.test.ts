import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Admission, PUBLIC_CALLS_PER_SECOND, RateLimit } from '../../../infra/local/rate-limit.ts';
import { SECOND } from '../../../lambda/core/instant.ts';

/** The decisions for calls at these times, in order. */
function judged(times: readonly number[], limit = new RateLimit()): Admission[] {
  return times.map((time) => limit.admit(time));
}

/** Times of calls in order, close enough together to reach the limit and the block. */
const busyTimes = fc
  .array(fc.integer({ min: 0, max: 2 * SECOND }), { minLength: 31, maxLength: 300 })
  .map((times) => times.sort((a, b) => a - b));

describe('the rate limit', () => {
  it('admits at most 30 calls in any second', () => {
    fc.assert(
      fc.property(busyTimes, (times) => {
        const answers = judged(times);
        const admitted = times.filter((_, index) => answers[index]?.kind === 'admitted');
        for (const end of admitted) {
          expect(admitted.filter((time) => end - SECOND < time && time <= end).length).toBeLessThanOrEqual(
            30,
          );
        }
      }),
    );
  });

  it('admits a call after fewer than 30 in the last second, and says how many are left', () => {
    fc.assert(
      fc.property(busyTimes, (times) => {
        const answers = judged(times);
        const block = answers.findIndex(({ kind }) => kind === 'blocked');
        const free = block === -1 ? times.length : block;
        for (const [index, time] of times.slice(0, free).entries()) {
          const before = times
            .slice(0, index)
            .filter((earlier, call) => earlier > time - SECOND && answers[call]?.kind === 'admitted').length;
          expect(answers[index]).toEqual(
            before < 30 ? { kind: 'admitted', left: 29 - before } : { kind: 'limited' },
          );
        }
      }),
    );
  });

  it('forgets refused calls after a second, so that calls slightly above the limit cause no block', () => {
    const times = Array.from({ length: 40 * 60 }, (_, call) => Math.floor(call / 40) * SECOND);
    expect(new Set(judged(times).map(({ kind }) => kind))).toEqual(new Set(['admitted', 'limited']));
  });

  it('admits no call during a block, says how long it lasts, and does not extend it for calls made meanwhile', () => {
    const limit = new RateLimit();
    const answers = Array.from({ length: 61 }, () => limit.admit(0));
    expect(answers.at(-1)).toEqual({ kind: 'blocked', seconds: 60 });
    expect(limit.admit(1)).toEqual({ kind: 'blocked', seconds: 60 });
    expect(limit.admit(60 * SECOND - 1)).toEqual({ kind: 'blocked', seconds: 1 });
    expect(limit.admit(60 * SECOND)).toEqual({ kind: 'admitted', left: 29 });
  });

  it('of public calls admits 10 in any second, and blocks after as many refused ones', () => {
    expect(PUBLIC_CALLS_PER_SECOND).toBe(10);
    const times = Array.from({ length: 42 }, () => 0);
    const kinds = judged(times, new RateLimit(PUBLIC_CALLS_PER_SECOND)).map(({ kind }) => kind);
    expect(kinds.slice(0, 10)).toEqual(Array(10).fill('admitted'));
    expect(kinds.slice(10, 40)).toEqual(Array(30).fill('limited'));
    expect(kinds.slice(40)).toEqual(['blocked', 'blocked']);
  });
});
