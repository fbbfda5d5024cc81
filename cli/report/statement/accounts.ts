import { formatDecimal, isZero } from '../../../lambda/core/decimal.ts';
import type { Snapshot } from '../../../lambda/core/snapshot.ts';
import type { Holding, Sum } from '../../../lambda/core/worth.ts';
import type { Reading } from '../../../lambda/history/latest.ts';
import type { Worth } from '../../../lambda/history/worth.ts';
import { printable } from '../../print/printable.ts';
import { amountCell, decimalsOf, grouped } from '../amount.ts';
import { table } from '../html-table.ts';
import { element, type Markup } from '../markup.ts';
import { type Fact, factList } from './facts.ts';
import type { Statement } from './statement.ts';
import { distance, inUtc, millisecondMark, timeMark } from './times.ts';
import { UNKNOWN, worthCell } from './worth-cell.ts';

/** What each account held and was worth, under its name, with the snapshot that it comes from. Every amount is exact. */
export function accountSections(statement: Statement): Markup[] {
  return statement.readings.map((reading) =>
    element(
      'section',
      { class: 'account' },
      element('h3', {}, reading.account),
      ...accountBody(statement, reading),
    ),
  );
}

function accountBody(statement: Statement, reading: Reading): Markup[] {
  const { snapshot, unreadable } = reading;
  const worth = statement.worths.find(({ account }) => account === reading.account);
  if (unreadable !== undefined) {
    return [warning(`Unknown: the item ${printable(unreadable.key)} cannot be read.`)];
  }
  if (snapshot === undefined || worth === undefined) {
    return [
      warning('Unknown: the ledger has no snapshot of this account at or before the time of the statement.'),
    ];
  }
  return [
    factList(evidence(statement, snapshot)),
    ...(reading.missed.count > 0 || reading.failure !== undefined
      ? [warning('A later slot has no snapshot, see “What is missing”: the amounts may have changed since.')]
      : []),
    worth.holdings.length === 0
      ? element('p', {}, emptyText(snapshot, statement.currencies))
      : holdingTable(worth, statement.unit),
  ];
}

function evidence({ timeZone, at }: Statement, snapshot: Snapshot): Fact[] {
  const { slot, observedAt, serverDate, manual, keyId } = snapshot;
  return [
    [
      'Slot',
      timeMark(slot, timeZone),
      inUtc(slot, timeZone),
      manual ? ', taken by hand, outside the schedule' : '',
    ],
    ['Observed', millisecondMark(observedAt, timeZone), `, ${distance(observedAt, at)}`],
    ...(serverDate === undefined
      ? []
      : [['Upbit’s clock', timeMark(serverDate, timeZone), ' when it answered'] satisfies Fact]),
    ['Key id', element('code', {}, printable(keyId))],
  ];
}

/** The text for a snapshot without lines. With selected currencies, the account need not be empty. */
function emptyText({ balances }: Snapshot, currencies: readonly string[] | undefined): string {
  return currencies === undefined || balances.length === 0
    ? 'The account was empty.'
    : `The snapshot does not list ${printable(currencies.join(', '))}, so the account held none.`;
}

function holdingTable({ account, holdings, sum }: Worth, unit: string): Markup {
  const amounts = [
    { title: 'Available', texts: holdings.map(({ balance }) => formatDecimal(balance.balance)) },
    { title: 'Locked', texts: holdings.map(({ balance }) => formatDecimal(balance.locked)) },
    { title: 'Total', texts: holdings.map(({ total }) => formatDecimal(total)) },
  ].map((column) => ({ ...column, decimals: decimalsOf(column.texts) }));
  const decimals = decimalsOf([...holdings.map(worthText), sumText(sum)]);
  const rows = holdings.map((holding, row) => ({
    title: element('bdi', {}, printable(holding.balance.currency)),
    cells: [
      ...amounts.map((column) => amountCell(column.texts[row] ?? '', column.decimals)),
      worthCell(worthText(holding), decimals, priceText(holding)),
    ],
  }));
  const lacking = sum.unpriced.length === 0 ? [] : [`without ${printable(sum.unpriced.join(', '))}`];
  const last = {
    title: 'Worth',
    cells: [element('td', { colspan: String(amounts.length) }), worthCell(sumText(sum), decimals, lacking)],
  };
  return element(
    'div',
    { class: 'summed' },
    table(
      `What ${account} held, and its worth in ${unit}`,
      [
        { title: 'Currency', amount: false },
        ...amounts.map(({ title }) => ({ title, amount: true })),
        { title: `Worth in ${unit}, and the price`, amount: true },
      ],
      [...rows, last],
    ),
  );
}

/** Nothing held is worth nothing, so without a price that is a dash, not unknown. */
function worthText({ value, total }: Holding): string {
  if (value !== undefined) return formatDecimal(value);
  return isZero(total) ? '–' : UNKNOWN;
}

function sumText({ value }: Sum): string {
  return value === undefined ? UNKNOWN : formatDecimal(value);
}

/** The price of one unit, and the markets that it is computed from; none from a currency to itself. */
function priceText({ way }: Holding): (Markup | string)[] {
  if (way === undefined) return ['no price'];
  if (way.via === '') return [];
  // A line may end between markets, not within the name of one.
  const markets = way.via.split(' ').flatMap((part) => [' ', element('span', {}, printable(part))]);
  return ['price ', grouped(formatDecimal(way.price)), ' =', ...markets];
}

function warning(text: string): Markup {
  return element('p', { class: 'warning' }, text);
}
