import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { copyCheckout } from '../../support/checkout-apart.ts';
import type { Ended } from '../../support/command-process.ts';

/** A shell in a copy of the checkout, for commands as the README writes them. */
export interface Terminal {
  /** The copy: a deploy writes its outputs there, not over those of a real deploy. */
  readonly folder: string;
  /** Runs a command, whatever its exit code. */
  run(command: string): Promise<Ended>;
  /** Runs a command that must succeed, and returns its stdout. */
  type(command: string): Promise<string>;
}

/** Copies the checkout into a folder that does not exist. The commands have this environment, and nothing of ours. */
export function openTerminal(folder: string, environment: Readonly<Record<string, string>>): Terminal {
  mkdirSync(folder);
  copyCheckout(folder);
  const run = (command: string) => runIn(folder, environment, command);
  return {
    folder,
    run,
    async type(command) {
      const { exitCode, stdout, stderr } = await run(command);
      if (exitCode === 0) return stdout;
      throw new Error(`${command}: exit code ${exitCode}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
    },
  };
}

function runIn(
  folder: string,
  environment: Readonly<Record<string, string>>,
  command: string,
): Promise<Ended> {
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    stderr += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
