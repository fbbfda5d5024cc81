import type { Target, TargetChoice } from '../../cli/ledger/target.ts';
import { run } from '../../cli/program.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { ROOT } from './checkout.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  /** Line by line. */
  readonly stderr: readonly string[];
  /** All of it, including the progress bar. */
  readonly stderrText: string;
  /** The ledgers that were opened, and whether each was closed again. */
  readonly opened: readonly TargetChoice[];
  readonly closed: number;
}

interface World {
  readonly now: Instant | (() => Instant);
  /** Whether stderr is a terminal. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Replaces the function that changes an account's entry; the default throws. */
  readonly replaceAccount?: Target['replaceAccount'];
  /** The ledger as it is stored; empty by default. */
  readonly stored?: StoredLedger;
  /** What the ledger is called. */
  readonly label?: string;
}

/** Runs a command line on a ledger: `latest --local`, split at spaces. */
export async function typed(
  commandLine: string | readonly string[],
  ledger: LedgerReader,
  {
    now,
    isTTY = false,
    columns,
    environment = {},
    replaceAccount = refuse,
    stored = NOTHING_STORED,
    label = 'the ledger',
  }: World,
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  let closed = 0;
  const opened: TargetChoice[] = [];
  const exitCode = await run(typeof commandLine === 'string' ? commandLine.split(' ') : commandLine, {
    stdout: {
      write: (text) => {
        stdout += text;
        return Promise.resolve();
      },
    },
    stderr: {
      isTTY,
      write: (text) => {
        stderr += text;
      },
    },
    now: typeof now === 'number' ? () => now : now,
    columns,
    environment,
    root: ROOT,
    openTarget: (choice) => {
      opened.push(choice);
      const simulated = choice.kind === 'local' && choice.ledger === 'demo';
      const close = () => {
        closed += 1;
        return Promise.resolve();
      };
      return Promise.resolve({ reader: ledger, stored, replaceAccount, simulated, label, close });
    },
  });
  return { exitCode, stdout, stderr: stderr.split('\n').slice(0, -1), stderrText: stderr, opened, closed };
}

/** A ledger without items and seals. */
export const NOTHING_STORED: StoredLedger = {
  partitions: () => Promise.resolve([]),
  items: () => Promise.resolve([]),
  oldest: () => Promise.resolve(undefined),
  async *seals() {
    // None.
  },
};

function refuse(): Promise<void> {
  throw new Error('nothing may be changed');
}
