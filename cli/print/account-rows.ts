import { type Catalog, stackTimeZone } from '../../lambda/core/catalog.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Reading } from '../../lambda/history/latest.ts';
import { SIMULATED } from './balance-table.ts';
import { type Format, type Output, printRows } from './format.ts';
import { type Column, table } from './table.ts';
import { withoutSeconds, zonedText } from './zoned.ts';

/** One account in the ledger. */
type AccountRow = {
  readonly account: string;
  /** The first slot it was seen at; null for a region's default account, which is not in the catalog. */
  readonly since: string | null;
  /** The first slot it is no longer expected at; null while it is open. */
  readonly closed_from: string | null;
  /** The slot of its newest snapshot; null if there is none. */
  readonly last_slot: string | null;
  /** The code of the newest failure if it is newer than the snapshot, else null. */
  readonly last_failure: string | null;
};

const ACCOUNT_COLUMNS = [
  'account',
  'since',
  'closed_from',
  'last_slot',
  'last_failure',
] as const satisfies readonly (keyof AccountRow)[];

/** Titles short enough for 80 characters, also beside an account with the longest name. */
const COLUMNS: readonly Column[] = [
  { title: 'account', align: 'text' },
  { title: 'since', align: 'text', short: { cell: withoutSeconds }, leftOut: 2 },
  { title: 'closed', align: 'text', short: { cell: withoutSeconds } },
  { title: 'last slot', align: 'text', short: { cell: withoutSeconds }, leftOut: 1 },
  { title: 'last failure', align: 'text' },
];

/** The column of {@link COLUMNS} that is often empty. */
const CLOSED = 2;

/** The row of an account: its catalog entry, and what was last recorded. */
export function accountRow({ account, snapshot, failure }: Reading, { accounts }: Catalog): AccountRow {
  const { since, closedFrom } = accounts.get(account) ?? {};
  const text = (instant: Instant | undefined) => (instant === undefined ? null : formatSecond(instant));
  return {
    account,
    since: text(since),
    closed_from: text(closedFrom),
    last_slot: text(snapshot?.slot),
    last_failure: failure?.failure ?? null,
  };
}

/** Prints accounts in the requested format. */
export async function printAccountRows(
  rows: readonly AccountRow[],
  { format, localTimes = false }: { readonly format: Format; readonly localTimes?: boolean },
  { simulated, catalog }: { readonly simulated: boolean; readonly catalog: Pick<Catalog, 'schedules'> },
  io: Output,
): Promise<void> {
  const timeZone = stackTimeZone(catalog);
  const cells = rows.map((row) => [
    row.account,
    ...[row.since, row.closed_from, row.last_slot].map((text) => zonedText(text, timeZone)),
    row.last_failure ?? '',
  ]);
  // Three times and a failure do not fit 80 characters, and few ledgers have a closed account.
  const isShown = (index: number) => index !== CLOSED || rows.some((row) => row.closed_from !== null);
  const caption = simulated ? `${SIMULATED}\n` : '';
  await printRows(
    format,
    {
      columns: ACCOUNT_COLUMNS,
      rows: () => rows,
      localTimes: localTimes ? timeZone : undefined,
      table: (width) =>
        rows.length === 0
          ? []
          : [
              caption +
                table(
                  COLUMNS.filter((_, index) => isShown(index)),
                  cells.map((row) => row.filter((_, index) => isShown(index))),
                  width,
                ),
            ],
    },
    io,
  );
}
