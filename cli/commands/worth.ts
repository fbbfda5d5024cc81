import { Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { expectedPeriods, isExpectedAndDue } from '../../lambda/core/completeness.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import type { Worth } from '../../lambda/history/worth.ts';
import { type PointSum, WorthSums } from '../../lambda/history/worth-sums.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import { type CommonOptions, timeOf, withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { notesOn } from '../ledger/readings.ts';
import { type Io, type Session, sayIfEmpty, withLedger } from '../ledger/session.ts';
import { type EveryOptions, snapshotsOf, withEveryOption } from '../ledger/snapshots.ts';
import type { TypedTime } from '../ledger/time.ts';
import { type UnitOptions, unitFor, withUnitOption } from '../ledger/unit.ts';
import { readWorthAt, withoutSum, worthsOf } from '../ledger/worth-readings.ts';
import { printRows } from '../print/format.ts';
import { named } from '../print/named.ts';
import { printable } from '../print/printable.ts';
import { WorthNotes } from '../print/worth-notes.ts';
import { sumRow, WORTH_COLUMNS, type WorthRow, worthRows } from '../print/worth-rows.ts';
import { accountSums, worthOverTime, worthTable } from '../print/worth-table.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `worth`. */
interface WorthOptions
  extends CommonOptions,
    RangeOptions,
    CurrencyOptions,
    EveryOptions,
    UnitOptions,
    LocalTimesOptions {
  readonly at?: TypedTime;
}

export const addWorth: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('worth')
    .description('what the balances were worth at Upbit’s own prices of the same slot');
  withLocalTimesOption(
    withEveryOption(withUnitOption(withCurrencyOption(withRangeOptions(withCommonOptions(command), now)))),
  )
    .addOption(
      new Option('--at <time>', 'at this time (default: now)')
        .conflicts(['from', 'to', 'every'])
        .argParser((text) => timeOf('--at', text, now)),
    )
    .addHelpText(
      'after',
      `
With --from, --to or --every: over time. A price is a market’s last trade; a price by way of two markets is shown as
SGD-USDT × USDT-ADA. Upbit cost is the amount held × Upbit’s own average buy price. Tables round; JSON and CSV do not.

Example: balances worth --local --at 2026-10-31 --account sg/main --in SGD`,
    )
    .action((options: WorthOptions) => {
      const { from, to, every } = options;
      const isRange = from !== undefined || to !== undefined || every !== undefined;
      return finish(isRange ? printWorthOverTime(options, io) : printWorthAt(options, io));
    });
};

/** `balances worth`, now or `--at` a time: each account's newest success, and the sum. */
function printWorthAt(options: WorthOptions, io: Io): Promise<number> {
  return withLedger(options, io, async (session) => {
    const { asked, unit, worths, sum, priceNotes, sumNotes } = await readWorthAt(
      session,
      options,
      options.at,
    );
    const { simulated } = session;
    await printRows(
      options.format,
      {
        columns: WORTH_COLUMNS,
        rows: () => [
          ...worths.flatMap((worth) => worthRows(worth, unit)),
          ...(sum === undefined ? [] : [sumRow(sum, unit)]),
        ],
        localTimes: localTimesOf(options, session.catalog),
        table: (width) => {
          const style = { simulated, width, unit, timeZone: stackTimeZone(session.catalog) };
          const tables = worths.map((worth) => worthTable(worth, style));
          const all = sum !== undefined && sum.accounts.size > 1 ? [accountSums(sum, style)] : [];
          return [[...tables, ...all].join('\n')];
        },
      },
      io,
    );
    for (const line of [...notesOn(asked, options, session), ...priceNotes, ...sumNotes])
      io.stderr.write(line);
    return 0;
  });
}

/** `balances worth` over a range: every snapshot, or one for each point of a coarser grid, and the sum of each point. */
function printWorthOverTime(options: WorthOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfEmpty(session, io);
    const unit = unitFor(options, accounts, session);
    const notes = new WorthNotes(unit);
    const sums = new WorthSums();
    const shown = snapshotsOf(session, accounts, range, options, io);
    const worths = async function* () {
      for await (const worth of worthsOf(session, shown, unit, options)) {
        notes.add(worth);
        sums.add(worth.point, worth);
        yield worth;
      }
    };
    const points = () => (session.isWhole() ? sums.points() : []);
    await printRows(
      options.format,
      {
        columns: WORTH_COLUMNS,
        rows: () => rowsOf(worths(), points, unit),
        localTimes: localTimesOf(options, session.catalog),
        table: async function* (width) {
          for await (const _ of worths()) void _;
          const { simulated } = session;
          const found = points();
          const timeZone = stackTimeZone(session.catalog);
          if (found.length > 0) yield worthOverTime(found, accounts, { simulated, width, unit, timeZone });
        },
      },
      io,
    );
    for (const line of notes.lines({ hasSum: session.isWhole() })) io.stderr.write(line);
    for (const line of withoutSum(session)) io.stderr.write(line);
    for (const line of lackingNotes(session, accounts, points())) io.stderr.write(line);
    return 0;
  });
}

/** The rows of each snapshot in turn, and after them the sums. */
async function* rowsOf(
  worths: AsyncIterable<Worth>,
  points: () => PointSum[],
  unit: string,
): AsyncGenerator<WorthRow> {
  for await (const worth of worths) yield* worthRows(worth, unit);
  for (const point of points()) yield sumRow(point, unit);
}

/** How many accounts a line names. */
const NAMED = 5;

/** Says which accounts were expected at a point and are not in its sum. */
function lackingNotes(
  { catalog, now }: Session,
  accounts: readonly AccountName[],
  points: readonly PointSum[],
): string[] {
  const periods = accounts.map((account) => [account, expectedPeriods(catalog, account)] as const);
  const lacking = points.flatMap(({ point, accounts: counted }) => {
    const missing = periods.flatMap(([account, its]) =>
      !counted.has(account) && isExpectedAndDue(its, point, now) ? [account] : [],
    );
    return missing.length === 0 ? [] : [{ point, missing }];
  });
  const last = lacking.at(-1);
  if (last === undefined) return [];
  return [
    `${lacking.length} of ${points.length} sums leave out an account that has no snapshot; the last is that of ${formatSecond(last.point)}, without ${printable(named(last.missing, NAMED))}\n`,
  ];
}
