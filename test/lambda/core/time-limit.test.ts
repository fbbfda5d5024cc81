import { expect, it } from 'vitest';
import { TIME_LIMIT } from '../../../lambda/core/time-limit.ts';

it('a run has five minutes', () => {
  expect(TIME_LIMIT).toBe(300_000);
});
