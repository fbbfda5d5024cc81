import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isObject } from '../../lambda/core/parsed.ts';
import { ROOT } from '../support/checkout.ts';
import { installApart } from '../support/installed-apart.ts';

const LOCAL = join(ROOT, '.local');
const REPORT = join(LOCAL, 'mutation.json');

/** The result for the mutants of one file. */
export interface Result {
  /** By a test that failed or timed out. */
  readonly killed: number;
  /** Not killed, or reached by no test. */
  readonly survived: number;
}

/**
 * Makes one small change to the files at a time, runs the tests that reach it, shows what survived, and returns the
 * result of each file. Throws if the tests fail without a change.
 */
export function tryMutants(files: readonly string[]): Map<string, Result> {
  const tool = installApart(import.meta.dirname, 'mutation');
  const stryker = join(tool, 'node_modules', '@stryker-mutator');
  const config = join(LOCAL, 'stryker.config.json');
  mkdirSync(LOCAL, { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [join(stryker, 'vitest-runner', 'dist', 'src', 'index.js')],
      // Runs only tests that import the files, and for each mutant only those that reach it.
      vitest: { configFile: 'vitest.mutation.config.ts', related: true },
      coverageAnalysis: 'perTest',
      // Code that runs once, at import, is tried too, with all those tests: limits and tables are there.
      ignoreStatic: false,
      warnings: { slow: false },
      mutate: files,
      ignorePatterns: ['/.local', 'cdk.out', 'docs'],
      // TypeScript 7 has no API for Stryker to read this with, and Stryker does not need it.
      tsconfigFile: 'none',
      reporters: ['progress-append-only', 'clear-text', 'json'],
      clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
      jsonReporter: { fileName: relative(ROOT, REPORT) },
      tempDirName: '.local/stryker',
      cleanTempDir: 'always',
      // Otherwise it colours its log on any terminal.
      allowConsoleColors: false,
      concurrency: 2,
      // For a test that waits for ever; one that loops for ever is found sooner, by its steps.
      timeoutMS: 20_000,
    }),
  );
  execFileSync(process.execPath, [join(stryker, 'core', 'bin', 'stryker.js'), 'run', config], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return readReport();
}

function readReport(): Map<string, Result> {
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
      return [file, { killed: count('Killed', 'Timeout'), survived: count('Survived', 'NoCoverage') }];
    }),
  );
}
