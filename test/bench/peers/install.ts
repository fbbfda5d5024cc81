import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installApart } from '../../support/installed-apart.ts';

const HERE = import.meta.dirname;

/** Installs the peers at their exact versions unless present, and returns the folder with their handlers. */
export function installPeers(): string {
  const folder = installApart(HERE, 'peers');
  for (const name of readdirSync(HERE))
    if (name.endsWith('.mjs')) cpSync(join(HERE, name), join(folder, name));
  return folder;
}
