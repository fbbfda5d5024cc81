import { Command, CommanderError } from 'commander';
import { CodedError } from '../lambda/core/error.ts';
import { VERSION } from '../lambda/core/version.ts';
import { addAccounts } from './commands/accounts.ts';
import type { AddCommand, CommandContext } from './commands/add-command.ts';
import { addAt } from './commands/at.ts';
import { addChanges } from './commands/changes.ts';
import { addCompletion } from './commands/completion.ts';
import { addCost } from './commands/cost.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addGaps } from './commands/gaps.ts';
import { addHistory } from './commands/history.ts';
import { addKeys } from './commands/keys.ts';
import { addLatest } from './commands/latest.ts';
import { addProve } from './commands/prove.ts';
import { addReport } from './commands/report.ts';
import { addSlots } from './commands/slots.ts';
import { addVerify } from './commands/verify.ts';
import { addWorth } from './commands/worth.ts';
import { OutFile } from './files/out-file.ts';
import { type LedgerOptions, parseAccount, wrongUsage } from './ledger/options.ts';
import type { Io } from './ledger/session.ts';
import { TIME_FORMS } from './ledger/time.ts';
import { printable } from './print/printable.ts';
import { wrapped } from './print/wrapped.ts';

/** The commands, in the order and the groups in which the help lists them. */
const COMMANDS: Readonly<Record<string, readonly AddCommand[]>> = {
  'Ask:': [addLatest, addAt, addHistory, addChanges, addWorth],
  'Check:': [addGaps, addSlots, addAccounts, addVerify, addDoctor],
  'Share:': [addExport, addReport, addProve],
  'Run:': [addKeys, addCost, addCompletion],
};

const WRONG_USAGE = 2;

/**
 * Runs one command line (without node and the script) and returns its exit code: 0; 1 on an error; 2 on wrong
 * usage; 3 if `gaps`, `doctor`, `verify` or `--total` found something. Data goes to stdout, everything else to stderr; an error is one line.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const finish = async (outcome: Promise<number>) => {
    exitCode = await outcome;
  };
  let file: OutFile | undefined;
  const output: Io = {
    ...io,
    stdout: { write: (text) => (file === undefined ? io.stdout.write(text) : file.write(text)) },
    stderr: onTerminal(io),
    // A file has no width, and a terminal that is not written to does not matter.
    get columns() {
      return file === undefined ? io.columns : undefined;
    },
  };
  const program = createProgram({ io: output, now: io.now(), finish }).hook('preAction', (_, command) => {
    const path = command.optsWithGlobals<{ readonly out?: string }>().out;
    if (path !== undefined && isOutFile(command)) file = new OutFile(path);
    takeAccounts(command);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    file?.close(true);
    return exitCode;
  } catch (error) {
    file?.close(false);
    // Commander has already printed its message, or the requested help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    output.stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return error instanceof CodedError && error.code === 'usage.invalid' ? WRONG_USAGE : 1;
  }
}

/** stderr; where it is a terminal, its lines end between words. Anything else that reads it gets one line for each thing said. */
function onTerminal({ stderr, columns }: Io): Io['stderr'] {
  if (stderr.isTTY !== true || !columns) return stderr;
  return { isTTY: true, write: (text) => stderr.write(wrapped(text, columns)) };
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
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('the same as --help')
        .helpOption(false)
        .helpGroup('Run:'),
    )
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Commander puts a suggestion on its own line; we print errors as one line.
      outputError: (text, write) => write(`${printable(text.trim().replaceAll('\n', ' '))}\n`),
      getOutHelpWidth: () => io.columns || 80,
      getErrHelpWidth: () => io.columns || 80,
    })
    .exitOverride();
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(group);
    for (const add of commands) add(program, context);
  }
  for (const command of program.commands) {
    if (isOutFile(command)) command.option('-o, --out <file>', 'write the data to this file', nonEmptyFile);
    if (namesAccounts(command))
      command
        .allowExcessArguments(true)
        .usage(
          ['[options]', ...command.registeredArguments.map((own) => `<${own.name()}>`), '[account...]'].join(
            ' ',
          ),
        );
  }
  return program;
}

/** True for a command that takes accounts also without `--account`: `balances latest sg/main`. */
function namesAccounts(command: Command): boolean {
  return command.commands.length === 0 && command.options.some(({ long }) => long === '--account');
}

/** Reads the words after a command's own arguments as accounts. Throws CodedError usage.invalid. */
function takeAccounts(command: Command): void {
  if (!namesAccounts(command)) return;
  const { account } = command.opts<LedgerOptions>();
  const words = command.args.slice(command.registeredArguments.length);
  const all = words.reduce<readonly string[] | undefined>(
    (before, word) => parseAccount(word, before ?? [], 'account'),
    account,
  );
  if (all !== undefined) command.setOptionValue('account', all);
}

/** True if `--out` is where a command writes what it prints: a report and evidence are files of their own kind. */
function isOutFile(command: Command): boolean {
  return !['report', 'prove'].includes(command.name());
}

function nonEmptyFile(text: string): string {
  if (text === '') throw wrongUsage('--out is empty: give a file name, e.g. balances.csv');
  return text;
}
