import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Mix } from './mix.ts';

/** The seeds that one worker runs at a time. */
export interface Batch {
  readonly from: number;
  readonly count: number;
}

/** The result of a batch. */
export interface BatchResult extends Batch {
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly seed: number; readonly invariant: string; readonly text: string }[];
}

export interface RangeOptions extends Batch {
  /** The number of concurrent processes. */
  readonly workers: number;
  /** Whether to stop at the first seed that breaks an invariant. */
  readonly untilFirst: boolean;
  readonly progress: (done: number) => void;
}

export interface RangeResult {
  /** How many seeds were run. */
  readonly done: number;
  readonly mix: Mix;
  /** In order of seed. */
  readonly broken: BatchResult['broken'];
}

const BATCH = 20;

/** Runs a range of seeds in child processes. Rejects if one of them dies. */
export async function runRange({
  from,
  count,
  workers,
  untilFirst,
  progress,
}: RangeOptions): Promise<RangeResult> {
  const mix = new Mix();
  const broken: BatchResult['broken'][number][] = [];
  let next = from;
  let done = 0;
  const take = (): Batch | undefined => {
    if (next >= from + count || (untilFirst && broken.length > 0)) return undefined;
    const batch = { from: next, count: Math.min(BATCH, from + count - next) };
    next += batch.count;
    return batch;
  };
  const processes = Array.from({ length: workers }, () => fork(join(import.meta.dirname, 'seed-worker.ts')));
  try {
    await Promise.all(
      processes.map(async (process) => {
        for (let batch = take(); batch !== undefined; batch = take()) {
          const result = await ask(process, batch);
          mix.add(result.counts);
          broken.push(...result.broken);
          done += batch.count;
          progress(done);
        }
      }),
    );
  } finally {
    for (const process of processes) if (process.connected) process.disconnect();
  }
  return { done, mix, broken: broken.sort((a, b) => a.seed - b.seed) };
}

function ask(process: ChildProcess, batch: Batch): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) =>
      reject(new Error(`a worker ended with ${code} in the seeds from ${batch.from} on`));
    process.once('exit', died);
    process.once('message', (result: unknown) => {
      process.off('exit', died);
      resolve(resultOf(result));
    });
    process.send(batch);
  });
}

/** Not validated: our own worker sent it. */
function resultOf(message: unknown): BatchResult {
  return message as BatchResult;
}
