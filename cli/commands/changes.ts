import type { Catalog } from '../../lambda/core/catalog.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { type AccountChanges, changes } from '../../lambda/history/changes.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { type CurrencyOptions, withCurrencyOption } from '../ledger/currency.ts';
import { type CommonOptions, withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import { type Io, sayIfEmpty } from '../ledger/session.ts';
import { SIMULATED, type TableStyle } from '../print/balance-table.ts';
import { printRows } from '../print/format.ts';
import { note, readingClauses, simulatedClauses } from '../print/notes.ts';
import { type Column, captionOf, table } from '../print/table.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `changes`. */
interface ChangesOptions extends CommonOptions, RangeOptions, CurrencyOptions {}

/** The change of one currency in one account. Held is available plus locked. */
type ChangeRow = {
  readonly account: string;
  readonly currency: string;
  readonly before: string;
  readonly after: string;
  /** after − before, with its sign. */
  readonly change: string;
  /** The slots of the snapshots that were compared. */
  readonly from_slot: string;
  readonly to_slot: string;
};

const CHANGE_COLUMNS = [
  'account',
  'currency',
  'before',
  'after',
  'change',
  'from_slot',
  'to_slot',
] as const satisfies readonly (keyof ChangeRow)[];

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'before', align: 'number' },
  { title: 'after', align: 'number' },
  { title: 'change', align: 'number' },
];

export const addChanges: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('changes')
    .description('what changed between --from and --to (available plus locked)');
  withCurrencyOption(withRangeOptions(withCommonOptions(command), now))
    .addHelpText('after', '\nExample: balances changes --local --from 2026-11-01 --to 2026-12-01')
    .action((options: ChangesOptions) => finish(printChanges(options, io)));
};

/** `balances changes`: what changed between `--from` and `--to`, each as `balances at` shows it. */
function printChanges(options: ChangesOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    const { catalog, now, simulated } = session;
    sayIfEmpty(session, io);
    const found = await changes(session, accounts, range);
    const wanted = options.currency && new Set(options.currency.map((currency) => currency.toUpperCase()));
    const rowsOfEach = found.map((its) =>
      changeRows(its).filter(({ currency }) => wanted?.has(currency.toUpperCase()) ?? true),
    );
    await printRows(
      options.format,
      {
        columns: CHANGE_COLUMNS,
        rows: () => rowsOfEach.flat(),
        table: (width) => [rowsOfEach.flatMap((rows) => changesTable(rows, { simulated, width })).join('\n')],
      },
      io,
    );
    for (const its of found) {
      const clauses = [...simulatedClauses(simulated), ...notesOn(its, catalog, range, now)];
      io.stderr.write(note(its.account, clauses));
    }
    return 0;
  });
}

function changeRows({ account, compared, changes: list }: AccountChanges): ChangeRow[] {
  if (compared === undefined) return [];
  const [from, to] = [formatSecond(compared.from.slot), formatSecond(compared.to.slot)];
  return list.map(({ currency, before, after, change }) => ({
    account,
    currency,
    before: formatDecimal(before),
    after: formatDecimal(after),
    change: formatDecimal(change),
    from_slot: from,
    to_slot: to,
  }));
}

function changesTable(rows: readonly ChangeRow[], { simulated, width }: TableStyle): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const title = [
    first.account,
    ...(simulated ? [SIMULATED] : []),
    `from slot ${first.from_slot}`,
    `to slot ${first.to_slot}`,
  ];
  const cells = rows.map(({ currency, before, after, change }) => [currency, before, after, change]);
  return [`${captionOf(title, width)}${table(COLUMNS, cells, width)}`];
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
