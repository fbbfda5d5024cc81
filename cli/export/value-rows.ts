import { BALANCE_COLUMNS, type BalanceRow, balanceRows } from '../print/balance-rows.ts';
import { type WorthRow, worthRows } from '../print/worth-rows.ts';
import type { ShownWorth } from './with-worth.ts';

/** A row of a snapshot with its value: the columns of `history`, and those of `worth`. */
export type ValueRow = BalanceRow & Pick<WorthRow, 'price' | 'via' | 'value' | 'in'>;

export const VALUE_COLUMNS = [
  ...BALANCE_COLUMNS,
  'price',
  'via',
  'value',
  'in',
] as const satisfies readonly (keyof ValueRow)[];

/** The rows of one snapshot, with what each was worth in `unit`; null where there is no price. */
export function valueRows(
  one: ShownWorth,
  currencies: readonly string[] | undefined,
  unit: string,
): ValueRow[] {
  const valued = new Map(worthRows(one, unit).map((row) => [row.currency, row]));
  return balanceRows(one.shown.snapshot, currencies, one.shown.soldOut).map((row) => {
    const { price = null, via = null, value = null } = valued.get(row.currency) ?? {};
    return { ...row, price, via, value, in: unit };
  });
}
