import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

/** An npm package that is too large to install by default. */
export interface NpmPackage {
  /** With its exact version. */
  readonly name: string;
  /** As the registry states it. */
  readonly integrity: string;
}

const HOME = join(ROOT, '.local', 'packages');

/** Fetches a package unless present, verifies its integrity, and returns its folder. Runs none of its scripts. */
export function fetchPackage({ name, integrity }: NpmPackage): string {
  const home = join(HOME, name.replace(/\W+/g, '-'));
  const unpacked = join(home, 'package');
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(home, { recursive: true });
  // Test files run in parallel and may fetch the same package, so each uses its own folder.
  const folder = mkdtempSync(join(home, 'fetching-'));
  try {
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const tarball = join(folder, execFileSync('npm', ['pack', '--silent', name], options).trim());
    const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} has another integrity: ${found}`);
    execFileSync('tar', ['-xzf', tarball, '-C', folder]);
    renameSync(join(folder, 'package'), unpacked);
    return unpacked;
  } catch (error) {
    if (existsSync(unpacked)) return unpacked;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
