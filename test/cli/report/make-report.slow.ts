import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/checkout.ts';

const PROGRAM = fileURLToPath(new URL('../../support/year-of-minutes.ts', import.meta.url));

it('makes the report of a year of minutes, 10 currencies, with a heap of 256 MB and in at most 5 MB', () => {
  const directory = mkdtempSync(join(tmpdir(), 'year-'));
  try {
    const out = join(directory, 'year.html');
    const words = ['--max-old-space-size=256', '--import', 'tsx', PROGRAM, out];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stderr: stderr.slice(0, 500) }).toEqual({ status: 0, stderr: '' });
    const { bytes, interval, counts } = JSON.parse(stdout);
    expect(bytes).toBeLessThanOrEqual(5_000_000);
    expect(interval).toBeGreaterThan(0);
    expect(counts).toEqual([
      { expected: 525_600, taken: 520_344, failed: 5_256, missing: 0, unreadable: 0, open: 0 },
    ]);
    expect(readFileSync(out, 'utf8')).toContain('Thinned: the slots of this range do not all fit in 5 MB');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
