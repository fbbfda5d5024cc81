import { spawn } from 'node:child_process';
import { ROOT } from './checkout.ts';

/** The environment of the process: without this machine's AWS configuration. */
const ENVIRONMENT = {
  PATH: process.env['PATH'],
  AWS_ACCESS_KEY_ID: 'fake-access-key-id',
  AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
  AWS_REGION: 'ap-southeast-1',
};

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user does; the reader may stop reading stdout after the first chunk. */
export function balances(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  readsAll = true,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/balances.ts', ...words], {
    cwd: ROOT,
    env: { ...ENVIRONMENT, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
    if (!readsAll) child.stdout.destroy();
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  return new Promise((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
