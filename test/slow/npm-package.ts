import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A package of the npm registry that is too large to be installed by everybody. */
export interface NpmPackage {
  /** With its exact version. */
  readonly name: string;
  /** As the registry states it. */
  readonly integrity: string;
}

const HOME = join(import.meta.dirname, '..', '..', '.local', 'packages');

/** Fetches a package, unless it is here, checks that it is what it was, and returns its folder. None of its scripts is run. */
export function fetchPackage({ name, integrity }: NpmPackage): string {
  const folder = join(HOME, name.replace(/\W+/g, '-'));
  const unpacked = join(folder, 'package');
  if (existsSync(unpacked)) return unpacked;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'unpacking'), { recursive: true });
  const tarball = join(
    folder,
    execFileSync('npm', ['pack', '--silent', name], { cwd: folder, encoding: 'utf8' }).trim(),
  );
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${name} is not what it was: ${found}`);
  execFileSync('tar', ['-xzf', tarball, '-C', join(folder, 'unpacking')]);
  renameSync(join(folder, 'unpacking', 'package'), unpacked);
  rmSync(tarball);
  return unpacked;
}
