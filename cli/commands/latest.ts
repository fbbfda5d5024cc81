import type { Command } from 'commander';
import { closingAt, closings, stackTimeZone } from '../../lambda/core/catalog.ts';
import { accountsAt } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { at, latest, type Reading } from '../../lambda/history/latest.ts';
import { type CurrencyOptions, unlistedNotes, withCurrencyOption } from '../ledger/currency.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { chosenAccounts, type Io, type Session, withLedger } from '../ledger/session.ts';
import { instantOf, type TypedTime } from '../ledger/time.ts';
import { BALANCE_COLUMNS, balanceRows, TOTAL_COLUMNS, totalRows } from '../print/balance-rows.ts';
import { balanceTable, totalTable } from '../print/balance-table.ts';
import { type Printable, printRows } from '../print/format.ts';
import { closingClause, note, readingClauses, simulatedClauses } from '../print/notes.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `latest` and `at`. */
export interface BalanceOptions extends CommonOptions, CurrencyOptions {
  readonly total?: boolean;
}

/** `balances latest`. */
export const addLatest: AddCommand = (program, { io, finish }) => {
  withBalanceOptions(program.command('latest').description('the newest snapshot of each account'))
    .addHelpText('after', '\nExample: balances latest --local --account sg/main --format json')
    .action((options: BalanceOptions) => finish(printBalances(options, undefined, io)));
};

export function withBalanceOptions(command: Command): Command {
  return withCurrencyOption(withCommonOptions(command)).option(
    '--total',
    'the total over the accounts, by currency',
  );
}

/** `balances latest` and `balances at TIME`: each account's newest success, and on stderr what it does not show. */
export function printBalances(options: BalanceOptions, time: TypedTime | undefined, io: Io): Promise<number> {
  return withLedger(options, io, async (session) => {
    const { catalog, now } = session;
    const instant = time && instantOf(time, stackTimeZone(session.catalog));
    const asOf = Math.min(instant ?? now, now);
    const accounts = chosenAccounts(options, catalog) ?? accountsAt(catalog, asOf);
    const readings = await (instant === undefined
      ? latest(session, accounts)
      : at(session, accounts, instant));

    const snapshots = readings.flatMap(({ snapshot }) => snapshot ?? []);
    if (options.total === true && !session.isWhole()) {
      io.stderr.write('no total: it would leave out an account that cannot be read\n');
    } else {
      await printRows(options.format, printableOf(snapshots, options, session), io);
    }

    if (instant !== undefined && instant > now) {
      io.stderr.write(`${formatSecond(instant)} is in the future: these are the newest snapshots so far\n`);
    }
    for (const line of notesOn(readings, options, session, asOf)) io.stderr.write(line);
    const lacking = options.total === true ? lackingClauses(readings) : [];
    if (lacking.length === 0) return 0;
    io.stderr.write(`the total is not complete: ${lacking.join('; ')}\n`);
    return 3;
  });
}

/** What the rows do not show, one line per account. */
function notesOn(
  readings: readonly Reading[],
  { account, currency }: BalanceOptions,
  session: Session,
  asOf: Instant,
): string[] {
  const snapshots = readings.flatMap(({ snapshot }) => snapshot ?? []);
  const listed = snapshots.flatMap(({ balances }) => balances.map((line) => line.currency));
  return [
    ...(snapshots.length > 0 ? unlistedNotes(currency, listed) : []),
    ...(readings.length === 0 ? [`${session.label} has no accounts to show yet\n`] : []),
    ...readings.map((reading) =>
      note(reading.account, [
        ...simulatedClauses(session.simulated),
        ...readingClauses(reading, session.catalog, asOf),
      ]),
    ),
    ...(account === undefined ? notesOnClosed(session, asOf) : []),
  ];
}

/** The accounts that were expected to have a newer snapshot than the total has of them, or any at all. */
function lackingClauses(readings: readonly Reading[]): string[] {
  return readings.flatMap(({ account, snapshot, missed }) => {
    if (missed.last === undefined) return [];
    const slot = formatSecond(missed.last);
    return snapshot === undefined
      ? [`${account} has no snapshot and is left out (expected at ${slot})`]
      : [`${account} has none of ${slot}, and its amounts are of ${formatSecond(snapshot.slot)}`];
  });
}

function printableOf(
  snapshots: readonly Snapshot[],
  { currency, total = false }: BalanceOptions,
  { simulated }: Session,
): Printable {
  if (total) {
    const totals = totalRows(snapshots, currency);
    return {
      columns: TOTAL_COLUMNS,
      rows: () => totals,
      table: (width) => [totalTable(totals, { simulated, width })],
    };
  }
  return {
    columns: BALANCE_COLUMNS,
    rows: () => snapshots.flatMap((snapshot) => balanceRows(snapshot, currency)),
    table: (width) => {
      const tables = snapshots.map((snapshot) => balanceTable(snapshot, currency, { simulated, width }));
      return [tables.filter((text) => text !== '').join('\n')];
    },
  };
}

/** Notes on closed accounts, which are left out: a renamed account would otherwise count twice. */
function notesOnClosed({ catalog }: Session, asOf: Instant): string[] {
  return [...catalog.accounts.values()].flatMap((entry) => {
    const closing = closingAt(closings(entry), asOf);
    return closing === undefined
      ? []
      : [note(entry.account, [`${closingClause(closing)} and left out; name it with --account to see it`])];
  });
}
