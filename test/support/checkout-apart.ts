import { type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';
import type { Ended } from './command-process.ts';

/** A copy of the product with local ledgers of its own, so that its commands run as a person runs them. */
export interface CheckoutApart {
  readonly root: string;
  /** Runs `cli/start.ts` or `cli/balances.ts` with these words. */
  run(command: 'start' | 'balances', words?: readonly string[], more?: More): Promise<Ended>;
  /** The command for a shell, in the copy. */
  line(command: 'start' | 'balances', words?: string): string;
  remove(): void;
}

interface More {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: SpawnOptions['stdio'];
  /** Run by this user, if the tests are run by root. */
  readonly uid?: number;
  /** Called with each of the process's streams that is a pipe, before anything is read. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void;
}

/** What the commands use of a checkout. */
const PARTS = ['cli', 'infra', 'lambda', 'cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** Copies the product into a folder, which is there; the packages are those of this checkout. */
export function copyCheckout(folder: string): void {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

export function checkoutApart(): CheckoutApart {
  const root = mkdtempSync(join(tmpdir(), 'checkout-'));
  copyCheckout(root);
  return {
    root,
    run: (command, words = [], { env = {}, stdio = 'pipe', uid, onStart } = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ['--import', 'tsx', `cli/${command}.ts`, ...words], {
          cwd: root,
          stdio,
          env: { PATH: process.env['PATH'], TMPDIR: root, ...env },
          ...(uid === undefined ? {} : { uid, gid: uid }),
        });
        let [stdout, stderr] = ['', ''];
        child.stdout?.on('data', (piece) => {
          stdout += piece;
        });
        child.stderr?.on('data', (piece) => {
          stderr += piece;
        });
        onStart?.(child);
        child.on('error', reject);
        child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
      }),
    line: (command, words = '') =>
      `cd '${root}' && '${process.execPath}' --import tsx cli/${command}.ts ${words}`,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
