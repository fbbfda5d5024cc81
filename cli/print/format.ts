/** How rows are printed. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** One row: its columns in the order they are printed. Amounts are text. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows in the order they are printed, all at hand or as they come. */
type Rows = Iterable<Row> | AsyncIterable<Row>;

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
