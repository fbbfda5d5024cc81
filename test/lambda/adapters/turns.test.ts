import { expect, it } from 'vitest';
import { createTurns } from '../../../lambda/adapters/turns.ts';

it('no two callers have the same turn of the event loop, and they come in order', async () => {
  let passed = 0;
  let counting = true;
  const count = () => {
    passed += 1;
    if (counting) setImmediate(count);
  };
  count();
  const turn = createTurns();
  const got: (readonly [string, number])[] = [];
  await Promise.all(['a', 'b', 'c', 'd'].map((caller) => turn().then(() => got.push([caller, passed]))));
  counting = false;
  expect(got.map(([caller]) => caller)).toEqual(['a', 'b', 'c', 'd']);
  expect(new Set(got.map(([, when]) => when)).size).toBe(4);
});
