import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/checkout.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';

/** Copies that Git ignores, inside the checkout, so that they find the packages. */
const COPIES = join(ROOT, '.local', 'planted');
/** What the simulation imports. */
const COPIED = [
  'lambda',
  'cli',
  'infra/local',
  'test/simulation',
  'test/support',
  'package.json',
  'tsconfig.json',
];
/** A bug must be found within so many seeds. */
const MAX_SEEDS = 3_000;

/** How long finding a bug may take on a busy machine, in milliseconds; usually a few seconds. */
const PATIENCE = 600_000;

/** Copies the sources and plants the bug in the copy. Throws unless the text to change occurs exactly once. */
function plant({ name, file, from, to }: PlantedBug): string {
  const copy = join(COPIES, name.replaceAll(' ', '-'));
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  const parts = readFileSync(join(copy, file), 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has "${from}" ${parts.length - 1} times: the bug cannot be planted`);
  writeFileSync(join(copy, file), parts.join(to));
  return copy;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

function simulate(copy: string, seeds: number): Promise<Ended> {
  const options = ['--seeds', String(seeds), '--workers', '1', '--until-first'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'test/simulation/simulate.ts', ...options],
      { cwd: copy, maxBuffer: 64 * 1024 * 1024, timeout: PATIENCE },
      (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout }),
    );
  });
}

describe('the simulation', () => {
  afterAll(() => rmSync(COPIES, { recursive: true, force: true }));

  it.each(PLANTED_BUGS)(
    'finds the planted bug: $name',
    async (bug) => {
      const { code, stdout } = await simulate(plant(bug), MAX_SEEDS);
      expect(code, stdout.slice(-2_000)).toBe(1);
      const [, seed = '', invariant] = /^seed (\d+): (.+)$/m.exec(stdout) ?? [];
      console.log(`${bug.name}: found by seed ${seed}: ${invariant}`);
      expect(Number(seed)).toBeLessThanOrEqual(MAX_SEEDS);
      expect(stdout).toContain(`again: npm run simulate -- --seed ${seed}\n`);
      expect(stdout).toMatch(/^shrunk in \d+ tries from \d+ acts/m);
    },
    PATIENCE,
  );

  it('finds nothing in the first seeds if no bug is planted', async () => {
    const nothing: PlantedBug = {
      name: 'none',
      file: 'lambda/collector/run.ts',
      from: 'export interface Run extends',
      to: 'export interface Run extends',
    };
    const { code, stdout } = await simulate(plant(nothing), 60);
    expect(code, stdout.slice(-2_000)).toBe(0);
  });
});
