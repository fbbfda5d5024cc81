import { Command, CommanderError } from 'commander';
import type { AccountName } from '../lambda/core/account.ts';
import { CodedError } from '../lambda/core/error.ts';
import { type CloseOptions, closeAccount, printAccounts, withCloseOptions } from './commands/accounts.ts';
import { type ChangesOptions, printChanges, withChangesOptions } from './commands/changes.ts';
import { type CostOptions, printCost, withCostOptions } from './commands/cost.ts';
import { type DoctorOptions, printFindings, withDoctorOptions } from './commands/doctor.ts';
import { type ExportOptions, printExport, withExportOptions } from './commands/export.ts';
import { type HistoryOptions, printHistory, withHistoryOptions } from './commands/history.ts';
import { type BalanceOptions, printBalances, withBalanceOptions } from './commands/latest.ts';
import { type ReportOptions, withReportOptions, writeReport } from './commands/report.ts';
import { printGaps, printSlots, type SlotOptions } from './commands/slots.ts';
import { withCurrencyOption } from './ledger/currency.ts';
import { type CommonOptions, timeOf, withCommonOptions } from './ledger/options.ts';
import { withRangeOptions } from './ledger/range.ts';
import type { Io } from './ledger/session.ts';
import { TIME_FORMS, type TypedTime } from './ledger/time.ts';
import { printable } from './print/printable.ts';

const WRONG_USAGE = 2;

/**
 * Runs one command line (without node and the script) and returns its exit code: 0; 1 on an error; 2 on wrong
 * usage; 3 where `gaps` or `doctor` found something. Data goes to stdout, all else to stderr: an error is one line there.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = createProgram(io, async (outcome) => {
    exitCode = await outcome;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its own sentence, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    io.stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return error instanceof CodedError && error.code === 'usage.invalid' ? WRONG_USAGE : 1;
  }
}

function createProgram(io: Io, finish: (outcome: Promise<number>) => Promise<void>): Command {
  const now = io.now();
  const program = new Command('balances')
    .description('Reads the balance snapshots of your Upbit accounts.')
    .addHelpText(
      'after',
      `\nTimes: ${TIME_FORMS}.\nExit codes: 0 done, 1 error, 2 wrong usage, 3 gaps or something wrong found.`,
    )
    .helpCommand('help [command]', 'the same as --help')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // A suggestion comes on a line of its own; an error is one line.
      outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`),
      getOutHelpWidth: () => io.columns ?? 80,
      getErrHelpWidth: () => io.columns ?? 80,
    })
    .exitOverride();

  withBalanceOptions(program.command('latest').description('the newest snapshot of each account'))
    .addHelpText('after', '\nExample: balances latest --local --account sg/main --format json')
    .action((options: BalanceOptions) => finish(printBalances(options, undefined, io)));

  withBalanceOptions(
    program.command('at').description('the newest snapshot of each account at or before a time'),
  )
    .argument('<time>', TIME_FORMS, (text) => timeOf('time', text, now))
    .addHelpText('after', '\nExample: balances at 2026-11-22T06:00:00Z --local --currency BTC --total')
    .action((time: TypedTime, options: BalanceOptions) => finish(printBalances(options, time, io)));

  withHistoryOptions(
    program.command('history').description('every snapshot of a range, or one for every day and the like'),
    now,
  )
    .addHelpText('after', '\nExample: balances history --local --from 30d --every 1d --currency BTC')
    .action((options: HistoryOptions) => finish(printHistory(options, io)));

  withChangesOptions(
    program
      .command('changes')
      .description('how much more or less is held (available and locked) at --to than at --from'),
    now,
  )
    .addHelpText('after', '\nExample: balances changes --local --from 2026-11-01 --to 2026-12-01')
    .action((options: ChangesOptions) => finish(printChanges(options, io)));

  withRangeOptions(
    withCurrencyOption(
      withCommonOptions(program.command('slots').description('every expected slot and what became of it')),
    ),
    now,
  )
    .addHelpText('after', '\nExample: balances slots --local --from 2026-11-01 --to 2026-12-01 --format csv')
    .action((options: SlotOptions) => finish(printSlots(options, io)));

  withRangeOptions(
    withCurrencyOption(
      withCommonOptions(
        program.command('gaps').description('the expected slots without a snapshot; exit code 3 if any'),
      ),
    ),
    now,
  )
    .addHelpText('after', '\nExample: balances gaps --local --from 30d')
    .action((options: SlotOptions) => finish(printGaps(options, io)));

  const accounts = withCurrencyOption(
    withCommonOptions(
      program
        .command('accounts')
        .description('the accounts of the ledger: their newest snapshot, and the failure after it'),
    ),
  )
    .helpCommand(false)
    .addHelpText('after', '\nExample: balances accounts --local')
    .action((options: CommonOptions) => finish(printAccounts(options, io)));

  withCloseOptions(
    accounts.command('close').description('expect no more snapshots of an account; what is stored stays'),
    now,
  )
    // Its options --local, --format and the like are those of `accounts`, before its name or behind it.
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExample: balances accounts close sg/main --local --at 2026-12-01')
    .action((name: AccountName, _: unknown, command: Command) =>
      finish(closeAccount(name, command.optsWithGlobals<CloseOptions>(), io)),
    );

  withExportOptions(
    program.command('export').description('the snapshots of a range for other programs to read or check'),
    now,
  )
    .addHelpText('after', '\nExample: balances export --local --format beancount --from 2026-11-01')
    .action((options: ExportOptions) => finish(printExport(options, io)));

  withReportOptions(
    program.command('report').description('a page that shows what was held over time, and what is missing'),
    now,
  )
    .addHelpText('after', '\nExample: balances report --local --out report.html')
    .action((options: ReportOptions) => finish(writeReport(options, io)));

  withCostOptions(
    program.command('cost').description('what a month of the stack costs, line by line; needs no AWS'),
  )
    .addHelpText('after', '\nExample: balances cost --accounts 10 -c every=5m')
    .action((options: CostOptions) => finish(printCost(options, io)));
  withDoctorOptions(
    program
      .command('doctor')
      .description(
        'looks at the whole deployment, signs in with every key, and says what to do; exit code 3 if something is wrong',
      ),
  )
    .addHelpText('after', '\nExample: balances doctor --local --simulate wrong-region')
    .action((options: DoctorOptions) => finish(printFindings(options, io)));

  return program;
}
