import { DAY, HOUR, type Instant } from '../../lambda/core/instant.ts';
import { seeded } from './seeded.ts';

/**
 * The waves of a drift: how long one is, and how high at most, in millionths. The height grows as the root of the length,
 * as that of a random walk does; but no wave is longer than two months, so the drift always returns.
 */
const WAVES: readonly (readonly [length: number, height: number])[] = [
  [64 * DAY, 280_000],
  [16 * DAY, 140_000],
  [4 * DAY, 70_000],
  [DAY, 35_000],
  [6 * HOUR, 17_500],
  [HOUR, 7_000],
];

/**
 * No drift is further from 0 than this, in millionths.
 *
 * @internal exported for its test
 */
export const MOST_DRIFT = WAVES.reduce((sum, [, height]) => sum + height, 0);

/**
 * How far a named value is from its usual one at a time, in whole millionths, above or below 0: like a random walk that
 * never runs away. It depends only on the name and the time.
 */
export function driftOf(name: string): (at: Instant) => number {
  const waves = WAVES.map(([length, height]) => ({ height, wave: waveOf(`${name} ${length}`, length) }));
  return (at) => Math.round(waves.reduce((sum, { height, wave }) => sum + height * wave(at), 0));
}

/** From −1 to 1: a seeded height at every multiple of the length, and straight lines between them. */
function waveOf(name: string, length: number): (at: Instant) => number {
  // Only for speed: the heights are asked for again and again.
  const heights = new Map<number, number>();
  const heightAt = (corner: number) => {
    const height = heights.get(corner) ?? 2 * seeded(`${name} ${corner}`) - 1;
    heights.set(corner, height);
    return height;
  };
  return (at) => {
    const corner = Math.floor(at / length);
    const [from, to] = [heightAt(corner), heightAt(corner + 1)];
    return from + (to - from) * (at / length - corner);
  };
}
