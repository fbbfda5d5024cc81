import { textOf } from '../print/reason.ts';
import { table } from './html-table.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import {
  type AccountRecord,
  isHole,
  isLong,
  type Lacking,
  type Moment,
  type ReportRecord,
} from './record.ts';

/** The number of expected slots by outcome. `expected` is the sum of the others. */
export interface Tally {
  readonly expected: number;
  readonly taken: number;
  readonly failed: number;
  readonly missing: number;
  /** Failures that may still recover. */
  readonly open: number;
}

/** Lists longer than this are folded. */
const SHORT = 8;
/** How many different details of one stretch are shown. */
const DETAILS = 2;

export function tally({ moments }: AccountRecord): Tally {
  const expected = moments.filter((moment) => moment.expected);
  const count = (is: (moment: Moment) => boolean) => expected.filter(is).length;
  return {
    expected: expected.length,
    taken: count(({ kind }) => kind === 'snapshot'),
    failed: count((moment) => isHole(moment) && moment.kind === 'failure'),
    missing: count((moment) => isHole(moment) && moment.kind === 'missing'),
    open: count((moment) => moment.kind !== 'snapshot' && !moment.due),
  };
}

/** The sums over several accounts. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const over = (name: keyof Tally) => tallies.reduce((sum, one) => sum + one[name], 0);
  return {
    expected: over('expected'),
    taken: over('taken'),
    failed: over('failed'),
    missing: over('missing'),
    open: over('open'),
  };
}

/** The slots expected, taken, failed and missing, account by account, and every gap with its reason. */
export function completeness(record: ReportRecord): Markup {
  return element(
    'div',
    { class: 'completeness' },
    tallyTable(record),
    ...record.accounts.flatMap((account) => gapList(account, record)),
  );
}

function tallyTable({ accounts }: ReportRecord): Markup {
  const rows = accounts.map((account) => ({ name: account.account, ...tally(account) }));
  if (rows.length > 1) rows.push({ name: 'All accounts', ...sumOf(rows) });
  const anyOpen = rows.some(({ open }) => open > 0);
  const titles = ['Expected', 'Taken', 'Failed', 'Missing', ...(anyOpen ? ['Undecided'] : []), 'Complete'];
  const lines = rows.map(({ name, expected, taken, failed, missing, open }) => ({
    title: name,
    cells: [
      ...[expected, taken, failed, missing, ...(anyOpen ? [open] : [])].map((count, column) =>
        element(
          'td',
          { class: `amount${count === 0 ? ' zero' : column > 1 ? ' lacking' : ''}` },
          count.toLocaleString('en'),
        ),
      ),
      element('td', { class: 'amount' }, share(taken, expected)),
    ],
  }));
  return table(
    'Slots expected, taken, failed and missing, by account',
    [{ title: 'Account', amount: false }, ...titles.map((title) => ({ title, amount: true }))],
    lines,
  );
}

/** A percentage, rounded down, so that only a complete record is 100 %. */
export function share(taken: number, expected: number): string {
  return expected === 0 ? '–' : `${Math.floor((10_000 * taken) / expected) / 100} %`;
}

function gapList(account: AccountRecord, record: ReportRecord): Markup[] {
  const { timeZone } = record;
  const found = stretches(account.moments);
  if (found.length === 0) return [];
  const slots = found.reduce((count, stretch) => count + stretch.length, 0);
  const title = `${account.account}: ${slots} ${slots === 1 ? 'slot' : 'slots'} without a snapshot`;
  return [
    element(
      'details',
      { open: found.length <= SHORT && !isLong(record) },
      element('summary', {}, title),
      element(
        'ol',
        { class: 'gaps' },
        ...found.map((stretch) => {
          const [first, last] = [stretch[0], stretch.at(-1)];
          if (first === undefined || last === undefined) return '';
          const begin = localTime(first.slot, timeZone);
          const end = localTime(last.slot, timeZone);
          const when =
            first === last
              ? begin
              : `${begin} to ${begin.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`;
          return element(
            'li',
            {},
            element('span', { class: 'when' }, when),
            element('span', { class: 'count' }, stretch.length === 1 ? '' : `${stretch.length} slots`),
            element('code', {}, first.reason),
            element('span', { class: 'why' }, why(stretch, first)),
          );
        }),
      ),
    ),
  ];
}

/** Groups of consecutive slots without a snapshot for the same reason. */
function stretches(moments: readonly Moment[]): Lacking[][] {
  const found: Lacking[][] = [];
  let before: Moment | undefined;
  for (const moment of moments) {
    if (moment.kind !== 'snapshot' && moment.kind !== 'pause') {
      const last = found.at(-1);
      const goes = before !== undefined && last?.at(-1) === before && isAlike(last[0], moment);
      if (goes) last?.push(moment);
      else found.push([moment]);
    }
    before = moment;
  }
  return found;
}

function isAlike(a: Lacking | undefined, b: Lacking): boolean {
  return a?.reason === b.reason && a.expected === b.expected && a.due === b.due;
}

function why(stretch: readonly Lacking[], first: Lacking): string {
  const details = [...new Set(stretch.map(({ detail }) => detail))].filter((detail) => detail !== '');
  const more = details.length > DETAILS ? [`and ${details.length - DETAILS} more`] : [];
  return [
    ...(first.expected ? [] : ['Outside the schedule.']),
    ...(first.due ? [] : ['It may still recover.']),
    textOf(first.reason)?.happened ?? '',
    details.length === 0 ? '' : `${[...details.slice(0, DETAILS), ...more].join('; ')}.`,
    textOf(first.reason)?.remedy ?? '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}
