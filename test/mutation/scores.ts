import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../lambda/core/parsed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SCORES = join(import.meta.dirname, 'scores.json');

/** What one file came to when its mutants were last tried. */
export interface Score {
  /** {@link stateOf} the file then. */
  readonly state: string;
  readonly killed: number;
  /** Not killed, or reached by no test. */
  readonly survived: number;
}

/**
 * The first characters of the SHA-256 of a file and of the test that is named after it. Where both are as they were,
 * the score is taken to be so too: what a change elsewhere does to it shows when it is tried again.
 */
export function stateOf(file: string): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, file)));
  const test = join(ROOT, file.replace(/^lambda/, 'test').replace(/\.ts$/, '.test.ts'));
  if (existsSync(test)) hash.update(readFileSync(test));
  return hash.digest('hex').slice(0, 16);
}

/** The scores that are kept, by file. */
export function readScores(): Map<string, Score> {
  const json: unknown = JSON.parse(readFileSync(SCORES, 'utf8'));
  return new Map(
    Object.entries(isObject(json) ? json : {}).map(([file, score]) => {
      const of = (name: string) => (isObject(score) ? score[name] : undefined);
      return [
        file,
        { state: String(of('state')), killed: Number(of('killed')), survived: Number(of('survived')) },
      ];
    }),
  );
}

/** Keeps the scores, in order of file. */
export function writeScores(scores: ReadonlyMap<string, Score>): void {
  const sorted = [...scores].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(SCORES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** In percent, rounded down to a tenth. A file without mutants has nothing that could survive. */
export function percent({ killed, survived }: Pick<Score, 'killed' | 'survived'>): number {
  return killed + survived === 0 ? 100 : Math.floor((1_000 * killed) / (killed + survived)) / 10;
}
