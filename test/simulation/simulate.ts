import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeFailure, describeWorld } from './failure-report.ts';
import { drawPlan } from './plan.ts';
import { runRange } from './seed-range.ts';
import { runAndCompare } from './without-prices.ts';

// The deterministic simulation: every seed is a world in which the real collector runs, and replays exactly.
// npm run simulate -- --seeds 10000 [--from 1] [--workers 2]     runs a range of seeds; ends with a table of what happened
// npm run simulate -- --seed 42                                  replays one seed and prints everything that happens
// … --until-first                                                stops at the first seed that breaks an invariant

/** With at least so many seeds, every kind must have happened. */
const ENOUGH = 10_000;
/** How many of the seeds that broke an invariant are listed. */
const MAX_NAMED = 20;

// Silences a warning of the SDK.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    'until-first': { type: 'boolean', default: false },
  },
});

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`--${name} is ${text}, not a whole number from 1 on`);
  return number;
}

if (values.seed === undefined) await range();
else await replay(values.seed);

async function replay(seed: string): Promise<void> {
  const plan = drawPlan(String(whole('seed', seed)));
  const outcome = await runAndCompare(plan);
  console.log(describeWorld(plan, outcome));
  if (outcome.violations.length === 0) return;
  process.exitCode = 1;
  console.log(`\n${await describeFailure(plan, outcome)}`);
}

async function range(): Promise<void> {
  const [count, from, workers] = [
    whole('seeds', values.seeds),
    whole('from', values.from),
    whole('workers', values.workers),
  ];
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const step = Math.max(1_000, Math.round(count / 20));
  let shown = 0;
  const progress = (done: number) => {
    if (done < shown + step) return;
    shown = done - (done % step);
    console.log(`${done} of ${count} seeds, ${Math.round(done / seconds())} a second`);
  };
  const { done, mix, broken } = await runRange({
    count,
    from,
    workers,
    untilFirst: values['until-first'],
    progress,
  });
  console.log(`\nwhat happened in ${done} seeds:\n${mix.table()}`);
  const missing = done >= ENOUGH ? mix.missing() : [];
  for (const kind of missing) console.log(`never happened: ${kind}`);
  for (const { seed, invariant, text } of broken.slice(0, MAX_NAMED))
    console.log(`seed ${seed}: ${invariant}: ${text}`);
  const [first] = broken;
  if (first !== undefined) {
    const plan = drawPlan(String(first.seed));
    console.log(`\n${await describeFailure(plan, await runAndCompare(plan))}`);
  }
  const verdict = `${broken.length} broke an invariant`;
  console.log(
    `\n${done} seeds from ${from} on in ${seconds().toFixed(0)} s with ${workers} workers: ${verdict}`,
  );
  if (broken.length > 0 || missing.length > 0) process.exitCode = 1;
}
