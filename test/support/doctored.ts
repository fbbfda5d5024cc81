import type { Environment } from '../../cli/ledger/deployment.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { captured } from './captured.ts';

/** A finding as it is printed. */
export interface Row {
  readonly looked_at: string;
  readonly state: 'ok' | 'wrong' | 'unknown';
  readonly finding: string;
  readonly remedy: string | null;
}

/** Where the command runs. */
export interface Place {
  readonly root: string;
  readonly environment?: Environment;
  readonly now?: Instant;
  /** The terminal’s width. */
  readonly columns?: number;
  /** What must not be printed: keys, of at least twelve characters. */
  readonly secrets: readonly string[];
}

/** Runs `balances doctor …`, and throws if any of the secrets is printed, in any encoding. */
export async function doctor(
  words: string,
  { root, environment = {}, now = Date.now(), columns, secrets }: Place,
) {
  const commandLine = ['doctor', ...words.split(' ').filter((word) => word !== '')];
  const { exitCode, stdout, stderr } = await captured(commandLine, {
    now: () => now,
    openTarget: () => {
      throw new Error('the doctor opens no ledger for reading');
    },
    environment,
    root,
    columns,
  });
  const leaked = [...secrets.flatMap(spellings), 'Bearer'].find((text) => (stdout + stderr).includes(text));
  if (leaked !== undefined) throw new Error(`it printed ${leaked}`);
  return { exitCode, stdout, stderr };
}

/** The findings, and a lookup by place. */
export async function findings(words: string, place: Place) {
  const { exitCode, stdout, stderr } = await doctor(`${words} --format json`, place);
  const rows: Row[] = JSON.parse(stdout);
  return { exitCode, stderr, rows, of: (lookedAt: string) => rows.find((row) => row.looked_at === lookedAt) };
}

/** The key as it is, and the part of its base64 that does not depend on its neighbours, at every alignment. */
function spellings(key: string): string[] {
  const shifted = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from(' '.repeat(before) + key);
    return [bytes.toString('base64'), bytes.toString('base64url')].map((text) => text.slice(4, -4));
  });
  return [key, encodeURIComponent(key), ...shifted];
}
