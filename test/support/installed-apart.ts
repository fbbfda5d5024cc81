import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

const HOME = join(ROOT, '.local', 'packages');

/**
 * Installs the packages of a folder's package.json at their exact versions, unless present, and returns the folder.
 * Each is a tool for one script, too large to install by default. Packages they do not include resolve from
 * the project.
 */
export function installApart(folder: string, name: string): string {
  const pins = readFileSync(join(folder, 'package.json'));
  const place = join(HOME, `${name}-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  if (existsSync(place)) return place;
  const unfinished = `${place}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(join(folder, 'package.json'), join(unfinished, 'package.json'));
  const options = ['--ignore-scripts', '--legacy-peer-deps', '--no-package-lock', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options], { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(unfinished, place);
  return place;
}
