import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { printable } from './print/printable.ts';

/** Standard output and error, and what becomes of a process that can no longer write to them. */
export interface StandardStreams {
  /** Resolves when more can be written. */
  readonly stdout: { write(text: string): Promise<void> };
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
  /** The terminal's width; undefined if stdout is not a terminal, 0 if it is one that does not know its width. */
  readonly columns: number | undefined;
  /** Ends the process with this exit code, or with 1 instead of 0 if something could not be written. */
  end(exitCode: number): Promise<never>;
}

/**
 * Takes over the standard streams. A reader that has read enough of stdout, as in `| head`, is not an error; a full disk is one:
 * one line on stderr and exit code 1. stderr need not be read: the exit code is right without it. An error
 * that nothing else catches is one line too, without a stack trace.
 *
 * @param onceUnread what to do when stdout is no longer read: `end` with exit code 0, or `go on` because the work is worth
 * finishing.
 */
export function openStandardStreams(onceUnread: 'end' | 'go on'): StandardStreams {
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      if (onceUnread === 'end') process.exit(0);
      return;
    }
    if (!lost) say(`standard output cannot be written: ${WORDS[error.code ?? ''] ?? error.message}`);
    lost = true;
    if (onceUnread === 'end') process.exit(1);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost = true;
  });
  process.on('uncaughtException', (error) => {
    say(messageOf(error));
    process.exit(1);
  });
  return {
    stdout: {
      write: async (text) => {
        if (!process.stdout.write(text) && process.stdout.writable) await once(process.stdout, 'drain');
      },
    },
    stderr: process.stderr,
    columns: process.stdout.columns,
    end: async (exitCode) => {
      for (const stream of [process.stdout, process.stderr])
        await new Promise<void>((resolve) => stream.write('', () => resolve()));
      // Its error event comes a little after the write.
      await new Promise(setImmediate);
      // A connection that hangs must not hold the process.
      process.exit(exitCode === 0 && lost ? 1 : exitCode);
    },
  };
}

/** Writes an error at once; if stderr cannot be written either, nothing is said. */
function say(message: string): void {
  try {
    writeSync(2, `error: ${printable(message)}\n`);
  } catch {
    return;
  }
}

function messageOf(error: Error): string {
  // dynalite throws what LevelDB says where nobody can catch it.
  return 'code' in error && String(error.code).startsWith('LEVEL_')
    ? `the local ledger cannot be read or written (${error.message}): its folder under .local is damaged, or the disk is full`
    : error.message;
}

const WORDS: Readonly<Record<string, string>> = {
  EIO: 'the device failed (EIO)',
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
};
