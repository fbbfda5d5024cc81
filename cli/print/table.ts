import { printable } from './printable.ts';

/** A column of a table for people. */
export interface Column {
  readonly title: string;
  /** `number` puts decimal points one below the other. */
  readonly align: 'text' | 'number';
}

const GAP = '  ';

/**
 * Columns under their titles, as wide as they need to be. Where that does not fit into `width`, each row becomes a
 * block of lines instead: an amount is never cut. Nothing but its titles for no rows.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const cells = rows.map((row) => row.map(printable));
  const aligned = columns.map(({ title, align }, index) => {
    const column = cells.map((row) => row[index] ?? '');
    return pad([title, ...(align === 'number' ? onThePoint(column) : column)], align);
  });
  const lines = ['', ...cells].map((_, index) =>
    aligned
      .map((column) => column[index])
      .join(GAP)
      .trimEnd(),
  );
  if (lines.every((line) => line.length <= width)) return text(lines);
  return text(cells.flatMap((row) => block(columns, row)));
}

/** What stands above a table, in parts: on one line, or where that does not fit into `width`, each on its own. */
export function captionOf(parts: readonly string[], width: number): string {
  const line = parts.map(printable).join(GAP);
  return line.length <= width
    ? text([line])
    : text(parts.map((part, index) => (index === 0 ? '' : GAP) + printable(part)));
}

/**
 * A table that is printed while its rows come: the columns have the given widths, the last none. `caption` is a
 * line above it. Where a line does not fit into `width`, its last cell comes on a line of its own. Nothing at all
 * where no row comes.
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

/** Puts blanks behind each number, so that all have their points at the same distance from the end. */
function onThePoint(numbers: readonly string[]): string[] {
  const behind = numbers.map((number) => (number.includes('.') ? number.length - number.indexOf('.') : 0));
  const most = Math.max(0, ...behind);
  return numbers.map((number, index) => number + ' '.repeat(most - (behind[index] ?? 0)));
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
