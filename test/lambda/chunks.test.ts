import { describe, expect, it } from 'vitest';
import { chunks } from '../../lambda/chunks.ts';

describe('chunks', () => {
  it.each<[number, number[][]]>([
    [0, []],
    [1, [[1]]],
    [2, [[1, 2]]],
    [3, [[1, 2], [3]]],
    [
      4,
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('of %i things, two at a time, leave none out and are never empty', (count, expected) => {
    const things = Array.from({ length: count }, (_, index) => index + 1);
    expect([...chunks(things, 2)]).toEqual(expected);
  });
});
