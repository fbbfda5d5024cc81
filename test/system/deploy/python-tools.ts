import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/checkout.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/**
 * Installs the Python programs of requirements.txt from PyPI, each with its hash, into an environment of their own,
 * unless present. Returns the folder of the commands: `python`, `aws`, `cfn-lint`.
 *
 * @throws Error without Python 3.10 or later and its `venv`
 */
export function installPythonTools(): string {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const home = join(ROOT, '.local', 'packages', `python-${version}`);
  const bin = join(home, 'bin');
  // An environment cannot be moved once it is installed, so a file marks a finished one.
  const finished = join(home, 'finished');
  if (existsSync(finished)) return bin;
  rmSync(home, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', home], { stdio: ['ignore', 'ignore', 'inherit'] });
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-compile',
    '--no-deps',
    '--only-binary=:all:',
  ];
  const pip = ['-m', 'pip', 'install', ...options, '--require-hashes', '--requirement', REQUIREMENTS];
  execFileSync(join(bin, 'python'), pip, { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(finished, '');
  return bin;
}
