import type { Command } from 'commander';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { lackingClauses, NO_TOTAL, notesOn, readAt } from '../ledger/readings.ts';
import { type Io, type Session, withLedger } from '../ledger/session.ts';
import type { TypedTime } from '../ledger/time.ts';
import { BALANCE_COLUMNS, balanceRows, TOTAL_COLUMNS, totalRows } from '../print/balance-rows.ts';
import { balanceTable, totalTable } from '../print/balance-table.ts';
import { type Printable, printRows } from '../print/format.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `latest` and `at`. */
export interface BalanceOptions extends CommonOptions, CurrencyOptions, LocalTimesOptions {
  readonly total?: boolean;
}

/** `balances latest`. */
export const addLatest: AddCommand = (program, { io, finish }) => {
  withBalanceOptions(program.command('latest').description('the newest snapshot of each account'))
    .addHelpText('after', '\nExample: balances latest --local --account sg/main --format json')
    .action((options: BalanceOptions) => finish(printBalances(options, undefined, io)));
};

export function withBalanceOptions(command: Command): Command {
  return withLocalTimesOption(withCurrencyOption(withCommonOptions(command))).option(
    '--total',
    'the total across accounts, by currency',
  );
}

/** `balances latest` and `balances at TIME`: each account's newest success, and on stderr what it does not show. */
export function printBalances(options: BalanceOptions, time: TypedTime | undefined, io: Io): Promise<number> {
  return withLedger(options, io, async (session) => {
    const asked = await readAt(session, options, time);
    const { readings, snapshots } = asked;
    if (options.total === true && !session.isWhole()) {
      io.stderr.write(NO_TOTAL);
    } else {
      await printRows(options.format, printableOf(snapshots, options, session), io);
    }

    for (const line of notesOn(asked, options, session)) io.stderr.write(line);
    const lacking = options.total === true ? lackingClauses(readings) : [];
    if (lacking.length === 0) return 0;
    io.stderr.write(`the total is not complete: ${lacking.join('; ')}\n`);
    return 3;
  });
}

function printableOf(
  snapshots: readonly Snapshot[],
  options: BalanceOptions,
  { simulated, catalog }: Session,
): Printable {
  const { currency, total = false } = options;
  const timeZone = stackTimeZone(catalog);
  const localTimes = localTimesOf(options, catalog);
  if (total) {
    const totals = totalRows(snapshots, currency);
    return {
      columns: TOTAL_COLUMNS,
      rows: () => totals,
      localTimes,
      table: (width) => [totalTable(totals, { simulated, width, timeZone })],
    };
  }
  return {
    columns: BALANCE_COLUMNS,
    rows: () => snapshots.flatMap((snapshot) => balanceRows(snapshot, currency)),
    localTimes,
    table: (width) => {
      const tables = snapshots.map((snapshot) =>
        balanceTable(snapshot, currency, { simulated, width, timeZone }),
      );
      return [tables.filter((text) => text !== '').join('\n')];
    },
  };
}
