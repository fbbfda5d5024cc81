import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const HOME = join(HERE, '..', '..', '..', '.local', 'packages');

/** Installs the peers at their exact versions, unless they are here, and returns the folder with their handlers. */
export function installPeers(): string {
  const pins = readFileSync(join(HERE, 'package.json'));
  const folder = join(HOME, `peers-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    cpSync(join(HERE, 'package.json'), join(unfinished, 'package.json'));
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
      cwd: unfinished,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(unfinished, folder);
  }
  for (const name of readdirSync(HERE))
    if (name.endsWith('.mjs')) cpSync(join(HERE, name), join(folder, name));
  return folder;
}
