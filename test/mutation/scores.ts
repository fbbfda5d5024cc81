import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { isObject } from '../../lambda/core/parsed.ts';
import { ROOT } from '../support/checkout.ts';

const SCORES = join(import.meta.dirname, 'scores.json');

/** The result of the last time a file's mutants were tried. */
export interface Score {
  /** {@link stateOf} the file then. */
  readonly state: string;
  readonly killed: number;
  /** Not killed, or reached by no test. */
  readonly survived: number;
}

/**
 * The first characters of the SHA-256 of the code of a file and of its own test. If both are unchanged, the score is
 * assumed to be unchanged; the effect of changes elsewhere shows when the file is tried again. Comments, types,
 * local names and import paths do not count: they have no mutants, so a file that was moved
 * or got better comments keeps its score.
 */
export function stateOf(file: string): string {
  const hash = createHash('sha256').update(codeOf(join(ROOT, file)));
  const test = join(ROOT, `test/${file}`.replace(/\.ts$/, '.test.ts'));
  if (existsSync(test)) hash.update(codeOf(test));
  return hash.digest('hex').slice(0, 16);
}

const OPTIONS = { loader: 'ts', format: 'esm', minifyWhitespace: true, minifyIdentifiers: true } as const;

function codeOf(path: string): string {
  const { code } = transformSync(readFileSync(path, 'utf8'), OPTIONS);
  return code.replace(/\bimport\b[^;"'()]*(["'])[^"']*\1;/g, '').replace(/(\bimport\(["'])[^"']*\//g, '$1');
}

/** The saved scores of these files: by their code, under whatever name, else by their path. */
export function readScores(files: readonly string[]): Map<string, Score> {
  const json: unknown = JSON.parse(readFileSync(SCORES, 'utf8'));
  const kept = new Map(
    Object.entries(isObject(json) ? json : {}).map(([file, score]) => [file, toScore(score)]),
  );
  const byState = new Map([...kept.values()].map((score) => [score.state, score]));
  return new Map(
    files.flatMap((file) => {
      const score = byState.get(stateOf(file)) ?? kept.get(file);
      return score === undefined ? [] : [[file, score] as const];
    }),
  );
}

function toScore(json: unknown): Score {
  const of = (name: string) => (isObject(json) ? json[name] : undefined);
  return { state: String(of('state')), killed: Number(of('killed')), survived: Number(of('survived')) };
}

/** Saves the scores, in order of file. */
export function writeScores(scores: ReadonlyMap<string, Score>): void {
  const sorted = [...scores].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(SCORES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** In percent, rounded down to a tenth. A file without mutants counts as 100. */
export function percent({ killed, survived }: Pick<Score, 'killed' | 'survived'>): number {
  return killed + survived === 0 ? 100 : Math.floor((1_000 * killed) / (killed + survived)) / 10;
}
