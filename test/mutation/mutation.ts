import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, sources } from '../support/checkout.ts';
import { percent, readScores, type Score, stateOf, writeScores } from './scores.ts';
import { tryMutants } from './stryker.ts';

// Does a test fail when the code is wrong? Stryker makes thousands of small changes to the critical code,
// one at a time, and runs the tests that reach it. Fails if fewer than GOAL percent of a file's mutants are killed.
// npm run mutation                 tries the files that have changed since they were last scored
// npm run mutation -- --all        tries every file
// npm run mutation -- FILE…        tries these
// … --write                        and saves the scores to scores.json after each batch of files
// … --minutes 7                    starts no further batch after so many minutes, and names the files not tried

/** In percent, of each file's mutants. */
const GOAL = 85;
/** Lines of code per batch: a batch ends within a few minutes, and the tests rarely have to start up. */
const BATCH = 500;

/** The core, the use cases and the adapters. Code that only assembles them is left to the other tests. */
function mutated(): string[] {
  const typesOnly = ['lambda/collector/ports.ts', 'lambda/collector/run.ts', 'lambda/sealer/ports.ts'];
  return ['lambda/core', 'lambda/collector', 'lambda/history', 'lambda/sealer', 'lambda/adapters']
    .flatMap(sources)
    .filter((file) => !typesOnly.includes(file));
}

/** The files in order, in batches of up to {@link BATCH} lines, with at least one file each. */
function* batches(files: readonly string[]): Generator<string[]> {
  let [batch, lines]: [string[], number] = [[], 0];
  for (const file of files) {
    const length = readFileSync(join(ROOT, file), 'utf8').split('\n').length;
    if (batch.length > 0 && lines + length > BATCH) {
      yield batch;
      [batch, lines] = [[], 0];
    }
    batch.push(file);
    lines += length;
  }
  if (batch.length > 0) yield batch;
}

/** A table of scores, worst first, and all of them together. */
function table(scores: ReadonlyMap<string, Score>): string {
  let [killed, survived] = [0, 0];
  for (const score of scores.values()) {
    killed += score.killed;
    survived += score.survived;
  }
  const lines = [...scores]
    .sort(([, a], [, b]) => percent(a) - percent(b))
    .map(([file, score]) => line(file, score));
  return [...lines, line(`${scores.size} files`, { killed, survived })].join('\n');
}

function line(what: string, score: Pick<Score, 'killed' | 'survived'>): string {
  const rate = `${percent(score).toFixed(1)} %`;
  return `${what.padEnd(40)}${rate.padStart(8)}   ${score.killed} of ${score.killed + score.survived} mutants killed`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, write: { type: 'boolean' }, minutes: { type: 'string' } },
});
const known = mutated();
const unknown = positionals.filter((file) => !known.includes(file));
if (unknown.length > 0) throw new Error(`not among the files that are mutated: ${unknown.join(', ')}`);
const scores = readScores(known);
const files =
  positionals.length > 0
    ? positionals
    : known.filter((file) => values.all === true || scores.get(file)?.state !== stateOf(file));

const end = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const tried = new Map<string, Score>();
const left: string[] = [];
for (const batch of batches(files)) {
  if (performance.now() > end) {
    left.push(...batch);
    continue;
  }
  const states = new Map(batch.map((file) => [file, stateOf(file)]));
  const results = tryMutants(batch);
  for (const [file, state] of states) {
    const score = { state, ...(results.get(file) ?? { killed: 0, survived: 0 }) };
    tried.set(file, score);
    scores.set(file, score);
  }
  if (values.write === true) writeScores(scores);
}

if (tried.size > 0) process.stdout.write(`\n${table(tried)}\n`);
else if (files.length === 0)
  process.stdout.write(`No file has changed since it was last scored:\n${table(scores)}\n`);
if (left.length > 0) {
  process.stdout.write(
    `Not tried, for lack of time: ${left.join(', ')}\nRun npm run mutation -- --write to try them.\n`,
  );
}
const poor = [...tried].filter(([, score]) => percent(score) < GOAL).map(([file]) => file);
if (poor.length > 0) {
  process.stdout.write(`Fewer than ${GOAL} % killed: ${poor.join(', ')}\n`);
  process.exitCode = 1;
}
