/** How rows are printed. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** One row: its columns in the order they are printed. Amounts are text. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows in the order they are printed, all at hand or as they come. */
type Rows = Iterable<Row> | AsyncIterable<Row>;

/** Where a command prints. */
export interface Output {
  /** Data only. Resolves when more may be written. */
  readonly stdout: { write(text: string): Promise<void> | void };
  /** The terminal's width; undefined where stdout is none. */
  readonly columns: number | undefined;
}

/** What there is to print, in each form. Only the form that is asked for is made. */
export interface Printable {
  /** The columns of CSV, in their order. */
  readonly columns: readonly string[];
  readonly rows: () => Rows;
  /** For people, in pieces; `width` is the terminal's, Infinity where there is none. */
  readonly table: (width: number) => Iterable<string> | AsyncIterable<string>;
}

/** Prints rows the way that was asked for, piece by piece, as fast as stdout takes them. */
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

/** A JSON array, one row a line; `[]` where there is none. In pieces, so that nothing grows with the rows. */
export async function* asJson(rows: Rows): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}  ${JSON.stringify(row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * CSV, quoted as RFC 4180 says, always with its header; what is null is empty. Lines end as lines do in a pipe, with
 * LF: every spreadsheet takes that, and `cut` or a split by lines does not take a CR for part of the last column.
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
