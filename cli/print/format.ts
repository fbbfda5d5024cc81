/** The formats rows are printed in. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** One row: its columns in print order. Amounts are text. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows in print order, in memory or streamed. */
type Rows = Iterable<Row> | AsyncIterable<Row>;

/** Where a command prints. */
export interface Output {
  /** Data only. Resolves when more can be written. */
  readonly stdout: { write(text: string): Promise<void> | void };
  /** The terminal's width; undefined if stdout is not a terminal. */
  readonly columns: number | undefined;
}

/** What to print, in each format. Only the requested one is produced. */
export interface Printable {
  /** The CSV columns, in order. */
  readonly columns: readonly string[];
  readonly rows: () => Rows;
  /** The table, in pieces; `width` is the terminal's, Infinity if there is none. */
  readonly table: (width: number) => Iterable<string> | AsyncIterable<string>;
}

/** Prints rows in the requested format, piece by piece, with backpressure from stdout. */
export async function printRows(
  format: Format,
  { columns, rows, table }: Printable,
  { stdout, columns: width = Infinity }: Output,
): Promise<void> {
  const pieces = {
    json: () => asJson(rows()),
    csv: () => asCsv(columns, rows()),
    table: () => table(width),
  }[format]();
  for await (const piece of pieces) await stdout.write(piece);
}

/** A JSON array, one row per line; `[]` if there are none. Streamed, so that memory does not grow with the rows. */
export async function* asJson(rows: Rows): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}  ${JSON.stringify(row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * CSV quoted as in RFC 4180, always with a header; null is an empty cell. Lines end in LF, not CRLF: every spreadsheet
 * accepts that, and `cut` does not see a CR in the last column.
 */
export async function* asCsv(columns: readonly string[], rows: Rows): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const row of rows) yield csvLine(columns.map((column) => row[column] ?? null));
}

function csvLine(cells: readonly Row[string][]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(cell: Row[string]): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
