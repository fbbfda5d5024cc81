import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckoutApart, checkoutApart } from '../support/checkout-apart.ts';

describe.skipIf(process.platform === 'win32')('npm start on a fresh checkout', () => {
  let apart: CheckoutApart;
  beforeAll(() => {
    apart = checkoutApart();
  });
  afterAll(() => apart.remove());

  it('finishes its work although nobody reads on, as in npm start | head -1', async () => {
    const line = `set -o pipefail; umask 022; ${apart.line('start')} | head -1`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line]);
    expect(stdout).toMatch(/^SIMULATED: [^\n]+\n$/);
    expect(stderr).toBe('');
    const local = join(apart.root, '.local');
    expect(existsSync(join(local, 'demo', 'report.html'))).toBe(true);
    expect([local, join(local, 'demo')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
    const latest = await apart.run('balances', ['latest', '--local', '--format', 'csv']);
    expect(latest.stdout).toMatch(/^sg\/main,/m);
  });
});
