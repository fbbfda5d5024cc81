import { held } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { only, type Totals, wantedBy } from './balance-rows.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { mapAsync } from './map-async.ts';
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

/** The rows of one part of an answer, and the caption of the table they belong to; empty for none. */
interface Part {
  readonly caption: string;
  readonly rows: readonly (readonly string[])[];
}

/** Streams snapshots as tables: one per account, and a new one after every thousand rows. */
export function historyTables(
  snapshots: AsyncIterable<Shown>,
  currencies: readonly string[] | undefined,
  { simulated, width, timeZone }: TableStyle,
): AsyncGenerator<string> {
  const parts = mapAsync(snapshots, (shown) => ({
    caption: [shown.snapshot.account, ...(simulated ? [SIMULATED] : [])].join('  '),
    rows: rowsOf(shown, currencies, timeZone),
  }));
  return tables(COLUMNS, parts, width);
}

/** Streams totals as tables, a new one after every thousand rows. */
export function totalsOverTime(
  totals: AsyncIterable<Totals>,
  { simulated, width, timeZone }: TableStyle,
): AsyncGenerator<string> {
  const parts = mapAsync(totals, (total) => ({
    caption: simulated ? SIMULATED : '',
    rows: total
      .rows()
      .map((row) => [
        zoned(total.oldest, timeZone),
        row.currency,
        row.balance,
        row.locked,
        row.total,
        String(row.accounts),
      ]),
  }));
  return tables([...COLUMNS, { title: 'accounts', align: 'number' }], parts, width);
}

/** A table for each run of parts with the same caption, and a new one after every thousand rows. */
async function* tables(
  columns: readonly Column[],
  parts: AsyncIterable<Part>,
  width: number,
): AsyncGenerator<string> {
  let caption = '';
  let rows: (readonly string[])[] = [];
  let before = '';
  const flush = () => {
    if (rows.length === 0) return '';
    const text = `${before}${caption === '' ? '' : `${caption}\n`}${table(columns, rows, width)}`;
    before = '\n';
    rows = [];
    return text;
  };
  for await (const part of parts) {
    if (part.caption !== caption || rows.length >= ROWS) yield flush();
    caption = part.caption;
    rows.push(...part.rows);
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
