import { held } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { formatMillisecond, formatSecond } from '../../lambda/core/instant.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { only, type TotalRow } from './balance-rows.ts';
import { type Column, captionOf, table } from './table.ts';

/** What stands above every table of made-up data. */
export const SIMULATED = 'SIMULATED';

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number' },
  { title: 'locked', align: 'number' },
  { title: 'total', align: 'number' },
  { title: 'average price', align: 'number' },
  { title: 'in', align: 'text' },
];

const TOTAL_COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'available', align: 'number' },
  { title: 'locked', align: 'number' },
  { title: 'total', align: 'number' },
  { title: 'accounts', align: 'number' },
];

/** How tables are shown. */
export interface TableStyle {
  /** True for data that was made up: every table then says so. */
  readonly simulated: boolean;
  /** Of the terminal, in characters; Infinity where there is none. */
  readonly width: number;
}

/** One account's balances for people: whose, of when, and a table. Empty where none of the currencies is held. */
export function balanceTable(
  snapshot: Snapshot,
  currencies: readonly string[] | undefined,
  { simulated, width }: TableStyle,
): string {
  const balances = only(snapshot, currencies);
  if (balances.length === 0 && currencies !== undefined) return '';
  const title = [
    snapshot.account,
    ...(simulated ? [SIMULATED] : []),
    `slot ${formatSecond(snapshot.slot)}`,
    `observed ${formatMillisecond(snapshot.observedAt)}`,
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

/** The sums over all accounts for people. Empty where there is none. */
export function totalTable(totals: readonly TotalRow[], { simulated, width }: TableStyle): string {
  if (totals.length === 0) return '';
  const rows = totals.map((row) => [row.currency, row.balance, row.locked, row.total, String(row.accounts)]);
  return `${simulated ? `${SIMULATED}\n` : ''}${table(TOTAL_COLUMNS, rows, width)}`;
}
