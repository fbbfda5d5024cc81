import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from './checkout.ts';

/** A child process that has done its work and waits to be killed. */
export interface Child {
  /** The line it printed. */
  readonly told: string;
  /** Kills it without warning, and resolves once it is gone. */
  kill(): Promise<void>;
}

/** Runs a script of this folder with arguments, and resolves once it has printed its first line. */
export async function runChild(script: string, ...args: string[]): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', `test/support/${script}`, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [told] = await Promise.race([once(child.stdout, 'data'), exited.then(failed(script))]);
  return {
    told: String(told).trim(),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function failed(script: string): (exit: Awaited<ReturnType<typeof once>>) => never {
  return ([code]) => {
    throw new Error(`${script} ended with ${code} and printed nothing`);
  };
}
