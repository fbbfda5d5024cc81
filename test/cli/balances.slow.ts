import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/checkout.ts';

describe('npx balances', () => {
  it('runs in a checkout without asking npm for anything', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'npm-'));
    const env = {
      PATH: process.env['PATH'],
      HOME: cache,
      npm_config_cache: cache,
      npm_config_offline: 'true',
    };
    try {
      const words = ['balances', 'cost', '--format', 'csv'];
      const { stdout } = await promisify(execFile)('npx', words, { cwd: ROOT, env });
      expect(stdout).toMatch(/^unit,quantity,/);
      const wrong = promisify(execFile)('npx', ['balances', 'at', '2026-02-30'], { cwd: ROOT, env });
      await expect(wrong).rejects.toMatchObject({ code: 2 });
    } finally {
      rmSync(cache, { recursive: true });
    }
  });
});
