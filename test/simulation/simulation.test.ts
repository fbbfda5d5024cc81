import { describe, expect, it } from 'vitest';
import { KINDS, Mix } from './mix.ts';
import { drawPlan } from './plan.ts';
import { runAndCompare } from './without-prices.ts';
import { runWorld } from './world.ts';

/** As many seeds as npm test has time for; `npm run simulate` runs more. */
const SEEDS = 120;

/** How long that may take on a busy machine, in milliseconds; usually two seconds. */
const PATIENCE = 300_000;

/** Kinds that may be missing in so few worlds: a key rotated so that a run meets the old one. */
const RARE: readonly string[] = ['a new key is found'];

const seeds = (count: number, from = 1) => Array.from({ length: count }, (_, index) => String(from + index));

describe('the simulation', () => {
  it(
    'breaks no invariant in the first worlds',
    async () => {
      const mix = new Mix();
      for (const seed of seeds(SEEDS)) {
        const { violations, mix: counts } = await runAndCompare(drawPlan(seed));
        expect(violations, `npm run simulate -- --seed ${seed}`).toEqual([]);
        mix.add(counts);
      }
      // A run in which nothing happened must not pass.
      for (const invariant of KINDS.invariant.filter((name) => !RARE.includes(name)))
        expect(mix.counts[`invariant: ${invariant}`], invariant).toBeGreaterThan(0);
      for (const kind of KINDS.delivery) expect(mix.counts[`delivery: ${kind}`], kind).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it(
    'gives the same world, to the last step, for the same seed',
    async () => {
      const hashes = async () => {
        const found: string[] = [];
        for (const seed of seeds(12, 500)) found.push((await runWorld(drawPlan(seed))).hash);
        return found;
      };
      const first = await hashes();
      expect(await hashes()).toEqual(first);
      expect(new Set(first).size).toBe(first.length);
    },
    PATIENCE,
  );

  it('restores the timers and the cryptography', async () => {
    const before = [globalThis.setTimeout, globalThis.clearTimeout, crypto.subtle.sign];
    await runWorld(drawPlan('1'));
    expect([globalThis.setTimeout, globalThis.clearTimeout, crypto.subtle.sign]).toEqual(before);
  });
});

describe('the mix', () => {
  it('names what never happened', () => {
    const mix = new Mix();
    mix.add({ 'delivery: on time': 1 });
    expect(mix.missing()).toContain('delivery: lost');
    expect(mix.missing()).not.toContain('delivery: on time');
  });
});
