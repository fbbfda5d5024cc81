import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withTable } from '../support/catalog-table.ts';
import { objectOf, ROOT, readJson } from '../support/checkout.ts';
import { balances } from '../support/command-process.ts';

describe('the command balances', () => {
  it('reads a table through AWS_ENDPOINT_URL_DYNAMODB, with nothing but data on stdout', async () => {
    await withTable(async (endpoint) => {
      const words = ['gaps', '--table', 'ledger', '--format', 'json', '--to', '2016-01-01T02:00:00Z'];
      const { exitCode, stdout, stderr } = await balances(words, { AWS_ENDPOINT_URL_DYNAMODB: endpoint });
      expect(stdout).toBe(
        '[\n  {"account":"sg/main","slot":"2016-01-01T00:00:00Z","reason":"missing"},\n' +
          '  {"account":"sg/main","slot":"2016-01-01T01:00:00Z","reason":"missing"}\n]\n',
      );
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(
        /^sg\/main: 2 gaps: missing 2\nmissing: Nothing was recorded .*\n0 of 2 slots recorded \(0\.0 %\)\n$/,
      );
    });
  });

  it('ends quietly when the reader closes the pipe', async () => {
    await withTable(async (endpoint) => {
      const words = ['slots', '--table', 'ledger', '--format', 'csv'];
      const { exitCode, stdout, stderr } = await balances(
        words,
        { AWS_ENDPOINT_URL_DYNAMODB: endpoint },
        false,
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout.length).toBeLessThan(1_000_000);
    });
  });

  it('prints one line, without a stack trace, if a table is unreachable', async () => {
    const nobody = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
    const { exitCode, stdout, stderr } = await balances(['latest', '--table', 'ledger'], nobody);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: the table ledger could not be used: .*\n$/);
  });

  it('is the command that npx runs, whose flags need no --', async () => {
    const { bin } = readJson('package.json');
    const file = join(ROOT, String(objectOf(bin)['balances']));
    const shown = await promisify(execFile)(file, ['cost', '--help']);
    expect(shown.stdout).toMatch(/^Usage: balances cost /);
    await expect(promisify(execFile)(file, ['at', '2026-02-30'])).rejects.toMatchObject({ code: 2 });
  });

  it('answers wrong usage with exit code 2', async () => {
    const { exitCode, stdout, stderr } = await balances(['at', '2026-02-30']);
    expect({ exitCode, stdout, lines: stderr.split('\n').length }).toEqual({
      exitCode: 2,
      stdout: '',
      lines: 2,
    });
  });
});
