import type { Row } from '../print/format.ts';

/**
 * Text that a spreadsheet treats as a formula, including full-width signs (East Asian versions) and leading white space;
 * and a leading apostrophe, so that removing one always restores the original.
 */
const DANGEROUS = /^(?:['\t\r\n]|\s*[=+\-@＝＋－＠])/u;

/**
 * A row safe to open in a spreadsheet: text that would be computed gets a leading apostrophe. Removing one leading
 * apostrophe restores what Upbit sent.
 */
export function safeRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      typeof cell === 'string' && DANGEROUS.test(cell) ? `'${cell}` : cell,
    ]),
  );
}
