import { printable } from './printable.ts';
import { thousands } from './thousands.ts';

/** A column of a printed table. */
export interface Column {
  readonly title: string;
  /** `number` aligns decimal points. */
  readonly align: 'text' | 'number';
  /** What it says instead if the table is too wide, tried before columns are left out. */
  readonly short?: {
    readonly title?: string;
    readonly cell?: (cell: string, row: number) => string;
  };
  /** Columns with the highest number are left out first if the table is too wide; without one, never. */
  readonly leftOut?: number;
}

const GAP = '  ';

/**
 * A table with titles, its columns as wide as needed. If that exceeds `width`, columns are shortened, then left out, as they say;
 * if it is still too wide, each row becomes a block of lines instead: an amount is never truncated. Without rows it is only the
 * titles. On a terminal, which has a width, amounts have groups of thousands: no program reads them there.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const isTerminal = width < Number.POSITIVE_INFINITY;
  const whole: Written = {
    columns,
    cells: rows.map((row) =>
      row.map((cell, index) =>
        isTerminal && columns[index]?.align === 'number' ? printable(thousands(cell)) : printable(cell),
      ),
    ),
  };
  const short = shortened(whole);
  const ranks = [...new Set(columns.flatMap(({ leftOut }) => leftOut ?? []))].sort((a, b) => b - a);
  for (const most of [Number.POSITIVE_INFINITY, ...ranks.map((rank) => rank - 1)]) {
    const kept = (_: unknown, index: number) => (columns[index]?.leftOut ?? 0) <= most;
    for (const written of [whole, short]) {
      const lines = inLines(
        written.columns.filter(kept),
        written.cells.map((row) => row.filter(kept)),
      );
      if (lines.every((line) => line.length <= width)) return text(lines);
    }
  }
  return text(whole.cells.flatMap((row) => block(columns, row)));
}

/** A table's columns, and its cells as they are printed. */
interface Written {
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly string[])[];
}

function shortened({ columns, cells }: Written): Written {
  return {
    columns: columns.map((column) => ({ ...column, title: column.short?.title ?? column.title })),
    cells: cells.map((row, number) =>
      row.map((cell, index) => columns[index]?.short?.cell?.(cell, number) ?? cell),
    ),
  };
}

function inLines(columns: readonly Column[], cells: readonly (readonly string[])[]): string[] {
  const aligned = columns.map(({ title, align }, index) => {
    const column = cells.map((row) => row[index] ?? '');
    return pad([title, ...(align === 'number' ? alignPoints(column) : column)], align);
  });
  return ['', ...cells].map((_, index) =>
    aligned
      .map((column) => column[index])
      .join(GAP)
      .trimEnd(),
  );
}

/** The caption of a table: its parts on one line, or on as many as `width` asks for. */
export function captionOf(parts: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const part of parts.map(printable)) {
    const last = lines.pop();
    if (last === undefined) lines.push(part);
    else if (`${last}${GAP}${part}`.length <= width) lines.push(last + GAP + part);
    else lines.push(last, GAP + part);
  }
  return text(lines);
}

/**
 * A table printed while its rows arrive, with the given column widths (the last column has none) and `caption` above it.
 * If a line exceeds `width`, its last cell goes on its own line. Prints nothing if there are no rows.
 */
export async function* streamedTable(
  caption: string,
  titles: readonly string[],
  widths: readonly number[],
  rows: AsyncIterable<readonly string[]>,
  width: number,
): AsyncGenerator<string> {
  const padded = (cells: readonly string[]) =>
    cells
      .map((cell, index) => printable(cell).padEnd(widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  const line = (cells: readonly string[]) => {
    const whole = padded(cells);
    const last = printable(cells.at(-1) ?? '');
    return whole.length <= width || last === ''
      ? text([whole])
      : text([padded(cells.slice(0, -1)), GAP + last]);
  };
  let before = (caption === '' ? '' : text([caption])) + line(titles);
  for await (const row of rows) {
    yield before + line(row);
    before = '';
  }
}

/** Pads numbers on the right, so that their decimal points are equally far from the end; a word ends where they end. */
function alignPoints(numbers: readonly string[]): string[] {
  const decimals = numbers.map((number) => (number.includes('.') ? number.length - number.indexOf('.') : 0));
  const most = Math.max(0, ...decimals);
  return numbers.map((number, index) =>
    /\d/.test(number) ? number + ' '.repeat(most - (decimals[index] ?? 0)) : number,
  );
}

function pad(column: readonly string[], align: Column['align']): string[] {
  const width = Math.max(...column.map((cell) => cell.length));
  return column.map((cell) => (align === 'number' ? cell.padStart(width) : cell.padEnd(width)));
}

function block(columns: readonly Column[], row: readonly string[]): string[] {
  const titles = pad(
    columns.map(({ title }) => title),
    'text',
  );
  return titles.map((title, index) => `${index === 0 ? '' : GAP}${title}${GAP}${row[index] ?? ''}`.trimEnd());
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
