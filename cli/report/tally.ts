import type { Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { textOf } from '../print/reason.ts';
import { count, counted } from './count.ts';
import { table } from './html-table.ts';
import { localStretch } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import {
  type AccountRecord,
  isAlike,
  isLong,
  type Lacking,
  lastSlot,
  type Moment,
  type ReportRecord,
  slotsIn,
  type Tally,
} from './record.ts';

/** Lists longer than this are folded. */
const SHORT = 8;
/** How many different details of one stretch are shown. */
const DETAILS = 2;

/** The sums over several accounts. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const over = (name: keyof Tally) => tallies.reduce((sum, one) => sum + one[name], 0);
  return {
    expected: over('expected'),
    taken: over('taken'),
    failed: over('failed'),
    missing: over('missing'),
    unreadable: over('unreadable'),
    open: over('open'),
  };
}

/** The expected slots by outcome, account by account, and every gap with its reason. */
export function completeness(record: ReportRecord): Markup {
  return element(
    'div',
    { class: 'completeness' },
    tallyTable(record),
    ...(isLong(record)
      ? joinedGapList(record)
      : record.accounts.flatMap((account) => gapList(account, record))),
  );
}

/** The columns of the table. Some are shown only if one of their numbers is not 0. */
const COLUMNS: readonly { title: string; name: keyof Tally; isBad: boolean; isRare: boolean }[] = [
  { title: 'Expected', name: 'expected', isBad: false, isRare: false },
  { title: 'Taken', name: 'taken', isBad: false, isRare: false },
  { title: 'Failed', name: 'failed', isBad: true, isRare: false },
  { title: 'Missing', name: 'missing', isBad: true, isRare: false },
  { title: 'Unreadable', name: 'unreadable', isBad: true, isRare: true },
  { title: 'Undecided', name: 'open', isBad: true, isRare: true },
];

function tallyTable({ accounts }: ReportRecord): Markup {
  const rows: { title: string; counts: Tally }[] = accounts.map(({ account, counts }) => ({
    title: account,
    counts,
  }));
  if (rows.length > 1) rows.push({ title: 'All accounts', counts: sumOf(rows.map(({ counts }) => counts)) });
  const columns = COLUMNS.filter(
    ({ name, isRare }) => !isRare || rows.some(({ counts }) => counts[name] > 0),
  );
  const titles = [...columns.map(({ title }) => title), 'Complete'];
  const lines = rows.map(({ title, counts }) => ({
    title,
    cells: [
      ...columns.map(({ name, isBad }) =>
        element(
          'td',
          { class: `amount${counts[name] === 0 ? ' zero' : isBad ? ' lacking' : ''}` },
          count(counts[name]),
        ),
      ),
      element('td', { class: 'amount' }, share(counts.taken, counts.expected)),
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

function gapList(account: AccountRecord, { timeZone }: ReportRecord): Markup[] {
  const gaps = stretches(account.moments).map((stretch) => gapOf(stretch, timeZone));
  if (gaps.length === 0) return [];
  const slots = gaps.reduce((sum, one) => sum + one.slots, 0);
  return [foldedList(`${account.account}: ${counted(slots, 'slot')} without a snapshot`, gaps)];
}

/** The gaps of many accounts in one list: those that share one, as in an outage, share its line. */
function joinedGapList({ accounts, timeZone }: ReportRecord): Markup[] {
  const found = new Map<string, Gap & { readonly first: Instant; readonly who: string[] }>();
  let slots = 0;
  for (const { account, moments } of accounts)
    for (const stretch of stretches(moments)) {
      const gap = gapOf(stretch, timeZone);
      slots += gap.slots;
      const key = [gap.when, gap.slots, gap.reason, gap.why].join('\n');
      const same = found.get(key) ?? { ...gap, first: stretch[0]?.slot ?? 0, who: [] };
      same.who.push(account);
      found.set(key, same);
    }
  if (found.size === 0) return [];
  const gaps = [...found.values()]
    .sort((a, b) => a.first - b.first)
    .map((gap) => ({
      ...gap,
      who: gap.who.length === accounts.length ? [`all ${accounts.length} accounts`] : gap.who,
    }));
  return [foldedList(`All accounts: ${counted(slots, 'slot')} without a snapshot`, gaps)];
}

/** Consecutive slots without a snapshot for the same reason, in words. */
interface Gap {
  readonly when: string;
  /** How many, of each account. */
  readonly slots: number;
  readonly reason: string;
  readonly why: string;
  /** Whose they are, if the list is not that of one account. */
  readonly who: readonly string[];
}

function gapOf(stretch: readonly [Lacking, ...Lacking[]], timeZone: TimeZone): Gap {
  const [first] = stretch;
  return {
    when: localStretch(first.slot, lastSlot(stretch.at(-1) ?? first), timeZone),
    slots: slotsIn(stretch),
    reason: first.reason,
    why: why(stretch, first),
    who: [],
  };
}

function foldedList(title: string, gaps: readonly Gap[]): Markup {
  return element(
    'details',
    { open: gaps.length <= SHORT },
    element('summary', {}, title),
    element(
      'ol',
      { class: 'gaps' },
      ...gaps.map(({ when, slots, reason, why: text, who }) =>
        element(
          'li',
          {},
          element('span', { class: 'when' }, when),
          element('span', { class: 'count' }, slots === 1 ? '' : counted(slots, 'slot')),
          element('code', {}, reason),
          ...(who.length === 0 ? [] : [element('span', { class: 'who' }, who.join(', '))]),
          element('span', { class: 'why' }, text),
        ),
      ),
    ),
  );
}

/** Groups of consecutive slots without a snapshot for the same reason. */
function stretches(moments: readonly Moment[]): [Lacking, ...Lacking[]][] {
  const found: [Lacking, ...Lacking[]][] = [];
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
