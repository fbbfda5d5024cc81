import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { lastUpTo } from '../bisect.ts';
import { count } from '../count.ts';
import type { Markup } from '../markup.ts';
import { createChart, type Line, type Window } from './chart.ts';
import { button, make, toDom } from './dom.ts';
import type { Drawing } from './drawing.ts';
import type { Hole } from './holes.ts';

const RANGES = [
  { name: '24 h', long: 'the last 24 hours', length: DAY },
  { name: '7 d', long: 'the last 7 days', length: 7 * DAY },
  { name: '30 d', long: 'the last 30 days', length: 30 * DAY },
  { name: '90 d', long: 'the last 90 days', length: 90 * DAY },
  { name: '1 y', long: 'the last year', length: 365 * DAY },
] as const;
/** How many rows are added to the table at a time. */
const ROWS = 200;

/** Where a chart stands, and what it may show. */
export interface FrameOptions {
  readonly section: HTMLElement;
  /** The controls before those for the range. */
  readonly pickers: readonly HTMLElement[];
  readonly lines: readonly Line[];
  readonly timeZone: TimeZone;
  /** All that the report covers. */
  readonly begin: Instant;
  readonly end: Instant;
  /** A time was picked. */
  readonly onAsk: (instant: Instant) => void;
}

/** What a frame shows: points in order of time, and words about each. */
export interface Content {
  readonly slots: readonly Instant[];
  readonly drawing: Drawing;
  readonly holes: readonly Hole[];
  readonly key: readonly HTMLElement[];
  /** What is known at a point. */
  readonly readout: (place: number) => Markup;
  /** The same in one line, for screen readers. */
  readonly spoken: (place: number) => string;
  /** About the points from one to another. */
  readonly summary: (low: number, high: number) => Markup;
  /** What so many points are called in the title of the table. */
  readonly counted: (points: number) => string;
  readonly table: (places: readonly number[]) => Markup;
}

/** A chart with its range, its readout, its legend, and its data as a table. */
export interface Frame {
  show(content: Content): void;
  /** Marks the point at or before a time. */
  setTime(instant: Instant): void;
  redraw(): void;
  print(printing: boolean): void;
}

/** Adds a chart to a section of the page. */
export function createFrame(options: FrameOptions): Frame {
  const { section, pickers, lines, timeZone, begin, end, onAsk } = options;
  let content: Content | undefined;
  let window: Window = { from: begin / 1_000, to: end / 1_000 };
  let time: Instant = end;

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
  ranges.at(-1)?.setAttribute('aria-pressed', 'true');
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
  controls.append(...pickers, group);
  // Together on one sheet of paper.
  const figure = make('div', 'figure');
  figure.append(answer, canvas, scrubber, key, summary);
  const drawn = make('div', 'drawn');
  drawn.append(controls, figure, table);
  section.querySelector('h2')?.after(drawn);

  const chart = createChart(canvas, {
    timeZone,
    lines,
    onPoint: (place) => showAnswer(place),
    onPick: (place) => onAsk(content?.slots[place] ?? time),
    onZoom: (zoomed) => setWindow(zoomed),
    onLayout: (left) => {
      scrubber.style.marginLeft = `${left}px`;
      scrubber.style.width = `calc(100% - ${left}px)`;
    },
  });
  scrubber.addEventListener('input', () => onAsk(content?.slots[Number(scrubber.value)] ?? time));
  table.addEventListener('toggle', () => showRows());

  return {
    show(next) {
      content = next;
      key.replaceChildren(...next.key);
      showWindow();
    },
    setTime(instant) {
      time = instant;
      showTime();
    },
    redraw: () => chart.redraw(),
    print: (printing) => chart.print(printing),
  };

  function setWindow(next: Window, pressed?: HTMLButtonElement): void {
    window = next;
    for (const node of ranges) node.setAttribute('aria-pressed', String(node === pressed));
    showWindow();
  }

  function showWindow(): void {
    if (content === undefined) return;
    chart.show(content.drawing, content.holes, window);
    const [low, high] = visible();
    scrubber.min = String(low);
    scrubber.max = String(high);
    summary.replaceChildren(toDom(content.summary(low, high)));
    canvas.setAttribute('aria-label', `Chart. ${summary.textContent}`);
    showTime();
    showRows();
  }

  function showTime(): void {
    if (content === undefined || content.slots.length === 0) return;
    const [low, high] = visible();
    const place = Math.min(high, Math.max(low, placeUpTo(time)));
    scrubber.value = String(place);
    scrubber.setAttribute('aria-valuetext', content.spoken(place));
    chart.pin(place);
    showAnswer(undefined);
  }

  function showAnswer(place: number | undefined): void {
    if (content === undefined || content.slots.length === 0) return;
    answer.replaceChildren(toDom(content.readout(place ?? Number(scrubber.value))));
  }

  /** Newest slots first; more on request. */
  function showRows(): void {
    if (content === undefined) return;
    const { counted, table: tableOf } = content;
    const [low, high] = visible();
    const places = Array.from({ length: Math.max(0, high - low + 1) }, (_, back) => high - back);
    tableTitle.textContent = `As a table: ${counted(places.length)}`;
    tableBody.replaceChildren();
    if (!table.open) return;
    let added = 0;
    const more = button('', add);
    tableBody.append(more);
    add();

    function add(): void {
      const next = places.slice(added, added + ROWS);
      more.before(toDom(tableOf(next)));
      added += next.length;
      more.hidden = added >= places.length;
      more.textContent = `Show ${count(Math.min(ROWS, places.length - added))} more`;
    }
  }

  /** The first and the last point in view. */
  function visible(): [low: number, high: number] {
    const last = (content?.slots.length ?? 0) - 1;
    const low = Math.min(last, placeUpTo(window.from * 1_000 - 1) + 1);
    return [low, Math.max(low, placeUpTo(window.to * 1_000))];
  }

  function placeUpTo(instant: Instant): number {
    const slots = content?.slots ?? [];
    return lastUpTo(slots.length, (place) => (slots[place] ?? Infinity) <= instant);
  }
}
