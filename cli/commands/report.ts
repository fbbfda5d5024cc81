import { Option } from 'commander';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { ledgerWords, timeOf, withLedgerOptions, wrongUsage } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import type { Io } from '../ledger/session.ts';
import type { TypedTime } from '../ledger/time.ts';
import { type UnitOptions, unitFor, withUnitOption } from '../ledger/unit.ts';
import { gapClause, note, simulatedClauses } from '../print/notes.ts';
import { printable } from '../print/printable.ts';
import { checkReportFile } from '../report/file.ts';
import { isHole } from '../report/record.ts';
import { thinningText } from '../report/thinning.ts';
import type { AddCommand } from './add-command.ts';
import { writeStatement } from './report-at.ts';

/** The options of `report`. */
interface ReportOptions extends RangeOptions, CurrencyOptions, UnitOptions {
  readonly out: string;
  readonly at?: TypedTime;
}

export const addReport: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('report')
    .description('a page that shows what was held over time, what it was worth, and what is missing');
  withUnitOption(withCurrencyOption(withRangeOptions(withLedgerOptions(command), now)))
    .requiredOption(
      '--out <file>',
      'the page to write, e.g. report.html; only an earlier report is overwritten',
      (text) => {
        if (text === '') throw wrongUsage('--out is empty: give a file name, e.g. report.html');
        return text;
      },
    )
    .addOption(
      new Option('--at <time>', 'write a statement for this time instead, to print or to hand to an auditor')
        .conflicts(['from', 'to'])
        .argParser((text) => timeOf('--at', text, now)),
    )
    .addHelpText(
      'after',
      `
With --at, the page is a statement for A4 paper: what each account held and was worth, to the last digit, what is missing,
and how to check it: balances report --local --at 2026-10-31 --out statement.html

Example: balances report --local --out report.html`,
    )
    .action((options: ReportOptions) =>
      finish(options.at === undefined ? writeReport(options, io) : writeStatement(options, options.at, io)),
    );
};

/**
 * `balances report --out FILE.html`: a page with worth and holdings over time and now, and how complete the record is.
 * Without `--from` it goes back at most a year.
 *
 * @throws CodedError `file.invalid` if the file cannot be written, or exists and is not a report.
 */
async function writeReport(options: ReportOptions, outside: Io): Promise<number> {
  // Before the ledger is read, which may take minutes.
  checkReportFile(options.out);
  return await withRange(options, outside, async (session, accounts, { from, to }, io) => {
    // Loaded on demand: it loads a bundler.
    const { makeReport, MAX_PAST } = await import('../report/make-report.ts');
    const { reader, stored, catalog, now, label, simulated } = session;
    const unit = unitFor(options, accounts, session);
    const written = await makeReport({
      reader,
      stored,
      catalog,
      accounts,
      range: { from: options.from === undefined ? Math.max(from, to - MAX_PAST) : from, to },
      currencies: options.currency,
      unit,
      label,
      simulated,
      readAt: now,
      timeZone: stackTimeZone(session.catalog),
      ledgerWords: ledgerWords(options, io.environment),
      out: options.out,
    });
    const size = (written.bytes / 1_000_000).toFixed(1);
    io.stderr.write(`wrote ${printable(options.out)} (${size} MB): open it in a browser\n`);
    if (written.interval > 0) io.stderr.write(`${thinningText(written.interval)}\n`);
    for (const account of accounts) {
      const found = written.accounts.find((one) => one.account === account);
      const reasons = new Map<string, number>();
      for (const { kind, reason, count } of found?.moments.filter(isHole) ?? []) {
        // As in `gaps`: what cannot be read is named at the end.
        if (kind !== 'unreadable') reasons.set(reason, (reasons.get(reason) ?? 0) + count);
      }
      const clauses = reasons.size === 0 ? [] : [gapClause(reasons)];
      io.stderr.write(note(account, [...simulatedClauses(simulated), ...clauses]));
    }
    if (written.accounts.every(({ moments }) => moments.length === 0)) {
      io.stderr.write(`${label} has nothing to show, and the page says so\n`);
    }
    return 0;
  });
}
