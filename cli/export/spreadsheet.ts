import type { Row } from '../print/format.ts';

/**
 * What makes a spreadsheet take a cell for a formula, the full-width signs of East Asian ones and white space before it
 * included; and the apostrophe itself, so that one can be taken off again.
 */
const DANGEROUS = /^(?:['\t\r\n]|\s*[=+\-@＝＋－＠])/u;

/**
 * A row that a spreadsheet may open: a text that it would compute gets an apostrophe before it. Take one apostrophe off
 * a cell that begins with one, and it is what Upbit sent.
 */
export function safeRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      typeof cell === 'string' && DANGEROUS.test(cell) ? `'${cell}` : cell,
    ]),
  );
}
