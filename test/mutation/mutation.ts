import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { isObject } from '../../lambda/core/parsed.ts';
import { installApart } from '../installed-apart.ts';

// Does a test fail when the code is wrong? Stryker makes thousands of small changes to the code that must not be wrong,
// one at a time, and runs the tests that reach it.
// npm run mutation                 tries the files that are not as they were when they were last scored
// npm run mutation -- --all        tries every file
// npm run mutation -- FILE…        tries these
// … --write                        and keeps the scores, in scores.json

const ROOT = join(import.meta.dirname, '..', '..');
const SCORES = join(import.meta.dirname, 'scores.json');
const REPORT = join(ROOT, '.local', 'mutation.json');
/** In percent, of each run's mutants together. */
const GOAL = 85;

/** What one file came to. */
interface Score {
  /** The first characters of the SHA-256 of the file that was scored. */
  readonly hash: string;
  readonly killed: number;
  readonly survived: number;
}

/** The core, and all that collects, records and reads. What only puts parts together is left to the other tests. */
function mutated(): string[] {
  const typesOnly = ['lambda/ports.ts', 'lambda/run.ts'];
  return ['lambda', 'lambda/core', 'lambda/adapters']
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith('.ts') && !typesOnly.includes(file));
}

const hashOf = (file: string) =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, file)))
    .digest('hex')
    .slice(0, 16);

function readScores(): Map<string, Score> {
  const json: unknown = JSON.parse(readFileSync(SCORES, 'utf8'));
  return new Map(
    Object.entries(isObject(json) ? json : {}).map(([file, score]) => {
      const of = (name: string) => (isObject(score) ? score[name] : undefined);
      return [
        file,
        { hash: String(of('hash')), killed: Number(of('killed')), survived: Number(of('survived')) },
      ];
    }),
  );
}

function run(files: readonly string[]): void {
  const tool = installApart(import.meta.dirname, 'mutation');
  const stryker = join(tool, 'node_modules', '@stryker-mutator');
  const config = join(ROOT, '.local', 'stryker.config.json');
  mkdirSync(join(ROOT, '.local'), { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [join(stryker, 'vitest-runner', 'dist', 'src', 'index.js')],
      vitest: { configFile: 'vitest.mutation.config.ts', related: false },
      coverageAnalysis: 'perTest',
      mutate: files,
      ignorePatterns: ['/.local', 'cdk.out', 'docs'],
      // Mutants of what runs once, at import, cannot be told apart by test; there are few.
      ignoreStatic: true,
      // TypeScript 7 has no API for it to read this with, and there is nothing in it that it would need.
      tsconfigFile: 'none',
      reporters: ['clear-text', 'json'],
      clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
      jsonReporter: { fileName: relative(ROOT, REPORT) },
      tempDirName: '.local/stryker',
      concurrency: 2,
      timeoutMS: 10_000,
    }),
  );
  execFileSync(process.execPath, [join(stryker, 'core', 'bin', 'stryker.js'), 'run', config], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

/** What became of each file's mutants. One that no test reaches has survived; one that hangs is killed. */
function scored(): Map<string, Score> {
  const report: unknown = JSON.parse(readFileSync(REPORT, 'utf8'));
  const files: unknown = isObject(report) ? report['files'] : undefined;
  return new Map(
    Object.entries(isObject(files) ? files : {}).map(([file, result]) => {
      const mutants: unknown = isObject(result) ? result['mutants'] : undefined;
      const statuses = (Array.isArray(mutants) ? mutants : []).map((mutant: unknown) =>
        isObject(mutant) ? mutant['status'] : undefined,
      );
      const count = (...wanted: string[]) =>
        statuses.filter((status) => typeof status === 'string' && wanted.includes(status)).length;
      return [
        file,
        { hash: hashOf(file), killed: count('Killed', 'Timeout'), survived: count('Survived', 'NoCoverage') },
      ];
    }),
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, write: { type: 'boolean' } },
});
const before = readScores();
const files =
  positionals.length > 0
    ? positionals
    : mutated().filter((file) => values.all === true || before.get(file)?.hash !== hashOf(file));
if (files.length === 0) {
  process.stdout.write('Every file is as it was when it was last scored.\n');
} else {
  run(files);
  const found = scored();
  let [killed, survived] = [0, 0];
  for (const score of found.values()) {
    killed += score.killed;
    survived += score.survived;
  }
  const percent = Math.floor((1_000 * killed) / (killed + survived)) / 10;
  process.stdout.write(
    `${killed} of ${killed + survived} mutants killed in ${files.length} files: ${percent} %, to reach ${GOAL} %\n`,
  );
  if (killed + survived === 0 || percent < GOAL) process.exitCode = 1;
  if (values.write === true) {
    const known = new Set(mutated());
    const kept = [...before, ...found].filter(([file]) => known.has(file));
    const sorted = [...new Map(kept)].sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(SCORES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
