import { closingAt } from '../../lambda/core/catalog.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { formatDuration } from '../print/duration.ts';
import { reasonWithDetail } from '../print/reason.ts';
import { amountCell, decimalsOf, sum, total } from './amount.ts';
import { table } from './html-table.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import {
  type AccountRecord,
  type Holding,
  holdingAt,
  isHole,
  isLong,
  type Lacking,
  placeAt,
  type ReportRecord,
  type Taken,
} from './record.ts';

/** A line of a table of holdings. */
interface Line {
  readonly currency: string;
  readonly holding: Holding;
  readonly total: string;
}

/**
 * What all accounts held together at an instant, and what each held, with the snapshot that proves it. Many accounts are
 * folded, each in an element with the id `held-` plus its name, so that the page can keep it open on an update.
 */
export function holdings(record: ReportRecord, instant: Instant): Markup {
  const isFolded = isLong(record);
  const found = record.accounts.map((account) => ({ account, snapshot: snapshotAt(account, instant) }));
  // A renamed account would count twice if its closed predecessor were included.
  const open = found.filter(({ account }) => !isClosed(account, instant));
  const snapshots = open.flatMap(({ account, snapshot }) =>
    snapshot === undefined ? [] : [{ account, snapshot }],
  );
  return element(
    'div',
    { class: isFolded ? 'holdings folded' : 'holdings' },
    ...(snapshots.length > 1 ? [allAccounts(snapshots, open.length, found.length)] : []),
    ...found.map(({ account, snapshot }) => accountHoldings(record, account, snapshot, instant, isFolded)),
  );
}

function isClosed({ closings }: AccountRecord, instant: Instant): boolean {
  return closingAt(closings, instant) !== undefined;
}

function snapshotAt({ moments }: AccountRecord, instant: Instant): Taken | undefined {
  for (let place = placeAt(moments, instant); place >= 0; place -= 1) {
    const moment = moments[place];
    if (moment?.kind === 'snapshot') return moment;
  }
  return undefined;
}

function accountHoldings(
  { timeZone, from, currencies: wanted }: ReportRecord,
  account: AccountRecord,
  snapshot: Taken | undefined,
  instant: Instant,
  isFolded: boolean,
): Markup {
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
  const currencies = lines.length === 1 ? '1 currency' : `${lines.length} currencies`;
  return block(
    lines.length > 0 ? currencies : wanted === undefined ? 'empty' : 'not listed',
    evidence,
    ...warnings(),
    lines.length === 0
      ? element('p', { class: 'quiet' }, emptyText(wanted))
      : lineTable(`What ${account.account} held at ${localTime(snapshot.slot, timeZone)}`, lines),
  );

  function block(inShort: string, ...children: Markup[]): Markup {
    const title = element('h3', {}, account.account);
    if (!isFolded) return element('article', {}, title, ...children);
    const last = lacking().at(-1);
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

  /** The expected slots since the snapshot; none of them has one. */
  function lacking(): Lacking[] {
    const since = placeAt(account.moments, snapshot?.slot ?? -Infinity) + 1;
    return account.moments.slice(since, placeAt(account.moments, instant) + 1).filter(isHole);
  }

  function warnings(): Markup[] {
    const missed = lacking();
    const last = missed.at(-1);
    const texts: string[] = [];
    if (last !== undefined) {
      const slots = missed.length === 1 ? '1 expected slot' : `${missed.length} expected slots`;
      texts.push(
        `${slots} since without a snapshot, the last at ${localTime(last.slot, timeZone)}: ${reasonWithDetail(last)}`,
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

function allAccounts(
  snapshots: readonly { readonly account: AccountRecord; readonly snapshot: Taken }[],
  open: number,
  all: number,
): Markup {
  const held = new Map<string, Holding[]>();
  for (const { account, snapshot } of snapshots) {
    for (const { currency, holding } of linesOf(account, snapshot)) {
      held.set(currency, [...(held.get(currency) ?? []), holding]);
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
    snapshots.length === open
      ? `Sum of the ${open} snapshots below`
      : `Sum of the ${snapshots.length} of ${open} accounts that have a snapshot`;
  const closed =
    open === all ? '' : `; ${all - open} closed ${all - open === 1 ? 'account' : 'accounts'} left out`;
  return element(
    'article',
    { class: 'together' },
    element('h3', {}, 'All accounts'),
    element('p', { class: 'evidence' }, which + closed),
    lineTable('What all accounts held together', lines),
  );
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
