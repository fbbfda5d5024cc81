import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { formatDuration } from '../duration.ts';
import { amountCell, decimalsOf, sum, total } from './amount.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import { reasonWithDetail } from './reason.ts';
import {
  type AccountRecord,
  type Holding,
  holdingAt,
  isHole,
  placeAt,
  type ReportRecord,
  type Taken,
} from './record.ts';
import { table } from './table.ts';

/** A line of a table of holdings. `amounts` are all that make up the total, so that no sum is summed again. */
interface Line {
  readonly currency: string;
  readonly holding: Holding;
  readonly total: string;
}

/** What every account held at an instant, each with the snapshot that proves it, and all of them together. */
export function holdings(record: ReportRecord, instant: Instant): Markup {
  const found = record.accounts.map((account) => ({ account, snapshot: snapshotAt(account, instant) }));
  const snapshots = found.flatMap(({ account, snapshot }) =>
    snapshot === undefined ? [] : [{ account, snapshot }],
  );
  return element(
    'div',
    { class: 'holdings' },
    ...found.map(({ account, snapshot }) => accountHoldings(record, account, snapshot, instant)),
    ...(snapshots.length > 1 ? [together(snapshots, found.length)] : []),
  );
}

function snapshotAt({ moments }: AccountRecord, instant: Instant): Taken | undefined {
  for (let place = placeAt(moments, instant); place >= 0; place -= 1) {
    const moment = moments[place];
    if (moment?.kind === 'snapshot') return moment;
  }
  return undefined;
}

function accountHoldings(
  { timeZone, from }: ReportRecord,
  account: AccountRecord,
  snapshot: Taken | undefined,
  instant: Instant,
): Markup {
  const title = element('h3', {}, account.account);
  if (snapshot === undefined) {
    const none = `No snapshot from ${localTime(from, timeZone)} up to this time is in this report.`;
    return element('article', {}, title, element('p', { class: 'quiet' }, none), ...warnings());
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
  return element(
    'article',
    {},
    title,
    evidence,
    ...warnings(),
    lines.length === 0
      ? element('p', { class: 'quiet' }, 'The account is empty.')
      : lineTable(`What ${account.account} held at ${localTime(snapshot.slot, timeZone)}`, lines),
  );

  function warnings(): Markup[] {
    const since = placeAt(account.moments, snapshot?.slot ?? -Infinity) + 1;
    const lacking = account.moments.slice(since, placeAt(account.moments, instant) + 1).filter(isHole);
    const last = lacking.at(-1);
    const texts: string[] = [];
    if (last !== undefined) {
      const slots = lacking.length === 1 ? '1 expected slot' : `${lacking.length} expected slots`;
      texts.push(
        `${slots} since without a snapshot, the last at ${localTime(last.slot, timeZone)}: ${reasonWithDetail(last)}`,
      );
    }
    if (account.closedFrom !== undefined && account.closedFrom <= instant) {
      texts.push(`Closed from ${localTime(account.closedFrom, timeZone)}`);
    }
    return texts.map((text) => element('p', { class: 'warning' }, text));
  }
}

function linesOf({ currencies }: AccountRecord, { index }: Taken): Line[] {
  return [...currencies].flatMap(([currency, column]) => {
    const holding = holdingAt(column, index);
    return holding === undefined ? [] : [{ currency, holding, total: total(holding) }];
  });
}

function together(
  snapshots: readonly { readonly account: AccountRecord; readonly snapshot: Taken }[],
  accounts: number,
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
    snapshots.length === accounts
      ? `The sum of the ${accounts} snapshots named here`
      : `The sum of the ${snapshots.length} of ${accounts} accounts that have a snapshot`;
  return element(
    'article',
    { class: 'together' },
    element('h3', {}, 'All accounts'),
    element('p', { class: 'evidence' }, which),
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
