import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTable } from '../support/catalog-table.ts';
import { ROOT } from '../support/checkout.ts';

const FOUND = ['gaps', '--table', 'ledger', '--format', 'json', '--to', '2016-01-01T02:00:00Z'];
const NOTHING_FOUND = ['accounts', '--table', 'ledger'];
const FULL = 'error: standard output cannot be written: the disk is full (ENOSPC)\n';

describe.skipIf(process.platform !== 'linux')('the standard streams of a command', () => {
  let full: number;
  beforeAll(() => {
    full = openSync('/dev/full', 'w');
  });
  afterAll(() => closeSync(full));

  /** Runs a command whose streams are pipes, the full disk, or pipes that nobody reads. */
  function run(
    words: readonly string[],
    how: { readonly stdout?: 'full'; readonly stderr?: 'full' | 'closed' },
  ): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
    return withTable((endpoint) => {
      const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'cli/balances.ts', ...words], {
        cwd: ROOT,
        stdio: ['ignore', how.stdout === 'full' ? full : 'pipe', how.stderr === 'full' ? full : 'pipe'],
        env: {
          PATH: process.env['PATH'],
          AWS_REGION: 'ap-southeast-1',
          AWS_ACCESS_KEY_ID: 'fake-access-key-id',
          AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
          AWS_ENDPOINT_URL_DYNAMODB: endpoint,
        },
      });
      if (how.stderr === 'closed') child.stderr?.destroy();
      let [stdout, stderr] = ['', ''];
      child.stdout?.on('data', (piece) => {
        stdout += piece;
      });
      child.stderr?.on('data', (piece) => {
        stderr += piece;
      });
      return new Promise((resolve) => {
        child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
      });
    });
  }

  it.each([
    ['rows', FOUND],
    ['a table', NOTHING_FOUND],
    ['help', ['--help']],
    ['another kind of rows', ['slots', '--table', 'ledger', '--format', 'csv']],
  ])('on a full disk are one line and exit code 1: %s', async (_, words) => {
    const { exitCode, stderr } = await run(words, { stdout: 'full' });
    expect(exitCode).toBe(1);
    // Notes may come before it.
    expect(stderr.slice(-FULL.length)).toBe(FULL);
    expect(stderr).not.toContain('    at ');
  });

  it('keep the exit code if nobody reads stderr, and all data', async () => {
    const { exitCode, stdout } = await run(FOUND, { stderr: 'closed' });
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toHaveLength(2);
    expect((await run(NOTHING_FOUND, { stderr: 'closed' })).exitCode).toBe(0);
    expect((await run(['at', 'never'], { stderr: 'closed' })).exitCode).toBe(2);
  });

  it('do not let notes that are lost on a full disk pass as a success', async () => {
    expect((await run(['latest', '--table', 'ledger'], { stderr: 'full' })).exitCode).toBe(1);
    const { exitCode, stdout } = await run(FOUND, { stderr: 'full' });
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toHaveLength(2);
  });
});
