import type { Instant } from '../../../lambda/core/instant.ts';
import { counted } from '../count.ts';
import { localTime } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { moneyMark } from '../money-cell.ts';
import { type AccountRecord, asOf, type ReportRecord } from '../record.ts';
import { unitsIn } from '../worth.ts';
import { worthAt } from '../worth-table.ts';
import type { Line } from './chart.ts';
import { button, byId, keyItem, picker, toDom } from './dom.ts';
import { createFrame, type Frame, type FrameOptions } from './frame.ts';
import { holesIn, namesOf } from './holes.ts';
import { PriceHeights } from './price-heights.ts';
import { pointsOf, type WorthPoint } from './worth-points.ts';
import { type Asked, answerAt, worthReadout, worthRows, worthSpoken } from './worth-readout.ts';
import { lineOf, marksOf, NAMED, stackOf, type WorthSeries, worthSeries } from './worth-series.ts';

const ALL = 'All accounts';
const EVERYTHING = 'All currencies';

/** A line for one currency alone; then the areas, from the whole to the largest currency, each covering the one before. */
const LINES: readonly Line[] = [
  { colour: '--accent', width: 2 },
  ...[...colours(), '--part-others'].toReversed().map((colour) => ({ colour, width: 1, isArea: true })),
];

/** The colours of the currencies that have one, the largest first. */
function colours(): string[] {
  return Array.from({ length: NAMED }, (_, place) => `--part-${place + 1}`);
}

/** The chart of what accounts were worth, and the table of what they were worth at the picked time. */
export function createWorth(
  record: ReportRecord,
  shown: readonly AccountRecord[],
  where: Pick<FrameOptions, 'section' | 'begin' | 'end' | 'onAsk'>,
): Frame {
  const { timeZone } = record;
  const isThinned = record.interval > 0;
  const units = unitsIn(record);
  let account = shown.length === 1 ? shown[0] : undefined;
  let { unit } = record;
  let currency: string | undefined;
  let isExact = false;
  let time: Instant = asOf(record);
  let points: readonly WorthPoint[] = [];
  let prices = new PriceHeights(new Map(), []);
  let series: WorthSeries = { points, states: [], values: new Map() };

  const accountPicker = picker('Account', (name) => {
    account = shown.find((one) => one.account === name);
    showAccount();
    showTable();
  });
  const unitPicker = picker('In', (name) => {
    unit = name;
    showUnit();
    showTable();
  });
  const currencyPicker = picker('Currency', (name) => {
    currency = name === EVERYTHING ? undefined : name;
    showSeries();
  });
  const digits = button('All digits', () => {
    isExact = !isExact;
    digits.setAttribute('aria-pressed', String(isExact));
    showSeries();
    showTable();
  });
  digits.className = 'digits';
  digits.title = 'Show every digit instead of rounding';
  digits.setAttribute('aria-pressed', 'false');
  const pickers = [accountPicker.node, unitPicker.node, currencyPicker.node];
  const frame = createFrame({ ...where, timeZone, lines: LINES, pickers });
  // Beside the control for the time.
  byId('worth-title').nextElementSibling?.append(digits);
  const names = shown.map((one) => one.account);
  accountPicker.offer(shown.length === 1 ? names : [ALL, ...names], account?.account ?? ALL);
  unitPicker.offer(units, unit);
  showAccount();

  return {
    ...frame,
    setTime(instant) {
      time = instant;
      frame.setTime(instant);
      showTable();
    },
  };

  function showAccount(): void {
    points = pointsOf(record, account === undefined ? shown : [account]);
    prices = new PriceHeights(
      record.prices,
      points.map(({ slot }) => slot),
    );
    showUnit();
  }

  function showUnit(): void {
    series = worthSeries(prices, account === undefined ? shown : [account], points, unit);
    if (currency !== undefined && !series.values.has(currency)) currency = undefined;
    showSeries();
  }

  function showSeries(): void {
    const asked: Asked = { unit, who: account?.account ?? ALL, currency, isExact };
    const stack = stackOf(series, isThinned);
    const holes = holesIn(marksOf(series, currency), isThinned);
    const x = points.map(({ slot }) => slot / 1_000);
    const heights = currency === undefined ? undefined : lineOf(series, currency, isThinned);
    const kinds = new Set(holes.map(({ kind }) => kind));
    currencyPicker.offer([EVERYTHING, ...series.values.keys()], currency ?? EVERYTHING);
    const word =
      <T>(say: (point: WorthPoint) => T, nothing: T) =>
      (place: number) => {
        const point = points[Math.min(place, points.length - 1)];
        return point === undefined ? nothing : say(point);
      };
    frame.show({
      slots: points.map(({ slot }) => slot),
      drawing: {
        x,
        lines: heights === undefined ? areasOf(stack.edges, stack.others.length > 0) : [heights],
        isFromZero: currency === undefined,
      },
      holes,
      key: [
        ...(currency === undefined
          ? [
              ...stack.named.map((name, place) => keyItem(`part-${place + 1}`, name)),
              ...(stack.others.length === 0 ? [] : [keyItem('part-others', othersText(stack.others))]),
            ]
          : [keyItem('total', currency)]),
        ...namesOf(kinds).map(([kind, text]) => keyItem(kind, text)),
      ],
      readout: word((point) => worthReadout(record, point, asked), element('p', {})),
      spoken: word((point) => worthSpoken(record, point, asked), ''),
      summary: (low, high) => summaryOf(record, series, low, high, asked),
      counted: (some) => counted(some, isThinned ? 'row' : 'slot'),
      table: (places) =>
        worthRows(
          record,
          places.flatMap((place) => points[place] ?? []),
          asked,
        ),
    });
  }

  function showTable(): void {
    byId('worth-title').textContent = `Worth at ${localTime(time, timeZone)}`;
    const place = byId('worth-at');
    const open = [...place.querySelectorAll('details[open]')].map(({ id }) => id);
    place.replaceChildren(toDom(worthAt(record, { instant: time, unit, account, isExact })));
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  }
}

/** The lines of the chart for the edges of a stack: those of currencies that it does not have are not shown. */
function areasOf<T>(edges: readonly T[], hasOthers: boolean): (T | undefined)[] {
  const [whole, ...rest] = hasOthers ? edges : [undefined, ...edges];
  const missing = Array.from({ length: NAMED - rest.length }, () => undefined);
  return [undefined, whole, ...missing, ...rest];
}

/** How many of the others are named. */
const FEW = 3;

function othersText(others: readonly string[]): string {
  return others.length <= FEW ? `Others: ${others.join(', ')}` : `${others.length} others`;
}

function summaryOf(
  record: ReportRecord,
  { points, states }: WorthSeries,
  low: number,
  high: number,
  asked: Asked,
): Markup {
  const { timeZone } = record;
  const { unit, who, currency } = asked;
  const places = Array.from({ length: Math.max(0, high - low + 1) }, (_, place) => low + place);
  const known = places.filter((place) => states[place] === 'known' || states[place] === 'partial');
  const count = (state: string) => places.filter((place) => states[place] === state).length;
  const ends = [...new Set([known[0], known.at(-1)])].flatMap((place) => {
    const point = place === undefined ? undefined : points[place];
    const value = point && answerAt(record, point, asked).value;
    return point === undefined || value === undefined
      ? []
      : [[moneyMark(value, unit, asked), ` at ${localTime(point.slot, timeZone)}`]];
  });
  const [lacking, unpriced] = [count('lacking'), count('unpriced')];
  const one = record.interval > 0 ? 'row' : 'slot';
  const without = who === ALL ? 'where an account has no snapshot' : 'without a snapshot';
  const gaps = [
    ...(lacking === 0 ? [] : [`${counted(lacking, one)} ${without}`]),
    ...(unpriced === 0 ? [] : [`${counted(unpriced, one)} without prices`]),
  ];
  const what = currency === undefined ? who : `${currency} in ${who}`;
  const [begin, end] = ends;
  return element(
    'span',
    {},
    ...(begin === undefined
      ? [`What ${what} was worth in ${unit} is unknown in this range. `]
      : [`${what} in ${unit}: `, ...begin, ...(end === undefined ? [] : [', ', ...end]), '. ']),
    gaps.length === 0 ? 'No gap.' : `${gaps.join(', ')}.`,
  );
}
