import { CodedError } from '../../lambda/core/error.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { localTimesIn, NO_LOCAL_TIMES } from './local-times.ts';
import { printableText, UNPRINTABLE } from './printable.ts';

/** The formats rows are printed in. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** One cell; a list is an array in JSON, and its parts with spaces between in CSV. */
type Cell = string | number | boolean | null | readonly string[];

/** One row: its columns in print order. Amounts are text. */
export type Row = Readonly<Record<string, Cell>>;

/** Rows in print order, in memory or streamed. */
type Rows = Iterable<Row> | AsyncIterable<Row>;

/** Where a command prints. */
export interface Output {
  /** Data only. Resolves when more can be written. */
  readonly stdout: { write(text: string): Promise<void> | void };
  /** The terminal's width; undefined if stdout is not a terminal, 0 if it is one that does not know its width. */
  readonly columns: number | undefined;
}

/** What to print, in each format. Only the requested one is produced. */
export interface Printable {
  /** The CSV columns, in order. */
  readonly columns: readonly string[];
  readonly rows: () => Rows;
  /** In CSV, times are also told in this zone, in columns of their own; undefined for none. */
  readonly localTimes?: TimeZone | undefined;
  /** The table, in pieces; `width` is the terminal's, Infinity if there is none. */
  readonly table: (width: number) => Iterable<string> | AsyncIterable<string>;
}

/** How wide a table may be, in characters: Infinity unless a terminal says. */
export function widthOf({ columns }: Pick<Output, 'columns'>): number {
  return columns || Infinity;
}

/**
 * Prints rows in the requested format, piece by piece, with backpressure from stdout.
 *
 * @throws what the rows throw; if some have been printed by then, the error says that they are not all.
 */
export async function printRows(
  format: Format,
  { columns, rows, localTimes, table }: Printable,
  output: Output,
): Promise<void> {
  const pieces = {
    json: () => asJson(rows()),
    csv: () => asCsv(columns, rows(), localTimes),
    table: () => table(widthOf(output)),
  }[format]();
  await printPieces(pieces, output);
}

/** Prints text piece by piece, as {@link printRows} does. */
export async function printPieces(
  pieces: Iterable<string> | AsyncIterable<string>,
  { stdout }: Output,
): Promise<void> {
  let printed = false;
  try {
    for await (const piece of pieces) {
      await stdout.write(piece);
      printed ||= piece !== '';
    }
  } catch (error) {
    if (!printed || !(error instanceof CodedError)) throw error;
    throw new CodedError(error.code, `${error.message}; what was printed before is not everything`, {
      cause: error.cause,
    });
  }
}

/**
 * A JSON array, one row per line; `[]` if there are none. Streamed, so that memory does not grow with the rows. If they break
 * off, the array still ends, so that the rows before it can be read; the error follows.
 */
export async function* asJson(rows: Rows): AsyncGenerator<string> {
  let before = '[\n';
  try {
    for await (const row of rows) {
      yield `${before}  ${jsonOf(row)}`;
      before = ',\n';
    }
  } catch (error) {
    if (before !== '[\n') yield '\n]\n';
    throw error;
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** One row as JSON on one line, with everything escaped that a terminal could obey: the same text once it is parsed. */
export function jsonOf(row: Row): string {
  return JSON.stringify(row).replace(UNPRINTABLE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/**
 * CSV quoted as in RFC 4180, always with a header; null is an empty cell. Lines end in LF, not CRLF: every spreadsheet
 * accepts that, and `cut` does not see a CR in the last column. CSV has no escapes, so what a terminal could obey becomes
 * `�`, except tabs and line ends; JSON has the exact text.
 *
 * @param localTimes where given, each time is also told in this zone, in a column after all others.
 */
export async function* asCsv(
  columns: readonly string[],
  rows: Rows,
  localTimes?: TimeZone,
): AsyncGenerator<string> {
  const local = localTimes === undefined ? NO_LOCAL_TIMES : localTimesIn(columns, localTimes);
  yield csvLine([...columns, ...local.titles]);
  for await (const row of rows)
    yield csvLine([...columns.map((column) => row[column] ?? null), ...local.cellsOf(row)]);
}

function csvLine(cells: readonly Row[string][]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: Row[string]): string {
  const text = cell === null ? '' : printableText(typeof cell === 'object' ? cell.join(' ') : String(cell));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
