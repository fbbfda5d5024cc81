import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

const HOME = join(ROOT, '.local', 'packages');

/**
 * Installs what a folder's package.json names, at its exact versions, unless that is here already, and returns where.
 * These are tools of one script each, too large to be installed by everybody. What they find lacking, they take from
 * the project itself.
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
