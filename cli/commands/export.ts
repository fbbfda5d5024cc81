import { Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { assertionFile } from '../export/assertions.ts';
import { BEANCOUNT } from '../export/beancount.ts';
import { HLEDGER } from '../export/hledger.ts';
import { safeRow } from '../export/spreadsheet.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { withLedgerOptions, wrongUsage } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, type Session, sayIfEmpty } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import { BALANCE_COLUMNS } from '../print/balance-rows.ts';
import { asCsv, asJson } from '../print/format.ts';
import { mapAsync } from '../print/map-async.ts';
import type { AddCommand } from './add-command.ts';
import { rowsOf } from './history.ts';

/** Formats for other programs. */
const EXPORT_FORMATS = ['csv', 'json', 'jsonl', 'beancount', 'hledger'] as const;

/** The options of `export`. */
interface ExportOptions extends RangeOptions, CurrencyOptions, EveryOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
}

export const addExport: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('export')
    .description('the snapshots in a range, for other programs to read or check');
  withEveryOption(withCurrencyOption(withRangeOptions(withLedgerOptions(command), now)))
    .addOption(new Option('--format <format>', 'the format to write').choices(EXPORT_FORMATS).default('csv'))
    .addHelpText('after', '\nExample: balances export --local --format beancount --from 2026-11-01')
    .action((options: ExportOptions) => finish(printExport(options, io)));
};

/** `balances export`: the snapshots in a range for a spreadsheet, a program, or a plain-text ledger. */
function printExport(options: ExportOptions, outside: Io): Promise<number> {
  const { format, every } = options;
  const isLedger = format === 'beancount' || format === 'hledger';
  if (isLedger && every !== undefined && every !== '1d') {
    throw wrongUsage(`--every ${every} does not go with --format ${format}, which has one assertion a day`);
  }
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    for await (const piece of pieces(options, session, accounts, range, io)) await io.stdout.write(piece);
    return 0;
  });
}

function pieces(
  options: ExportOptions,
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  io: Io,
): AsyncIterable<string> {
  const rows = () => rowsOf(snapshotsOf(session, accounts, range, options, io), options.currency);
  switch (options.format) {
    case 'csv':
      return asCsv(BALANCE_COLUMNS, mapAsync(rows(), safeRow));
    case 'json':
      return asJson(rows());
    case 'jsonl':
      return mapAsync(rows(), (row) => `${JSON.stringify(row)}\n`);
    case 'beancount':
      return assertionFile(BEANCOUNT, session, accounts, range, options.currency, io);
    case 'hledger':
      return assertionFile(HLEDGER, session, accounts, range, options.currency, io);
  }
}
