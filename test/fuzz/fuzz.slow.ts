import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../lambda/core/instant.ts';
import { answers } from './answers.ts';
import { Chance } from './chance.ts';
import { configurations } from './configurations.ts';
import { events } from './events.ts';
import { items } from './items.ts';
import { secrets } from './secrets.ts';
import type { Target } from './target.ts';
import { commandLines, words } from './typed-words.ts';

/** Set by `FUZZ_CASES` and `FUZZ_SEED` in the environment; `FUZZ_CASE` runs a single case of a target. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 1_050_000);
const SEED = process.env['FUZZ_SEED'] ?? '1';
const ONLY = process.env['FUZZ_CASE'];

const SHARES = 105;

/** Runs one case. Throws with the problem, the input, and how to replay it. */
async function runCase<Input>(target: Target<Input>, index: number): Promise<string> {
  const input = target.make(new Chance(`${SEED} ${target.name} ${index}`));
  try {
    return await target.judge(input);
  } catch (cause) {
    const shown = inspect(input, { depth: 9, breakLength: 110 }).slice(0, 4_000);
    throw new Error(
      `${target.name}, again with FUZZ_SEED=${SEED} FUZZ_CASE='${target.name} ${index}': ${cause}\n${shown}`,
      {
        cause,
      },
    );
  }
}

/** Runs a target's cases, prints their outcomes, and returns those that nearly every case had. */
async function runAll<Input>(target: Target<Input>): Promise<string[]> {
  const count = Math.ceil((CASES * target.share) / SHARES);
  const outcomes = new Map<string, number>();
  let slowest = { ms: 0, index: 0 };
  const begun = performance.now();
  let before = begun;
  for (let index = 0; index < count; index += 1) {
    const outcome = await runCase(target, index);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const now = performance.now();
    if (now - before > slowest.ms) slowest = { ms: now - before, index };
    before = now;
  }
  const seconds = ((performance.now() - begun) / SECOND).toFixed(1);
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${target.name}: ${count} cases in ${seconds} s, the slowest ${slowest.ms.toFixed(1)} ms (case ${slowest.index}), ${memory} MB in use`,
    Object.fromEntries([...outcomes].sort(([, a], [, b]) => b - a)),
  );
  return [...outcomes].flatMap(([outcome, times]) => (times > 0.95 * count ? [outcome] : []));
}

const prepared = <Input>(target: Target<Input>) => ({
  name: target.name,
  runAll: () => runAll(target),
  one: (index: number) => runCase(target, index),
});
const TARGETS = [
  prepared(answers),
  prepared(secrets),
  prepared(events),
  prepared(configurations),
  prepared(words),
  prepared(commandLines),
  prepared(items),
];

describe.runIf(ONLY === undefined)('generated input', () => {
  it.each(TARGETS)(
    'is never partly accepted by the parser of $name, and causes only its own errors',
    async (target) => {
      // Cases that are all rejected, or all accepted, would prove little.
      expect(await target.runAll()).toEqual([]);
    },
  );
});

describe.runIf(ONLY !== undefined)('one generated input', () => {
  it.each(TARGETS.filter(({ name }) => ONLY?.startsWith(`${name} `)))('of $name', async ({ name, one }) => {
    console.log(await one(Number(ONLY?.slice(name.length))));
  });
});
