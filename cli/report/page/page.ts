// First, because the chart needs it as it loads.
import './language.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import { TIME_ZONES } from '../../../lambda/core/slots.ts';
import { grouped } from '../amount.ts';
import { count, counted } from '../count.ts';
import { decodeRecord } from '../encoding.ts';
import { holdings } from '../holdings.ts';
import { localTime } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { type AccountRecord, asOf, isHole, lastSlot, type Moment, placeAt, slotsIn } from '../record.ts';
import { createChart, type Window } from './chart.ts';
import { button, byId, picker, toDom } from './dom.ts';
import { holesOf } from './holes.ts';
import { type Opening, opening, usual } from './opening.ts';
import { readout, spoken } from './readout.ts';
import { momentTable } from './rows.ts';
import { amountsAt, type Series, seriesOf } from './series.ts';

const RANGES = [
  { name: '24 h', long: 'the last 24 hours', length: DAY },
  { name: '7 d', long: 'the last 7 days', length: 7 * DAY },
  { name: '30 d', long: 'the last 30 days', length: 30 * DAY },
  { name: '90 d', long: 'the last 90 days', length: 90 * DAY },
  { name: '1 y', long: 'the last year', length: 365 * DAY },
] as const;
/** How many rows are added to the table at a time. */
const ROWS = 200;

const record = decodeRecord(byId('record').textContent ?? '');
const { timeZone } = record;
const isThinned = record.interval > 0;
const shown = record.accounts.filter(({ moments }) => moments.length > 0);
begin();

/** Draws the chart, and takes back the sentence that it could not be drawn; or gives the reason there. */
function begin(): void {
  const first = opening(record, shown);
  try {
    if (first !== undefined) start(first);
    document.getElementById('no-chart')?.remove();
  } catch (cause) {
    const made = '#over-time > :not(h2, #no-chart), #holdings > .controls';
    for (const node of document.querySelectorAll(made)) node.remove();
    byId('no-chart').textContent =
      `The chart and its controls could not start in this browser (${String(cause)}). Everything below is complete without them.`;
    throw cause;
  }
}

function start(first: Opening): void {
  const begin = Math.min(...shown.map(({ moments }) => moments[0]?.slot ?? Infinity));
  const end = Math.max(...shown.map(({ moments }) => endOf(moments.at(-1))));

  let { account, currency } = first;
  let series: Series = seriesOf(account, currency, isThinned);
  let window: Window = { from: begin / 1_000, to: end / 1_000 };
  /** The selected time. */
  let time: Instant = asOf(record);

  // The controls, and where their results go.
  const accountPicker = picker('Account', (name) => {
    account = shown.find((one) => one.account === name) ?? account;
    if (!account.currencies.has(currency)) currency = usual(account);
    showSeries();
  });
  const currencyPicker = picker('Currency', (name) => {
    currency = name;
    showSeries();
  });
  const ranges = [...RANGES.filter(({ length }) => length < end - begin + HOUR), undefined].map((range) => {
    const node = button(range?.name ?? 'All', () => {
      setWindow(
        { from: range === undefined ? begin / 1_000 : (end - range.length) / 1_000, to: end / 1_000 },
        node,
      );
    });
    node.title = `Show ${range?.long ?? 'everything in this report'}`;
    return node;
  });
  const group = make('div', 'ranges');
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Range');
  group.append(...ranges);

  const answer = make('div', 'answer');
  const canvas = make('div', 'chart');
  canvas.setAttribute('role', 'img');
  const scrubber = document.createElement('input');
  scrubber.type = 'range';
  scrubber.setAttribute('aria-label', 'Slot');
  const key = make('p', 'key');
  const summary = make('p', 'summary');
  summary.setAttribute('aria-live', 'polite');
  const table = document.createElement('details');
  table.className = 'rows';
  const tableTitle = document.createElement('summary');
  const tableBody = make('div', '');
  table.append(tableTitle, tableBody);

  const controls = make('div', 'controls');
  controls.append(accountPicker.node, currencyPicker.node, group);
  // Together on one sheet of paper.
  const figure = make('div', 'figure');
  figure.append(answer, canvas, scrubber, key, summary);
  byId('over-time').append(controls, figure, table);
  const clock = addTimePicker();

  const chart = createChart(canvas, {
    timeZone,
    onPoint: (place) => showAnswer(place === undefined ? undefined : account.moments[place]),
    onPick: (place) => ask(account.moments[place]?.slot ?? time),
    onZoom: (zoomed) => setWindow(zoomed),
    onLayout: (left) => {
      scrubber.style.marginLeft = `${left}px`;
      scrubber.style.width = `calc(100% - ${left}px)`;
    },
  });
  scrubber.addEventListener('input', () => ask(account.moments[Number(scrubber.value)]?.slot ?? time));
  table.addEventListener('toggle', () => showRows());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    // Lists cannot be opened on paper, so print the gaps and holdings in full.
    opened = [
      ...document.querySelectorAll<HTMLDetailsElement>(':is(#completeness, #holdings) details:not([open])'),
    ];
    print(true);
  });
  addEventListener('afterprint', () => print(false));
  accountPicker.offer(
    shown.map((one) => one.account),
    account.account,
  );
  ranges.at(-1)?.setAttribute('aria-pressed', 'true');
  showSeries();

  function print(printing: boolean): void {
    for (const list of opened) list.open = printing;
    document.documentElement.classList.toggle('printing', printing);
    chart.print(printing);
  }

  function showSeries(): void {
    series = seriesOf(account, currency, isThinned);
    currencyPicker.offer([...account.currencies.keys()], currency);
    key.replaceChildren(...keyOf(series.hasLocked, account.moments));
    showWindow();
  }

  function setWindow(next: Window, pressed?: HTMLButtonElement): void {
    window = next;
    for (const node of ranges) node.setAttribute('aria-pressed', String(node === pressed));
    showWindow();
  }

  function showWindow(): void {
    chart.show(series, holesOf(account.moments, isThinned), window);
    const [low, high] = visible();
    scrubber.min = String(low);
    scrubber.max = String(high);
    summary.replaceChildren(toDom(summaryOf(account, currency, account.moments.slice(low, high + 1))));
    canvas.setAttribute('aria-label', `Chart. ${summary.textContent}`);
    showTime();
    showRows();
  }

  function ask(instant: Instant): void {
    // The report knows nothing before its range, or after it.
    time = Math.max(record.from, Math.min(instant, asOf(record)));
    showTime();
    byId('holdings-title').textContent = `Holdings at ${localTime(time, timeZone)}`;
    const place = byId('holdings-at');
    const open = [...place.querySelectorAll('details[open]')].map(({ id }) => id);
    place.replaceChildren(toDom(holdings(record, time)));
    for (const id of open) byId(id).setAttribute('open', '');
  }

  function showTime(): void {
    const [low, high] = visible();
    const place = Math.min(high, Math.max(low, placeAt(account.moments, time)));
    scrubber.value = String(place);
    clock.value = clockTime(time);
    const moment = account.moments[place];
    if (moment !== undefined) {
      scrubber.setAttribute('aria-valuetext', spoken(account, currency, moment, timeZone));
    }
    chart.pin(place);
    showAnswer(moment);
  }

  function showAnswer(moment: Moment | undefined): void {
    const said = moment ?? account.moments[Number(scrubber.value)];
    if (said !== undefined) answer.replaceChildren(toDom(readout(account, currency, said, timeZone)));
  }

  /** Newest slots first; more on request. */
  function showRows(): void {
    const [low, high] = visible();
    const moments = account.moments.slice(low, high + 1).reverse();
    tableTitle.textContent = `As a table: ${counted(moments.length, isThinned ? 'row' : 'slot')}`;
    tableBody.replaceChildren();
    if (!table.open) return;
    let added = 0;
    const more = button('', add);
    tableBody.append(more);
    add();

    function add(): void {
      const next = moments.slice(added, added + ROWS);
      more.before(toDom(momentTable(account, currency, next, timeZone)));
      added += next.length;
      more.hidden = added >= moments.length;
      more.textContent = `Show ${count(Math.min(ROWS, moments.length - added))} more`;
    }
  }

  function visible(): [low: number, high: number] {
    const low = placeAt(account.moments, window.from * 1_000 - 1) + 1;
    const high = placeAt(account.moments, window.to * 1_000);
    const last = account.moments.length - 1;
    return [Math.min(low, last), Math.max(Math.min(low, last), high)];
  }

  function addTimePicker(): HTMLInputElement {
    const input = document.createElement('input');
    input.type = 'datetime-local';
    input.min = clockTime(record.from);
    input.max = clockTime(asOf(record));
    const label = make('label', 'field');
    const name = make('span', '');
    name.textContent = `At (${timeZone})`;
    label.append(name, input);
    input.addEventListener('change', () => {
      const typed = input.valueAsNumber;
      if (!Number.isNaN(typed)) ask(typed - TIME_ZONES[timeZone]);
    });
    const bar = make('div', 'controls');
    bar.append(
      label,
      button('Latest', () => ask(asOf(record))),
    );
    byId('holdings-at').before(bar);
    byId('holdings-title').setAttribute('aria-live', 'polite');
    return input;
  }
}

/** `2026-03-31T08:00`, as an input of this kind takes it. */
function clockTime(instant: Instant): string {
  const [date = '', time = ''] = localTime(instant, timeZone).split(' ');
  return `${date}T${time.slice(0, 5)}`;
}

function endOf(moment: Moment | undefined): Instant {
  if (moment === undefined) return -Infinity;
  return moment.kind === 'snapshot' ? moment.slot : lastSlot(moment);
}

function summaryOf(account: AccountRecord, currency: string, moments: readonly Moment[]): Markup {
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
  const shown = isThinned ? ' shown' : '';
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
    ['total', 'Total', true],
    ['available', 'Available', hasLocked],
    ['failure', 'Failed: no snapshot', kinds.has('failure')],
    ['missing', 'Missing: nothing recorded', kinds.has('missing')],
    ['unreadable', 'Unreadable: unknown', kinds.has('unreadable')],
  ].flatMap(([name, text, isShown]) => {
    if (isShown === false) return [];
    const item = make('span', `key-${String(name)}`);
    item.textContent = String(text);
    return [item];
  });
}

function make(tag: string, className: string): HTMLElement {
  const node = document.createElement(tag);
  if (className !== '') node.className = className;
  return node;
}
