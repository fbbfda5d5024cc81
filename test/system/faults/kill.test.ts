import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../lambda/core/instant.ts';
import type { Moment } from './mortal.ts';
import { accounts, inWorld, killEverywhere, well } from './world.ts';

describe('a run that is killed', () => {
  const three = accounts(3);
  const all = { 'sg/a0': 'ok', 'sg/a1': 'ok', 'sg/a2': 'ok' };

  it.each<[string, (moment: Moment) => boolean, number, number]>([
    ['faults row 8: before the first call', ({ call, when }) => call === 'ask' && when === 'before', 0, 0],
    [
      'faults row 9: between an answer and its record',
      ({ call, when }) => call === 'ask' && when === 'after',
      3,
      0,
    ],
    [
      'faults row 10: after some accounts',
      nth(2, ({ call, when }) => call === 'record' && when === 'after'),
      3,
      2,
    ],
    [
      'faults row 11: after the last record',
      nth(3, ({ call, when }) => call === 'record' && when === 'after'),
      3,
      3,
    ],
  ])('%s is completed by a second run', async (_, dies, asked, recorded) => {
    await inWorld(three, well, async (world) => {
      expect(await world.kill(dies)).toBe(true);
      const before = await world.outcomes();
      expect(Object.keys(before).length).toBeGreaterThanOrEqual(recorded);
      expect(world.memory.calls).toHaveLength(asked);

      world.memory.now += 20 * SECOND;
      const { accounts: lines } = await world.run();
      expect(await world.outcomes()).toEqual(all);
      expect(lines.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(Object.keys(before).length);
    });
  });

  it('faults row 53: at any await, with one account, leaves what an undisturbed run leaves, prices included', async () => {
    await killEverywhere(1);
  });
});

/** True at the n-th moment that matches. */
function nth(n: number, isOne: (moment: Moment) => boolean): (moment: Moment) => boolean {
  let seen = 0;
  return (moment) => {
    if (isOne(moment)) seen += 1;
    return seen === n;
  };
}
