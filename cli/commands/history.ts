import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, sayIfEmpty } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import { historyTotals } from '../ledger/totals.ts';
import {
  BALANCE_COLUMNS,
  type BalanceRow,
  balanceRows,
  TOTAL_COLUMNS,
  type Totals,
} from '../print/balance-rows.ts';
import { printRows, type Row } from '../print/format.ts';
import { historyTables, totalsOverTime } from '../print/history-table.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `history`. */
interface HistoryOptions
  extends CommonOptions,
    RangeOptions,
    CurrencyOptions,
    EveryOptions,
    LocalTimesOptions {
  readonly total?: boolean;
}

export const addHistory: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('history')
    .description('every snapshot in a range, or one per day or other interval');
  withLocalTimesOption(withEveryOption(withCurrencyOption(withRangeOptions(withCommonOptions(command), now))))
    .option(
      '--total',
      'the total across accounts at each slot, by currency; exit code 3 if it is not complete',
    )
    .addHelpText('after', '\nExample: balances history --local --from 30d --every 1d --currency BTC')
    .action((options: HistoryOptions) =>
      finish(options.total === true ? printTotals(options, io) : printHistory(options, io)),
    );
};

/** `balances history`: every snapshot in a range, or one for each point of a coarser grid. */
function printHistory(options: HistoryOptions, outside: Io): Promise<number> {
  const { format, currency } = options;
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    const snapshots = snapshotsOf(session, accounts, range, options, io);
    const { simulated, catalog } = session;
    const timeZone = stackTimeZone(catalog);
    await printRows(
      format,
      {
        columns: BALANCE_COLUMNS,
        rows: () => rowsOf(snapshots, currency),
        localTimes: localTimesOf(options, catalog),
        table: (width) => historyTables(snapshots, currency, { simulated, width, timeZone }),
      },
      io,
    );
    return 0;
  });
}

/** `balances history --total`: what the accounts held together, slot by slot. Exit code 3 if an expected account is missing. */
function printTotals(options: HistoryOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    const { totals, end } = historyTotals(session, accounts, range, options, io);
    const { simulated, catalog } = session;
    const timeZone = stackTimeZone(catalog);
    await printRows(
      options.format,
      {
        columns: ['slot', ...TOTAL_COLUMNS],
        rows: () => totalRowsOf(totals),
        localTimes: localTimesOf(options, catalog),
        table: (width) => totalsOverTime(totals, { simulated, width, timeZone }),
      },
      io,
    );
    const { lines, isComplete } = end();
    for (const line of lines) io.stderr.write(line);
    if (!session.isWhole()) io.stderr.write('the totals leave out an item that cannot be read\n');
    return isComplete ? 0 : 3;
  });
}

/** The rows of each total in turn, each with the slot: that of the oldest snapshot counted. */
async function* totalRowsOf(totals: AsyncIterable<Totals>): AsyncGenerator<Row> {
  for await (const total of totals) {
    const slot = formatSecond(total.oldest);
    for (const row of total.rows()) yield { slot, ...row };
  }
}

/** The rows of each snapshot in turn. */
export async function* rowsOf(
  snapshots: AsyncIterable<Shown>,
  currencies: readonly string[] | undefined,
): AsyncGenerator<BalanceRow> {
  for await (const { snapshot, soldOut } of snapshots) yield* balanceRows(snapshot, currencies, soldOut);
}
