import type { Shown } from '../../lambda/history/sold-out.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, sayIfEmpty } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import { BALANCE_COLUMNS, type BalanceRow, balanceRows } from '../print/balance-rows.ts';
import { printRows } from '../print/format.ts';
import { historyTables } from '../print/history-table.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `history`. */
interface HistoryOptions extends CommonOptions, RangeOptions, CurrencyOptions, EveryOptions {}

export const addHistory: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('history')
    .description('every snapshot in a range, or one per day or other interval');
  withEveryOption(withCurrencyOption(withRangeOptions(withCommonOptions(command), now)))
    .addHelpText('after', '\nExample: balances history --local --from 30d --every 1d --currency BTC')
    .action((options: HistoryOptions) => finish(printHistory(options, io)));
};

/** `balances history`: every snapshot in a range, or one for each point of a coarser grid. */
function printHistory(options: HistoryOptions, outside: Io): Promise<number> {
  const { format, currency } = options;
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    const snapshots = snapshotsOf(session, accounts, range, options, io);
    const { simulated } = session;
    await printRows(
      format,
      {
        columns: BALANCE_COLUMNS,
        rows: () => rowsOf(snapshots, currency),
        table: (width) => historyTables(snapshots, currency, { simulated, width }),
      },
      io,
    );
    return 0;
  });
}

/** The rows of each snapshot in turn. */
export async function* rowsOf(
  snapshots: AsyncIterable<Shown>,
  currencies: readonly string[] | undefined,
): AsyncGenerator<BalanceRow> {
  for await (const { snapshot, soldOut } of snapshots) yield* balanceRows(snapshot, currencies, soldOut);
}
