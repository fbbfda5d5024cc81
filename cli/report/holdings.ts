import { add, formatDecimal, ZERO } from '../../lambda/core/decimal.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { amountCell, decimalsOf, total } from './amount.ts';
import { counted } from './count.ts';
import { evidence, type Found, foundAt, isClosed, openOf, sumEvidence, warningsOf } from './evidence.ts';
import { table } from './html-table.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import {
  type AccountRecord,
  type Holding,
  holdingAt,
  isLong,
  lastSlot,
  type ReportRecord,
  type Taken,
} from './record.ts';

/** A line of a table of holdings. */
interface Line {
  readonly currency: string;
  readonly amounts: Amounts;
}

type Amounts = Pick<Holding, 'balance' | 'locked'>;

/**
 * What all accounts held together at an instant, and what each held, with the snapshot that proves it. Many accounts are
 * folded, each in an element with the id `held-` plus its name, so that the page can keep it open on an update.
 */
export function holdings(record: ReportRecord, instant: Instant): Markup {
  const isFolded = isLong(record);
  const found = foundAt(record, instant);
  const open = openOf(found, instant);
  const summed = open.filter(({ snapshot }) => snapshot !== undefined).length;
  return element(
    'div',
    { class: isFolded ? 'holdings folded' : 'holdings' },
    ...(summed > 1 ? [allAccounts(record, open, found.length - open.length, instant)] : []),
    ...found.map((one) => accountHoldings(record, one, instant, isFolded)),
  );
}

function accountHoldings(
  { timeZone, from, currencies: wanted }: ReportRecord,
  { account, snapshot, unreadable, lacking }: Found,
  instant: Instant,
  isFolded: boolean,
): Markup {
  if (unreadable !== undefined) {
    const what = `Unknown: the item of ${localTime(lastSlot(unreadable), timeZone)} cannot be read (${unreadable.detail}).`;
    return block('unknown', element('p', { class: 'warning' }, what), ...warnings());
  }
  if (snapshot === undefined) {
    const none = `This report has no snapshot from ${localTime(from, timeZone)} up to this time.`;
    return block('no snapshot', element('p', { class: 'quiet' }, none), ...warnings());
  }
  const lines = linesOf(account, snapshot);
  return block(
    lines.length > 0
      ? counted(lines.length, 'currency', 'currencies')
      : wanted === undefined
        ? 'empty'
        : 'not listed',
    evidence(snapshot, instant),
    ...warnings(),
    lines.length === 0
      ? element('p', { class: 'quiet' }, emptyText(wanted))
      : lineTable(`What ${account.account} held at ${localTime(snapshot.slot, timeZone)}`, lines),
  );

  function block(inShort: string, ...children: Markup[]): Markup {
    const title = element('h3', {}, account.account);
    if (!isFolded) return element('article', {}, title, ...children);
    const last = lacking.at(-1);
    const marks = [
      ...(last === undefined ? [] : [last.reason]),
      ...(isClosed(account, instant) ? ['closed'] : []),
    ];
    const said = element('span', { class: 'quiet' }, inShort);
    return element(
      'details',
      { id: `held-${account.account}` },
      element('summary', {}, title, ' ', said, ' ', element('span', { class: 'warning' }, marks.join(', '))),
      ...children,
    );
  }

  function warnings(): Markup[] {
    return warningsOf(timeZone, { account, snapshot, unreadable, lacking }, instant);
  }
}

/** The text for a snapshot without lines. With selected currencies, the account need not be empty. */
function emptyText(wanted: readonly string[] | undefined): string {
  return wanted === undefined ? 'The account is empty.' : `The snapshot does not list ${wanted.join(', ')}.`;
}

function linesOf({ currencies }: AccountRecord, { index }: Taken): Line[] {
  return [...currencies].flatMap(([currency, column]) => {
    const holding = holdingAt(column, index);
    return holding === undefined ? [] : [{ currency, amounts: holding }];
  });
}

/** The sum over the open accounts that have a snapshot, how old it is, and what it lacks. */
function allAccounts(record: ReportRecord, open: readonly Found[], closed: number, instant: Instant): Markup {
  const summed = open.flatMap(({ account, snapshot }) =>
    snapshot === undefined ? [] : [{ account, snapshot }],
  );
  const held = new Map<string, Amounts>();
  for (const { account, snapshot } of summed) {
    for (const { currency, amounts } of linesOf(account, snapshot)) {
      const { balance, locked } = held.get(currency) ?? { balance: ZERO, locked: ZERO };
      held.set(currency, { balance: add(balance, amounts.balance), locked: add(locked, amounts.locked) });
    }
  }
  const lines = [...held]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([currency, amounts]): Line => ({ currency, amounts }));
  return element(
    'article',
    { class: 'together' },
    element('h3', {}, 'All accounts'),
    ...sumEvidence(record, open, closed, instant),
    lineTable('What all accounts held together', lines),
  );
}

function lineTable(caption: string, lines: readonly Line[]): Markup {
  const columns = [
    { title: 'Total', amounts: lines.map(({ amounts }) => formatDecimal(total(amounts))) },
    { title: 'Available', amounts: lines.map(({ amounts }) => formatDecimal(amounts.balance)) },
    { title: 'Locked', amounts: lines.map(({ amounts }) => formatDecimal(amounts.locked)) },
  ].map((column) => ({ ...column, amount: true, decimals: decimalsOf(column.amounts) }));
  const rows = lines.map(({ currency }, row) => ({
    title: element('bdi', {}, currency),
    cells: columns.map(({ amounts, decimals }) => amountCell(amounts[row] ?? '', decimals)),
  }));
  return table(caption, [{ title: 'Currency', amount: false }, ...columns], rows);
}
