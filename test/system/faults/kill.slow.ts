import { describe, it } from 'vitest';
import { killEverywhere } from './world.ts';

describe('a run that is killed', () => {
  it.each([3, 10])('at any await, with %i accounts, leaves what an undisturbed run leaves', async (count) => {
    await killEverywhere(count);
  });
});
