import { isObject } from '../../lambda/core/parsed.ts';
import { Mix } from './mix.ts';
import { drawPlan } from './plan.ts';
import type { Batch, BatchResult } from './seed-range.ts';
import { runAndCompare } from './without-prices.ts';

// A child process that runs the seeds it is sent, and returns the results. It ends with its parent.

process.on('message', (message: unknown) => {
  void run(batchOf(message)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));

async function run({ from, count }: Batch): Promise<BatchResult> {
  const mix = new Mix();
  const broken: BatchResult['broken'][number][] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations, mix: counts } = await runAndCompare(drawPlan(String(seed)));
    mix.add(counts);
    const [first] = violations;
    if (first !== undefined) broken.push({ seed, invariant: first.invariant, text: first.text });
  }
  return { from, count, counts: mix.counts, broken };
}

function batchOf(message: unknown): Batch {
  const [from, count] = isObject(message) ? [message['from'], message['count']] : [];
  if (typeof from !== 'number' || typeof count !== 'number')
    throw new TypeError('a worker accepts only batches');
  return { from, count };
}
