import { held } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { only, type TotalRow } from './balance-rows.ts';
import { type Column, captionOf, table } from './table.ts';
import { zoned, zonedMillisecond, zonedText } from './zoned.ts';

/** Heads every table of simulated data. */
export const SIMULATED = 'SIMULATED';

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number', leftOut: 1 },
  { title: 'locked', align: 'number', leftOut: 1 },
  { title: 'total', align: 'number' },
  { title: 'average price', align: 'number', leftOut: 2 },
  { title: 'in', align: 'text', leftOut: 2 },
];

const TOTAL_COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number', leftOut: 1 },
  { title: 'locked', align: 'number', leftOut: 1 },
  { title: 'total', align: 'number' },
  { title: 'accounts', align: 'number' },
  { title: 'oldest slot', align: 'text', leftOut: 2 },
];

/** How tables are printed. */
export interface TableStyle {
  /** True for simulated data: every table says so. */
  readonly simulated: boolean;
  /** Width of the terminal in characters; Infinity if there is none. */
  readonly width: number;
  /** The zone in which it shows times. */
  readonly timeZone: TimeZone;
}

/** A table of one account's balances under a caption. Empty if none of the requested currencies is listed. */
export function balanceTable(
  snapshot: Snapshot,
  currencies: readonly string[] | undefined,
  { simulated, width, timeZone }: TableStyle,
): string {
  const balances = only(snapshot, currencies);
  if (balances.length === 0 && currencies !== undefined) return '';
  const title = [
    snapshot.account,
    ...(simulated ? [SIMULATED] : []),
    `slot ${zoned(snapshot.slot, timeZone)}`,
    `observed ${zonedMillisecond(snapshot.observedAt, timeZone)}`,
  ];
  const rows = balances.map((line) => [
    line.currency,
    formatDecimal(line.balance),
    formatDecimal(line.locked),
    formatDecimal(held(line)),
    formatDecimal(line.avgBuyPrice),
    line.unitCurrency,
  ]);
  return `${captionOf(title, width)}${rows.length === 0 ? '(empty)\n' : table(COLUMNS, rows, width)}`;
}

/** A table of the totals over all accounts. Empty if there are none. */
export function totalTable(totals: readonly TotalRow[], { simulated, width, timeZone }: TableStyle): string {
  if (totals.length === 0) return '';
  const rows = totals.map((row) => [
    row.currency,
    row.balance,
    row.locked,
    row.total,
    String(row.accounts),
    zonedText(row.oldest_slot, timeZone),
  ]);
  return `${simulated ? `${SIMULATED}\n` : ''}${table(TOTAL_COLUMNS, rows, width)}`;
}
