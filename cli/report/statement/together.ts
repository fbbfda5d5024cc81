import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { totalRows } from '../../print/balance-rows.ts';
import { printable } from '../../print/printable.ts';
import { amountCell, decimalsOf } from '../amount.ts';
import { counted } from '../count.ts';
import { table } from '../html-table.ts';
import { element, type Markup } from '../markup.ts';
import type { Statement } from './statement.ts';
import { timeMark } from './times.ts';
import { UNKNOWN, worthCell } from './worth-cell.ts';

/** What all accounts were worth and held together, if there are several. */
export function together(statement: Statement): Markup[] {
  if (statement.readings.length < 2) return [];
  return [
    element(
      'section',
      {},
      element('h2', {}, 'All accounts together'),
      element('div', { class: 'summed' }, worthTable(statement)),
      ...totals(statement),
    ),
  ];
}

/** The worth of each account, and the sum; an account that cannot be valued is listed too. */
function worthTable({ readings, worths, sum, unit, timeZone }: Statement): Markup {
  const values = readings.map(({ account }) => {
    const value = worths.find((worth) => worth.account === account)?.sum.value;
    return value === undefined ? UNKNOWN : formatDecimal(value);
  });
  const whole = sum?.sum.value === undefined ? UNKNOWN : formatDecimal(sum.sum.value);
  const decimals = decimalsOf([...values, whole]);
  const rows = readings.map(({ account, snapshot, unreadable }, row) => {
    const unpriced = worths.find((worth) => worth.account === account)?.sum.unpriced ?? [];
    const without = unreadable === undefined ? 'no snapshot' : 'cannot be read';
    return {
      title: account,
      cells: [
        element('td', {}, snapshot === undefined ? without : timeMark(snapshot.slot, timeZone)),
        element('td', {}, printable(unpriced.join(', '))),
        worthCell(values[row] ?? UNKNOWN, decimals),
      ],
    };
  });
  const last = {
    title: sum === undefined ? 'Sum' : `Sum of ${counted(sum.accounts.size, 'account')}`,
    cells: [
      element('td', {}),
      element('td', {}, printable(sum?.sum.unpriced.join(', ') ?? '')),
      worthCell(whole, decimals),
    ],
  };
  return table(
    `What each account was worth in ${unit}`,
    [
      { title: 'Account', amount: false },
      { title: 'Slot', amount: false },
      { title: 'Held without a price', amount: false },
      { title: `Worth in ${unit}`, amount: true },
    ],
    [...rows, last],
  );
}

/** What all accounts held, by currency; left out if something that cannot be read would be missing from it. */
function totals({ readings, currencies, sum }: Statement): Markup[] {
  if (sum === undefined) return [];
  const rows = totalRows(
    readings.flatMap(({ snapshot }) => snapshot ?? []),
    currencies,
  );
  if (rows.length === 0) return [];
  const columns = (['balance', 'locked', 'total'] as const).map((name) => ({
    name,
    decimals: decimalsOf(rows.map((row) => row[name])),
  }));
  return [
    table(
      'What all accounts held together',
      [
        { title: 'Currency', amount: false },
        { title: 'Available', amount: true },
        { title: 'Locked', amount: true },
        { title: 'Total', amount: true },
        { title: 'Accounts', amount: true },
      ],
      rows.map((row) => ({
        title: element('bdi', {}, printable(row.currency)),
        cells: [
          ...columns.map(({ name, decimals }) => amountCell(row[name], decimals)),
          element('td', { class: 'amount' }, String(row.accounts)),
        ],
      })),
    ),
  ];
}
