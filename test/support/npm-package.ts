import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

/** A package of the npm registry that is too large to be installed by everybody. */
export interface NpmPackage {
  /** With its exact version. */
  readonly name: string;
  /** As the registry states it. */
  readonly integrity: string;
}

const HOME = join(ROOT, '.local', 'packages');

/** Fetches a package, unless it is here, checks that it is what it was, and returns its folder. None of its scripts is run. */
export function fetchPackage({ name, integrity }: NpmPackage): string {
  const home = join(HOME, name.replace(/\W+/g, '-'));
  const unpacked = join(home, 'package');
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(home, { recursive: true });
  // Test files run side by side and may fetch the same package: each in a folder of its own.
  const folder = mkdtempSync(join(home, 'fetching-'));
  try {
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const tarball = join(folder, execFileSync('npm', ['pack', '--silent', name], options).trim());
    const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} is not what it was: ${found}`);
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
