import uPlot from 'uplot';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { axisLabels } from './axis-labels.ts';
import type { Drawing } from './drawing.ts';
import type { Hole } from './holes.ts';

/** A part of the time axis, in seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** How a line looks. Its colour is a variable of the style sheet. */
export interface Line {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
  /** True to fill the area below it. */
  readonly isArea?: boolean;
}

export interface ChartOptions {
  readonly timeZone: TimeZone;
  /** In the order in which they are drawn: a later one covers an earlier one. */
  readonly lines: readonly Line[];
  /** The index of the moment under the pointer; undefined when the pointer leaves. */
  readonly onPoint: (place: number | undefined) => void;
  readonly onPick: (place: number) => void;
  /** A range was selected with the pointer. */
  readonly onZoom: (window: Window) => void;
  /** The left edge of the plot area within the chart, in CSS pixels. */
  readonly onLayout: (left: number) => void;
}

export interface Chart {
  show(drawing: Drawing, holes: readonly Hole[], window: Window): void;
  /** Marks the selected moment. */
  pin(place: number): void;
  /** Draws again with the current colours. */
  redraw(): void;
  /** Draws for paper, in a size of its own, whatever the window has; or for the window again. */
  print(printing: boolean): void;
}

const FONT = '12px system-ui, sans-serif';
/** The minimum width of a gap, in CSS pixels: the shortest one must be visible in a year. */
const LEAST_HOLE = 3;
/** With more snapshots than this in view, only isolated ones are drawn as dots. */
const MAX_DOTS = 60;
/** The size on paper, in CSS pixels. The style sheet scales it to the sheet; drawn larger, it would have tiny labels. */
const PAPER = { width: 860, height: 340 };
/** A shorter drag counts as a click, in pixels. */
const DRAG = 5;

/** [minimum tick distance, text, text at a new year, – month, at a new day, – hour, – minute, – second, mode] */
const DATES: uPlot.Axis.Values = [
  [365 * 86_400, '{YYYY}', null, null, null, null, null, null, 1],
  [28 * 86_400, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** The colours of gaps, by kind: of the band, and of the mark on the time axis. */
const BANDS: Readonly<
  Record<Hole['kind'], { readonly band: string; readonly mark: string; readonly isOpen: boolean }>
> = {
  failure: { band: '--failure-band', mark: '--failure', isOpen: false },
  missing: { band: '--missing-band', mark: '--missing', isOpen: true },
  unreadable: { band: '--missing-band', mark: '--missing', isOpen: false },
  pause: { band: '--missing-band', mark: '--missing', isOpen: false },
  unpriced: { band: '--unpriced-band', mark: '--unpriced', isOpen: false },
  partial: { band: '--unpriced-band', mark: '--unpriced', isOpen: true },
};

/** Draws numbers over time, in steps because nothing is known between snapshots, and never across a gap. */
export function createChart(node: HTMLElement, options: ChartOptions): Chart {
  let shown: Drawing = { x: [], lines: [], isFromZero: false };
  let holes: readonly Hole[] = [];
  let pinned: number | undefined;
  let isPrinting = false;

  const steps = uPlot.paths.stepped?.({ align: 1 });
  const styled = ({ colour, width, dash, isArea }: Line): uPlot.Series => ({
    stroke: () => colourOf(colour),
    width,
    dash: [...(dash ?? [])],
    spanGaps: false,
    ...(isArea === true ? { fill: () => colourOf(colour) } : {}),
    ...(steps === undefined ? {} : { paths: steps }),
    points: {
      size: 5,
      show: true,
      width: 0,
      fill: () => colourOf(colour),
      filter: (u, index) => dots(u.data[index] ?? [], u.scales['x'], shown.x),
    },
  });
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: () => colourOf('--quiet'),
    grid: { stroke: () => colourOf('--hairline'), width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      ...sizeOf(node),
      padding: [12, 8, 0, 0],
      tzDate: (second) =>
        uPlot.tzDate(new Date(second * 1_000), options.timeZone === 'UTC' ? 'Etc/UTC' : options.timeZone),
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: DRAG, setScale: false },
        points: { size: 9, width: 2, stroke: () => colourOf('--surface') },
      },
      scales: { x: { time: true }, y: { range: (_, least, most) => heights(least, most, shown.isFromZero) } },
      axes: [
        { ...axis, values: DATES, space: 64, grid: { show: false } },
        {
          ...axis,
          values: (_, splits, __, ___, distance) => axisLabels(splits, distance),
          size: widthOfLabels,
          gap: 8,
        },
      ],
      series: [{}, ...options.lines.map(styled)],
      hooks: {
        draw: [drawHoles, drawPin, (u) => options.onLayout(u.over.offsetLeft)],
        setCursor: [
          (u) => options.onPoint((u.cursor.left ?? -1) < 0 ? undefined : (u.cursor.idx ?? undefined)),
        ],
        setSelect: [zoom],
      },
    },
    [[], ...options.lines.map(() => [])],
    node,
  );
  plot.over.addEventListener('click', () => {
    const { idx } = plot.cursor;
    if (idx !== null && idx !== undefined) options.onPick(idx);
  });
  new ResizeObserver(() => {
    const size = sizeOf(node);
    if (!isPrinting && size.width > 0 && (size.width !== plot.width || size.height !== plot.height))
      plot.setSize(size);
  }).observe(node);

  return {
    show(next, itsHoles, { from, to }) {
      shown = next;
      holes = itsHoles;
      const none = next.x.map(() => null);
      plot.batch(() => {
        plot.setData(
          [[...next.x], ...options.lines.map((_, place) => [...(next.lines[place] ?? none)])],
          false,
        );
        for (const place of options.lines.keys())
          plot.setSeries(place + 1, { show: next.lines[place] !== undefined });
        plot.setScale('x', from < to ? { min: from, max: to } : { min: from - 3_600, max: to + 3_600 });
      });
    },
    pin(place) {
      pinned = place;
      plot.redraw(false, false);
    },
    redraw: () => plot.redraw(false, true),
    print(printing) {
      isPrinting = printing;
      plot.setSize(printing ? PAPER : sizeOf(node));
    },
  };

  function zoom(u: uPlot): void {
    const { left, width } = u.select;
    if (width < DRAG) return;
    const window = { from: u.posToVal(left, 'x'), to: u.posToVal(left + width, 'x') };
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    options.onZoom(window);
  }

  function drawHoles({ ctx, bbox, valToPos }: uPlot): void {
    const least = LEAST_HOLE * devicePixelRatio;
    ctx.save();
    clip(ctx, bbox);
    for (const { kind, from, to, isScattered } of holes) {
      const [begin, end] = [valToPos(from, 'x', true), valToPos(to, 'x', true)];
      const width = Math.max(least, end - begin);
      const left = (begin + end - width) / 2;
      if (left > bbox.left + bbox.width || left + width < bbox.left) continue;
      if (!isScattered && kind !== 'partial') {
        ctx.fillStyle = colourOf('--surface');
        ctx.fillRect(left, bbox.top, width, bbox.height);
      }
      if (kind !== 'partial') {
        ctx.fillStyle = colourOf(BANDS[kind].band);
        ctx.fillRect(left, bbox.top, width, bbox.height);
      }
      drawMarker(ctx, kind, left + width / 2, bbox.top + bbox.height);
    }
    ctx.restore();
  }

  function drawPin({ ctx, bbox, valToPos }: uPlot): void {
    const x = pinned === undefined ? undefined : shown.x[pinned];
    if (x === undefined || pinned === undefined) return;
    const left = Math.round(valToPos(x, 'x', true));
    if (left < bbox.left || left > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = colourOf('--accent');
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    const height = shown.lines.find((line) => line !== undefined)?.[pinned];
    if (typeof height === 'number') {
      ctx.globalAlpha = 1;
      ctx.fillStyle = colourOf('--accent');
      ctx.beginPath();
      ctx.arc(left, valToPos(height, 'y', true), 4 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.restore();
  }
}

/** A triangle on the time axis, by kind: open if nothing was recorded. */
function drawMarker(ctx: CanvasRenderingContext2D, kind: Hole['kind'], x: number, bottom: number): void {
  const size = 5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bottom - 1.8 * size);
  ctx.lineTo(x + size, bottom - 1);
  ctx.lineTo(x - size, bottom - 1);
  ctx.closePath();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = colourOf(BANDS[kind].mark);
  ctx.fillStyle = BANDS[kind].isOpen ? colourOf('--surface') : ctx.strokeStyle;
  ctx.fill();
  ctx.stroke();
}

function clip(ctx: CanvasRenderingContext2D, { left, top, width, height }: uPlot.BBox): void {
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
}

/** Which snapshots are drawn as dots: all in a short view, else isolated ones, which have no visible line. */
function dots(
  heights: ArrayLike<number | null | undefined>,
  scale: uPlot.Scale | undefined,
  x: readonly number[],
): number[] {
  const [from, to] = [scale?.min ?? -Infinity, scale?.max ?? Infinity];
  const visible: number[] = [];
  for (const [place, second] of x.entries()) {
    if (second >= from && second <= to && typeof heights[place] === 'number') visible.push(place);
  }
  if (visible.length <= MAX_DOTS) return visible;
  return visible.filter((place) => heights[place - 1] == null && heights[place + 1] == null);
}

/** Adds some room above and below, but not below zero: balances are never negative. */
function heights(least: number | null, most: number | null, isFromZero: boolean): uPlot.Range.MinMax {
  if (least === null || most === null) return [0, 1];
  if (isFromZero) return [0, most === 0 ? 1 : most * 1.08];
  if (least === most) return least === 0 ? [0, 1] : [least * 0.9, most * 1.1];
  const room = (most - least) * 0.12;
  const low = least - room;
  return [low < 0 || least < most * 0.25 ? 0 : low, most + room];
}

function widthOfLabels(_: uPlot, texts: readonly string[] | null): number {
  return 14 + 7 * Math.max(3, ...(texts ?? []).map((text) => text.length));
}

function sizeOf(node: HTMLElement): { width: number; height: number } {
  return { width: node.clientWidth, height: node.clientHeight };
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
