import { closingAt } from '../../lambda/core/catalog.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { formatDuration } from '../print/duration.ts';
import { reasonWithDetail } from '../print/reason.ts';
import { amountCell, decimalsOf, sum, total } from './amount.ts';
import { counted } from './count.ts';
import { table } from './html-table.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import {
  type AccountRecord,
  asOf,
  type Holding,
  holdingAt,
  isLong,
  lastSlot,
  type ReportRecord,
  slotsIn,
  type Taken,
} from './record.ts';
import { type Standing, standingAt } from './standing.ts';

/** A line of a table of holdings. */
interface Line {
  readonly currency: string;
  readonly holding: Holding;
  readonly total: string;
}

/** An account and what is known about it at the time in question. */
interface Found extends Standing {
  readonly account: AccountRecord;
}

/**
 * What all accounts held together at an instant, and what each held, with the snapshot that proves it. Many accounts are
 * folded, each in an element with the id `held-` plus its name, so that the page can keep it open on an update.
 */
export function holdings(record: ReportRecord, instant: Instant): Markup {
  const isFolded = isLong(record);
  const found = record.accounts.map((account) => ({ account, ...standingAt(record, account, instant) }));
  // A renamed account would count twice if its closed predecessor were included.
  const open = found.filter(({ account }) => !isClosed(account, instant));
  const summed = open.filter(({ snapshot }) => snapshot !== undefined).length;
  return element(
    'div',
    { class: isFolded ? 'holdings folded' : 'holdings' },
    ...(summed > 1 ? [allAccounts(record, open, found.length - open.length, instant)] : []),
    ...found.map((one) => accountHoldings(record, one, instant, isFolded)),
  );
}

function isClosed({ closings }: AccountRecord, instant: Instant): boolean {
  return closingAt(closings, instant) !== undefined;
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
  const age = instant - snapshot.observedAt;
  const evidence = element(
    'p',
    { class: 'evidence' },
    'Slot ',
    time(formatSecond(snapshot.slot)),
    snapshot.expected ? ', observed ' : ' (outside the schedule), observed ',
    time(formatMillisecond(snapshot.observedAt)),
    age > 60_000 ? `, ${formatDuration(age)} before this time` : '',
  );
  const lines = linesOf(account, snapshot);
  return block(
    lines.length > 0
      ? counted(lines.length, 'currency', 'currencies')
      : wanted === undefined
        ? 'empty'
        : 'not listed',
    evidence,
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
    const last = lacking.at(-1);
    const texts: string[] = [];
    if (last !== undefined) {
      const slots = counted(slotsIn(lacking), 'expected slot');
      texts.push(
        `${slots} since without a snapshot, the last at ${localTime(lastSlot(last), timeZone)}: ${reasonWithDetail(last)}`,
      );
    }
    const closing = closingAt(account.closings, instant);
    if (closing !== undefined) {
      const until = closing.to < Infinity ? ` to ${localTime(closing.to, timeZone)}` : '';
      texts.push(`Closed from ${localTime(closing.from, timeZone)}${until}`);
    }
    return texts.map((text) => element('p', { class: 'warning' }, text));
  }
}

/** The text for a snapshot without lines. With selected currencies, the account need not be empty. */
function emptyText(wanted: readonly string[] | undefined): string {
  return wanted === undefined ? 'The account is empty.' : `The snapshot does not list ${wanted.join(', ')}.`;
}

function linesOf({ currencies }: AccountRecord, { index }: Taken): Line[] {
  return [...currencies].flatMap(([currency, column]) => {
    const holding = holdingAt(column, index);
    return holding === undefined ? [] : [{ currency, holding, total: total(holding) }];
  });
}

/** The sum over the open accounts that have a snapshot, how old it is, and what it lacks. */
function allAccounts(record: ReportRecord, open: readonly Found[], closed: number, instant: Instant): Markup {
  const summed = open.flatMap(({ account, snapshot }) =>
    snapshot === undefined ? [] : [{ account, snapshot }],
  );
  const held = new Map<string, Holding[]>();
  for (const { account, snapshot } of summed) {
    for (const { currency, holding } of linesOf(account, snapshot)) {
      const parts = held.get(currency) ?? [];
      held.set(currency, parts);
      parts.push(holding);
    }
  }
  const lines = [...held]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([currency, parts]): Line => {
      const available = parts.map((part) => part.available);
      const locked = parts.map((part) => part.locked);
      return {
        currency,
        holding: { available: sum(available), locked: sum(locked) },
        total: sum([...available, ...locked]),
      };
    });
  const which =
    summed.length === open.length
      ? `Sum of the ${summed.length} snapshots below`
      : `Sum of the ${summed.length} of ${open.length} accounts that have a snapshot`;
  const without = closed === 0 ? '' : `; ${counted(closed, 'closed account')} left out`;
  return element(
    'article',
    { class: 'together' },
    element('h3', {}, 'All accounts'),
    element('p', { class: 'evidence' }, `${which}${without}. ${oldest(summed, instant)}`),
    ...incomplete(record, open, instant).map((text) => element('p', { class: 'warning' }, text)),
    lineTable('What all accounts held together', lines),
  );
}

/** How old the oldest amounts of a sum are. */
function oldest(summed: readonly { readonly snapshot: Taken }[], instant: Instant): string {
  const observedAt = Math.min(...summed.map(({ snapshot }) => snapshot.observedAt));
  const age = instant - observedAt;
  const before = age > 60_000 ? `, ${formatDuration(age)} before this time` : '';
  return `The oldest was observed ${formatMillisecond(observedAt)}${before}.`;
}

/** Which accounts make the sum incomplete: an older amount is in it, or none at all. */
function incomplete(record: ReportRecord, open: readonly Found[], instant: Instant): string[] {
  // Between the snapshots that a thinned report shows, there may be newer ones.
  const isExact = record.interval === 0 || instant >= asOf(record);
  const old = open.filter(({ snapshot, lacking }) => snapshot !== undefined && lacking.length > 0);
  const none = open.filter(({ snapshot, unreadable }) => snapshot === undefined && unreadable === undefined);
  const unread = open.filter(({ unreadable }) => unreadable !== undefined);
  const names = (list: readonly Found[], more: (one: Found) => string = () => '') =>
    list.map((one) => one.account.account + more(one)).join(', ');
  const asOfSlot = ({ snapshot }: Found) =>
    snapshot === undefined ? '' : ` (as of ${localTime(snapshot.slot, record.timeZone)})`;
  return [
    ...(old.length === 0
      ? []
      : [
          isExact
            ? `No snapshot of the last expected slot, so an older amount is in this sum: ${names(old, asOfSlot)}`
            : `Not every slot since has a snapshot: ${names(old, asOfSlot)}`,
        ]),
    ...(none.length === 0 ? [] : [`No snapshot in this report, so not in this sum: ${names(none)}`]),
    ...(unread.length === 0 ? [] : [`The newest item cannot be read, so not in this sum: ${names(unread)}`]),
  ];
}

function lineTable(caption: string, lines: readonly Line[]): Markup {
  const columns = [
    { title: 'Total', amounts: lines.map((line) => line.total) },
    { title: 'Available', amounts: lines.map(({ holding }) => holding.available) },
    { title: 'Locked', amounts: lines.map(({ holding }) => holding.locked) },
  ].map((column) => ({ ...column, amount: true, decimals: decimalsOf(column.amounts) }));
  const rows = lines.map(({ currency }, row) => ({
    title: element('bdi', {}, currency),
    cells: columns.map(({ amounts, decimals }) => amountCell(amounts[row] ?? '', decimals)),
  }));
  return table(caption, [{ title: 'Currency', amount: false }, ...columns], rows);
}

function time(iso: string): Markup {
  return element('time', { datetime: iso }, iso);
}
