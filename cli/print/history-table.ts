import { held } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { only } from './balance-rows.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { type Column, table } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'slot', align: 'text' },
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number' },
  { title: 'locked', align: 'number' },
  { title: 'total', align: 'number' },
];

/** Rows per table: decimal points can only be aligned among rows in memory. */
const ROWS = 1_000;

/** Streams snapshots as tables: one per account, and a new one after every thousand rows. */
export async function* historyTables(
  snapshots: AsyncIterable<Snapshot>,
  currencies: readonly string[] | undefined,
  { simulated, width }: TableStyle,
): AsyncGenerator<string> {
  let account = '';
  let rows: string[][] = [];
  let before = '';
  const flush = () => {
    if (rows.length === 0) return '';
    const caption = [account, ...(simulated ? [SIMULATED] : [])].join('  ');
    const text = `${before}${caption}\n${table(COLUMNS, rows, width)}`;
    before = '\n';
    rows = [];
    return text;
  };
  for await (const snapshot of snapshots) {
    if (snapshot.account !== account || rows.length >= ROWS) yield flush();
    account = snapshot.account;
    rows.push(...rowsOf(snapshot, currencies));
  }
  yield flush();
}

function rowsOf(snapshot: Snapshot, currencies: readonly string[] | undefined): string[][] {
  const slot = formatSecond(snapshot.slot);
  if (snapshot.balances.length === 0 && currencies === undefined) return [[slot, '(empty)', '', '', '']];
  return only(snapshot, currencies).map((line) => [
    slot,
    line.currency,
    formatDecimal(line.balance),
    formatDecimal(line.locked),
    formatDecimal(held(line)),
  ]);
}
