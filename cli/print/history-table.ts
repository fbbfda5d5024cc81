import { held } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { only, type Totals, wantedBy } from './balance-rows.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { type Column, table } from './table.ts';
import { zoned } from './zoned.ts';

const COLUMNS: readonly Column[] = [
  { title: 'slot', align: 'text' },
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number', leftOut: 1 },
  { title: 'locked', align: 'number', leftOut: 1 },
  { title: 'total', align: 'number' },
];

/** Rows per table: decimal points can only be aligned among rows in memory. */
const ROWS = 1_000;

/** Streams snapshots as tables: one per account, and a new one after every thousand rows. */
export async function* historyTables(
  snapshots: AsyncIterable<Shown>,
  currencies: readonly string[] | undefined,
  { simulated, width, timeZone }: TableStyle,
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
  for await (const shown of snapshots) {
    const { snapshot } = shown;
    if (snapshot.account !== account || rows.length >= ROWS) yield flush();
    account = snapshot.account;
    rows.push(...rowsOf(shown, currencies, timeZone));
  }
  yield flush();
}

/** Streams totals as tables, a new one after every thousand rows. */
export async function* totalsOverTime(
  totals: AsyncIterable<Totals>,
  { simulated, width, timeZone }: TableStyle,
): AsyncGenerator<string> {
  let rows: string[][] = [];
  let before = simulated ? `${SIMULATED}\n` : '';
  const flush = () => {
    if (rows.length === 0) return '';
    const text = before + table([...COLUMNS, { title: 'accounts', align: 'number' }], rows, width);
    before = '\n';
    rows = [];
    return text;
  };
  for await (const total of totals) {
    const slot = zoned(total.oldest, timeZone);
    rows.push(
      ...total
        .rows()
        .map((row) => [slot, row.currency, row.balance, row.locked, row.total, String(row.accounts)]),
    );
    if (rows.length >= ROWS) yield flush();
  }
  yield flush();
}

function rowsOf(
  { snapshot, soldOut }: Shown,
  currencies: readonly string[] | undefined,
  timeZone: TimeZone,
): string[][] {
  const slot = zoned(snapshot.slot, timeZone);
  const empty =
    snapshot.balances.length === 0 && currencies === undefined ? [[slot, '(empty)', '', '', '']] : [];
  const listed = only(snapshot, currencies).map((line) => [
    slot,
    line.currency,
    formatDecimal(line.balance),
    formatDecimal(line.locked),
    formatDecimal(held(line)),
  ]);
  const gone = soldOut.filter(wantedBy(currencies)).map((currency) => [slot, currency, '0', '0', '0']);
  return [...empty, ...[...listed, ...gone].sort(([, a = ''], [, b = '']) => byCodeOrder(a, b))];
}
