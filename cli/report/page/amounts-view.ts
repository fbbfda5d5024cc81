import { grouped } from '../amount.ts';
import { counted } from '../count.ts';
import { localTime } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { type AccountRecord, isHole, type Moment, type ReportRecord, slotsIn } from '../record.ts';
import type { Line } from './chart.ts';
import { keyItem, picker } from './dom.ts';
import { createFrame, type Frame, type FrameOptions } from './frame.ts';
import { holesOf, namesOf } from './holes.ts';
import { type Opening, usual } from './opening.ts';
import { readout, spoken } from './readout.ts';
import { momentTable } from './rows.ts';
import { amountsAt, seriesOf } from './series.ts';

const LINES: readonly Line[] = [
  { colour: '--accent', width: 2 },
  { colour: '--second', width: 1.5, dash: [4, 3] },
];

/** The chart of what an account held of a currency. */
export function createAmounts(
  record: ReportRecord,
  shown: readonly AccountRecord[],
  first: Opening,
  where: Pick<FrameOptions, 'section' | 'begin' | 'end' | 'onAsk'>,
): Frame {
  const { timeZone } = record;
  const isThinned = record.interval > 0;
  let { account, currency } = first;
  const accounts = picker('Account', (name) => {
    account = shown.find((one) => one.account === name) ?? account;
    if (!account.currencies.has(currency)) currency = usual(account);
    show();
  });
  const currencies = picker('Currency', (name) => {
    currency = name;
    show();
  });
  const frame = createFrame({ ...where, timeZone, lines: LINES, pickers: [accounts.node, currencies.node] });
  accounts.offer(
    shown.map((one) => one.account),
    account.account,
  );
  show();
  return frame;

  function show(): void {
    const { moments } = account;
    const series = seriesOf(account, currency, isThinned);
    const at = (place: number) => moments[Math.min(place, moments.length - 1)];
    const word = (say: (moment: Moment) => string) => (place: number) => {
      const moment = at(place);
      return moment === undefined ? '' : say(moment);
    };
    currencies.offer([...account.currencies.keys()], currency);
    frame.show({
      slots: moments.map(({ slot }) => slot),
      drawing: {
        x: series.x,
        lines: [series.total, series.hasLocked ? series.available : undefined],
        isFromZero: false,
      },
      holes: holesOf(moments, isThinned),
      key: keyOf(series.hasLocked, moments),
      readout: (place) => {
        const moment = at(place);
        return moment === undefined ? element('p', {}) : readout(account, currency, moment, timeZone);
      },
      spoken: word((moment) => spoken(account, currency, moment, timeZone)),
      summary: (low, high) => summaryOf(record, account, currency, moments.slice(low, high + 1)),
      counted: (points) => counted(points, isThinned ? 'row' : 'slot'),
      table: (places) =>
        momentTable(
          account,
          currency,
          places.flatMap((place) => at(place) ?? []),
          timeZone,
        ),
    });
  }
}

function summaryOf(
  { timeZone, interval }: ReportRecord,
  account: AccountRecord,
  currency: string,
  moments: readonly Moment[],
): Markup {
  const taken = moments.filter(({ kind }) => kind === 'snapshot');
  const [begin, end] = [taken[0], taken.at(-1)];
  const holes = slotsIn(moments.filter(isHole));
  const gaps = holes === 0 ? 'No gap.' : `${counted(holes, 'expected slot')} without a snapshot.`;
  const from = begin && amountsAt(account, currency, begin);
  const to = end && amountsAt(account, currency, end);
  if (begin === undefined || end === undefined || from === undefined || to === undefined) {
    const what = currency === '' ? 'balance' : currency;
    return element('span', {}, `${account.account} has no ${what} in this range. ${gaps}`);
  }
  const shown = interval > 0 ? ' shown' : '';
  return element(
    'span',
    {},
    `${currency} in ${account.account}: `,
    grouped(from.total),
    ` at ${localTime(begin.slot, timeZone)}, `,
    grouped(to.total),
    ` at ${localTime(end.slot, timeZone)}. ${counted(taken.length, 'snapshot')}${shown}. ${gaps}`,
  );
}

function keyOf(hasLocked: boolean, moments: readonly Moment[]): HTMLElement[] {
  const kinds = new Set(moments.filter(isHole).map(({ kind }) => kind));
  return [
    keyItem('total', 'Total'),
    ...(hasLocked ? [keyItem('available', 'Available')] : []),
    ...namesOf(kinds).map(([kind, text]) => keyItem(kind, text)),
  ];
}
