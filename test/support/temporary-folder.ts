import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a run of the tests a temporary folder of its own, and removes it at the end: the CDK, for one, leaves an assembly
 * in there for each app that it synthesizes.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'test-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
