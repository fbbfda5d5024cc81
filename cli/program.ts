import { Command, CommanderError } from 'commander';
import { CodedError } from '../lambda/core/error.ts';
import { VERSION } from '../lambda/core/version.ts';
import { addAccounts } from './commands/accounts.ts';
import type { AddCommand, CommandContext } from './commands/add-command.ts';
import { addAt } from './commands/at.ts';
import { addChanges } from './commands/changes.ts';
import { addCost } from './commands/cost.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addGaps } from './commands/gaps.ts';
import { addHistory } from './commands/history.ts';
import { addLatest } from './commands/latest.ts';
import { addReport } from './commands/report.ts';
import { addSlots } from './commands/slots.ts';
import type { Io } from './ledger/session.ts';
import { TIME_FORMS } from './ledger/time.ts';
import { printable } from './print/printable.ts';

/** In the order the help lists them. */
const COMMANDS: readonly AddCommand[] = [
  addLatest,
  addAt,
  addHistory,
  addChanges,
  addSlots,
  addGaps,
  addAccounts,
  addExport,
  addReport,
  addCost,
  addDoctor,
];

const WRONG_USAGE = 2;

/**
 * Runs one command line (without node and the script) and returns its exit code: 0; 1 on an error; 2 on wrong
 * usage; 3 if `gaps`, `doctor` or `--total` found something. Data goes to stdout, everything else to stderr; an error is one line.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const finish = async (outcome: Promise<number>) => {
    exitCode = await outcome;
  };
  const program = createProgram({ io, now: io.now(), finish });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has already printed its message, or the requested help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    io.stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return error instanceof CodedError && error.code === 'usage.invalid' ? WRONG_USAGE : 1;
  }
}

function createProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command('balances')
    .description('Reads the balance snapshots of your Upbit accounts.')
    .version(VERSION, '--version', 'the version of this code')
    .addHelpText(
      'after',
      `\nTimes: ${TIME_FORMS}.\nExit codes: 0 done, 1 error, 2 wrong usage, 3 gaps or problems found, or a total that is not complete.`,
    )
    .helpCommand('help [command]', 'the same as --help')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Commander puts a suggestion on its own line; we print errors as one line.
      outputError: (text, write) => write(`${printable(text.trim().replaceAll('\n', ' '))}\n`),
      getOutHelpWidth: () => io.columns || 80,
      getErrHelpWidth: () => io.columns || 80,
    })
    .exitOverride();
  for (const add of COMMANDS) add(program, context);
  return program;
}
