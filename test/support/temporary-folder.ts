import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a test run its own temporary folder, and removes it at the end: the CDK, for example, leaves an assembly
 * in it for each app it synthesizes.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
