import { Option } from 'commander';
import { type Catalog, stackTimeZone } from '../../lambda/core/catalog.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { pointsBetween, SPACINGS, type Spacing } from '../../lambda/core/spacing.ts';
import { type AccountChanges, changes } from '../../lambda/history/changes.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { NO_TOTAL } from '../ledger/readings.ts';
import { type Io, sayIfEmpty } from '../ledger/session.ts';
import { wantedBy } from '../print/balance-rows.ts';
import {
  CHANGE_COLUMNS,
  changeRows,
  changesTable,
  TOTAL_CHANGE_COLUMNS,
  totalChanges,
} from '../print/change-rows.ts';
import { printRows } from '../print/format.ts';
import { note, readingClauses, simulatedClauses } from '../print/notes.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `changes`. */
interface ChangesOptions extends CommonOptions, RangeOptions, CurrencyOptions, LocalTimesOptions {
  readonly total?: boolean;
  readonly every?: Spacing;
}

export const addChanges: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('changes')
    .description('what changed between --from and --to (available plus locked)');
  withLocalTimesOption(withCurrencyOption(withRangeOptions(withCommonOptions(command), now)))
    .addOption(
      new Option(
        '--every <spacing>',
        'what changed in each interval, instead of over the whole range',
      ).choices(SPACINGS),
    )
    .option('--total', 'the changes across all accounts; exit code 3 if they are not complete')
    .addHelpText('after', '\nExample: balances changes --local --from 2026-11-01 --to 2026-12-01')
    .action((options: ChangesOptions) => finish(printChanges(options, io)));
};

/** `balances changes`: what changed between `--from` and `--to`, each as `balances at` shows it, or in each part of the range. */
function printChanges(options: ChangesOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    const { catalog, now, simulated } = session;
    const { format, total = false, every } = options;
    sayIfEmpty(session, io);
    const parts: { readonly part: Range; readonly found: readonly AccountChanges[] }[] = [];
    for (const part of partsOf(range, every, stackTimeZone(catalog)))
      parts.push({ part, found: await changes(session, accounts, part) });
    const isWanted = wantedBy(options.currency);
    const tables = parts.flatMap(({ found }) => (total ? [totalChanges(found)] : found.map(changeRows)));
    const kept = tables.map((rows) => rows.filter(({ currency }) => isWanted(currency)));
    const isHidden = total && !session.isWhole();
    await printRows(
      format,
      {
        columns: total ? TOTAL_CHANGE_COLUMNS : CHANGE_COLUMNS,
        rows: () => (isHidden ? [] : kept.flat()),
        localTimes: localTimesOf(options, catalog),
        table: (width) => {
          const style = { simulated, width, timeZone: stackTimeZone(catalog) };
          return [(isHidden ? [] : kept).flatMap((rows) => changesTable(rows, style)).join('\n')];
        },
      },
      io,
    );
    for (const account of accounts) {
      const clauses = parts.flatMap(({ part, found }) =>
        found.filter((its) => its.account === account).flatMap((its) => notesOn(its, catalog, part, now)),
      );
      io.stderr.write(note(account, [...simulatedClauses(simulated), ...new Set(clauses)]));
    }
    if (!total) return 0;
    if (isHidden) io.stderr.write(NO_TOTAL);
    const lacking = accounts.filter((account) =>
      parts.some(({ found }) => found.some((its) => its.account === account && isLacking(its))),
    );
    if (lacking.length === 0) return 0;
    io.stderr.write(
      `the total is not complete: ${lacking.join(', ')} ${lacking.length === 1 ? 'has' : 'have'} no snapshot at one of the slots compared\n`,
    );
    return 3;
  });
}

/** The parts of a range that begin at the points of a coarser grid; the range itself without one. */
function partsOf(range: Range, every: Spacing | undefined, timeZone: TimeZone): Range[] {
  if (every === undefined) return [range];
  const points = [...pointsBetween(every, timeZone, range.from + 1, range.to)];
  return [range.from, ...points].map((from, index) => ({ from, to: points[index] ?? range.to }));
}

/** True if an account was expected at one end of the range and has no snapshot of that slot. */
function isLacking({ before, after }: AccountChanges): boolean {
  return before.missed.last !== undefined || after.missed.last !== undefined;
}

/** What the rows do not show about the two snapshots they compare. */
function notesOn(
  { before, after, compared }: AccountChanges,
  catalog: Catalog,
  { from, to }: Range,
  now: Instant,
): string[] {
  const clauses = [
    ...readingClauses(before, catalog, Math.min(from, now)).map((clause) => `before: ${clause}`),
    ...readingClauses(after, catalog, Math.min(to, now)).map((clause) => `after: ${clause}`),
  ];
  if (before.snapshot === undefined && compared !== undefined) {
    clauses.push(`so the changes are counted from its first snapshot, ${formatSecond(compared.from.slot)}`);
  }
  return clauses;
}
