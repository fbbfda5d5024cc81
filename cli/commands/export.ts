import { Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { type AssertionFormat, assertionFile, type Declarations } from '../export/assertions.ts';
import { BEANCOUNT } from '../export/beancount.ts';
import { HLEDGER } from '../export/hledger.ts';
import { safeRow } from '../export/spreadsheet.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { withLedgerOptions, wrongUsage } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, type Session, sayIfEmpty } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import { BALANCE_COLUMNS } from '../print/balance-rows.ts';
import { asCsv, asJson, jsonOf, printPieces } from '../print/format.ts';
import { mapAsync } from '../print/map-async.ts';
import type { AddCommand } from './add-command.ts';
import { rowsOf } from './history.ts';

/** Formats for other programs. */
const EXPORT_FORMATS = ['csv', 'json', 'jsonl', 'beancount', 'hledger'] as const;

/** The options of `export`. */
interface ExportOptions extends RangeOptions, CurrencyOptions, EveryOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
  readonly declarations: boolean;
  readonly onlyDeclarations?: boolean;
}

export const addExport: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('export')
    .description('the snapshots in a range, for other programs to read or check');
  withEveryOption(withCurrencyOption(withRangeOptions(withLedgerOptions(command), now)))
    .addOption(new Option('--format <format>', 'the format to write').choices(EXPORT_FORMATS).default('csv'))
    .addOption(
      new Option('--no-declarations', 'leave out open and commodity, which a Beancount ledger has only once'),
    )
    .addOption(
      new Option('--only-declarations', 'write only open and commodity, for a file of their own').conflicts(
        'declarations',
      ),
    )
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
  if (format !== 'beancount' && declarationsOf(options) !== 'with') {
    const option = options.declarations ? '--only-declarations' : '--no-declarations';
    throw wrongUsage(`${option} goes only with --format beancount: ${format} has no declarations`);
  }
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    await printPieces(pieces(options, session, accounts, range, io), io);
    return 0;
  });
}

function declarationsOf({ declarations, onlyDeclarations = false }: ExportOptions): Declarations {
  if (onlyDeclarations) return 'only';
  return declarations ? 'with' : 'without';
}

function pieces(
  options: ExportOptions,
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  io: Io,
): AsyncIterable<string> {
  const rows = () => rowsOf(snapshotsOf(session, accounts, range, options, io), options.currency);
  const assertions = (format: AssertionFormat) => {
    const { currency: currencies } = options;
    return assertionFile(
      format,
      session,
      accounts,
      range,
      { currencies, declarations: declarationsOf(options) },
      io,
    );
  };
  switch (options.format) {
    case 'csv':
      return asCsv(BALANCE_COLUMNS, mapAsync(rows(), safeRow));
    case 'json':
      return asJson(rows());
    case 'jsonl':
      return mapAsync(rows(), (row) => `${jsonOf(row)}\n`);
    case 'beancount':
      return assertions(BEANCOUNT);
    case 'hledger':
      return assertions(HLEDGER);
  }
}
