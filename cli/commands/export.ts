import { Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import { PriceBook } from '../../lambda/history/price-book.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { type AssertionFormat, assertionFile, type Declarations } from '../export/assertions.ts';
import { BEANCOUNT } from '../export/beancount.ts';
import { HLEDGER } from '../export/hledger.ts';
import { PriceDirectives } from '../export/price-directives.ts';
import { safeRow } from '../export/spreadsheet.ts';
import { VALUE_COLUMNS, type ValueRow, valueRows } from '../export/value-rows.ts';
import { withWorth } from '../export/with-worth.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import { withLedgerOptions, wrongUsage } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, type Session, sayIfEmpty } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import { type UnitOptions, unitFor } from '../ledger/unit.ts';
import { BALANCE_COLUMNS, type BalanceRow, wantedBy } from '../print/balance-rows.ts';
import { asCsv, asJson, jsonOf, printPieces, type Row } from '../print/format.ts';
import { mapAsync } from '../print/map-async.ts';
import { WorthNotes } from '../print/worth-notes.ts';
import type { AddCommand } from './add-command.ts';
import { rowsOf } from './history.ts';

/** Formats for other programs. */
const EXPORT_FORMATS = ['csv', 'json', 'jsonl', 'beancount', 'hledger'] as const;

/** The options of `export`. */
interface ExportOptions extends RangeOptions, CurrencyOptions, EveryOptions, UnitOptions, LocalTimesOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
  readonly declarations: boolean;
  readonly onlyDeclarations?: boolean;
  readonly prices?: boolean;
  readonly value?: boolean;
}

export const addExport: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('export')
    .description('the snapshots in a range, for other programs to read or check');
  withLocalTimesOption(withEveryOption(withCurrencyOption(withRangeOptions(withLedgerOptions(command), now))))
    .addOption(new Option('--format <format>', 'the format to write').choices(EXPORT_FORMATS).default('csv'))
    .option('--value', 'with csv, json, jsonl: what each balance was worth, as in balances worth')
    .option('--prices', 'with beancount, hledger: the prices of the asserted currencies, on the same days')
    .option(
      '--in <currency>',
      'give values or prices in this currency (default: the region’s own; for --value over several regions USDT)',
    )
    .addOption(
      new Option(
        '--no-declarations',
        'leave out the open and commodity directives, which a Beancount ledger may have only once',
      ),
    )
    .addOption(
      new Option(
        '--only-declarations',
        'write only the open and commodity directives, for a separate file',
      ).conflicts('declarations'),
    )
    .addHelpText('after', '\nExample: balances export --local --format beancount --from 2026-11-01 --prices')
    .action((options: ExportOptions) => finish(printExport(options, io)));
};

/** `balances export`: the snapshots in a range for a spreadsheet, a program, or a plain-text ledger. */
function printExport(options: ExportOptions, outside: Io): Promise<number> {
  checkCombination(options);
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    const unit = unitFor(options, accounts, session);
    const all = { options, session, accounts, range, io };
    await printPieces(pieces(all, unit), io);
    return 0;
  });
}

/** @throws CodedError `usage.invalid` for options that do not go together. */
function checkCombination(options: ExportOptions): void {
  const { format, every, prices = false, value = false, in: unit } = options;
  const isLedger = format === 'beancount' || format === 'hledger';
  const declarations = declarationsOf(options);
  if (isLedger && every !== undefined && every !== '1d')
    throw wrongUsage(
      `--every ${every} cannot be used with --format ${format}, which has one assertion a day`,
    );
  if (format !== 'beancount' && declarations !== 'with') {
    const option = options.declarations ? '--only-declarations' : '--no-declarations';
    throw wrongUsage(`${option} needs --format beancount: ${format} has no declarations`);
  }
  if (isLedger && value)
    throw wrongUsage(`--value cannot be used with --format ${format}: use --prices instead`);
  if (!isLedger && prices)
    throw wrongUsage(`--prices needs --format beancount or hledger; with ${format}, use --value instead`);
  if (prices && declarations === 'only')
    throw wrongUsage('--prices cannot be used with --only-declarations, which leaves out everything else');
  if (unit !== undefined && !prices && !value)
    throw wrongUsage(`--in needs ${isLedger ? '--prices' : '--value'}, whose currency it sets`);
}

function declarationsOf({ declarations, onlyDeclarations = false }: ExportOptions): Declarations {
  if (onlyDeclarations) return 'only';
  return declarations ? 'with' : 'without';
}

/** What an export reads and writes. */
interface Export {
  readonly options: ExportOptions;
  readonly session: Session;
  readonly accounts: readonly AccountName[];
  readonly range: Range;
  readonly io: Io;
}

function pieces(all: Export, unit: string): AsyncIterable<string> {
  const { options } = all;
  const columns = options.value === true ? VALUE_COLUMNS : BALANCE_COLUMNS;
  const rows = () => (options.value === true ? valuedRows(all, unit) : plainRows(all));
  switch (options.format) {
    case 'csv':
      return asCsv(
        columns,
        mapAsync<BalanceRow | ValueRow, Row>(rows(), safeRow),
        localTimesOf(options, all.session.catalog),
      );
    case 'json':
      return asJson(rows());
    case 'jsonl':
      return mapAsync<BalanceRow | ValueRow, string>(rows(), (row) => `${jsonOf(row)}\n`);
    case 'beancount':
      return assertions(BEANCOUNT, all, unit);
    case 'hledger':
      return assertions(HLEDGER, all, unit);
  }
}

function plainRows({ options, session, accounts, range, io }: Export): AsyncGenerator<BalanceRow> {
  return rowsOf(snapshotsOf(session, accounts, range, options, io), options.currency);
}

/** The rows of each snapshot with their values, and after them what has none. */
async function* valuedRows(
  { options, session, accounts, range, io }: Export,
  unit: string,
): AsyncGenerator<ValueRow> {
  const { currency } = options;
  const notes = new WorthNotes(unit);
  const shown = snapshotsOf(session, accounts, range, options, io);
  for await (const one of withWorth(shown, new PriceBook(session.reader), unit, wantedBy(currency))) {
    notes.add(one);
    yield* valueRows(one, currency, unit);
  }
  for (const line of notes.lines({ hasSum: false })) io.stderr.write(line);
}

function assertions(
  format: AssertionFormat,
  { options, session, accounts, range, io }: Export,
  unit: string,
): AsyncIterable<string> {
  const { currency: currencies, prices = false } = options;
  const timeZone = stackTimeZone(session.catalog);
  // A ledger keeps prices in several currencies apart, so each region's can be in its own.
  const unitOf = (region: Region) => (options.in === undefined ? REGIONS[region].fiat : unit);
  const directives = prices
    ? new PriceDirectives(new PriceBook(session.reader), unitOf, (point) => format.price(point, timeZone))
    : undefined;
  return assertionFile(
    format,
    session,
    accounts,
    range,
    { currencies, declarations: declarationsOf(options), prices: directives },
    io,
  );
}
