import type { Io } from '../../cli/ledger/session.ts';
import { run } from '../../cli/program.ts';

/** Runs a command line, without a terminal unless it has a width, and returns what it prints. */
export async function captured(
  words: readonly string[],
  io: Omit<Io, 'stdout' | 'stderr' | 'columns'> & { readonly columns?: number | undefined },
) {
  let [stdout, stderr] = ['', ''];
  const exitCode = await run(words, {
    ...io,
    stdout: {
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    columns: io.columns,
  });
  return { exitCode, stdout, stderr };
}
