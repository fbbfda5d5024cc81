// First, because the chart needs it as it loads.
import './language.ts';
import type { Instant } from '../../../lambda/core/instant.ts';
import { TIME_ZONES } from '../../../lambda/core/slots.ts';
import { decodeRecord } from '../encoding.ts';
import { holdings } from '../holdings.ts';
import { localTime } from '../local-time.ts';
import { asOf, lastSlot, type Moment } from '../record.ts';
import { createAmounts } from './amounts-view.ts';
import { button, byId, make, toDom } from './dom.ts';
import { type Opening, opening } from './opening.ts';
import { createWorth } from './worth-view.ts';

const record = decodeRecord(byId('record').textContent ?? '');
const { timeZone } = record;
const shown = record.accounts.filter(({ moments }) => moments.length > 0);
begin();

/** Draws the charts, and takes back the sentence that they could not be drawn; or gives the reason there. */
function begin(): void {
  const first = opening(record, shown);
  try {
    if (first !== undefined) start(first);
    document.getElementById('no-chart')?.remove();
  } catch (cause) {
    for (const node of document.querySelectorAll('.drawn, section > .controls')) node.remove();
    byId('no-chart').textContent =
      `The charts and their controls could not start in this browser (${String(cause)}). Everything below is complete without them.`;
    throw cause;
  }
}

function start(first: Opening): void {
  const begin = Math.min(...shown.map(({ moments }) => moments[0]?.slot ?? Infinity));
  const end = Math.max(...shown.map(({ moments }) => endOf(moments.at(-1))));
  const where = (id: string) => ({ section: byId(id), begin, end, onAsk: ask });
  const clocks = ['worth-title', 'holdings-title'].flatMap((id) =>
    document.getElementById(id) === null ? [] : [addTimePicker(id)],
  );
  const frames = [
    ...(record.prices.size === 0 ? [] : [createWorth(record, shown, where('worth'))]),
    createAmounts(record, shown, first, where('over-time')),
  ];
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const frame of frames) frame.redraw();
  });
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    // Lists cannot be opened on paper, so print them in full; but not the rows of the charts, and of many accounts only those
    // that the reader opened: 36 would fill 25 sheets.
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open], .rows, .folded > *)')];
    print(true);
  });
  addEventListener('afterprint', () => print(false));
  setTime(asOf(record));

  function print(printing: boolean): void {
    for (const list of opened) list.open = printing;
    document.documentElement.classList.toggle('printing', printing);
    for (const frame of frames) frame.print(printing);
  }

  function ask(instant: Instant): void {
    // The report knows nothing before its range, or after it.
    const time = Math.max(record.from, Math.min(instant, asOf(record)));
    setTime(time);
    byId('holdings-title').textContent = `Holdings at ${localTime(time, timeZone)}`;
    const place = byId('holdings-at');
    const open = [...place.querySelectorAll('details[open]')].map(({ id }) => id);
    place.replaceChildren(toDom(holdings(record, time)));
    for (const id of open) byId(id).setAttribute('open', '');
  }

  function setTime(time: Instant): void {
    for (const clock of clocks) clock.value = clockTime(time);
    for (const frame of frames) frame.setTime(time);
  }

  /** Adds a control for the time below a title. */
  function addTimePicker(title: string): HTMLInputElement {
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
    const heading = byId(title);
    heading.after(bar);
    heading.setAttribute('aria-live', 'polite');
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
