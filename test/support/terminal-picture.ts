/** The width of a terminal that opens without being asked for another. */
export const TERMINAL_COLUMNS = 80;

/** A character of most monospaced fonts is 0.6 of their size wide; the text is stretched to it where it is not. */
const SIZE = 14;
const CHARACTER = 0.6 * SIZE;
const LINE = 18;
const MARGIN = 14;

/**
 * A terminal of {@link TERMINAL_COLUMNS} as SVG, with a command line and what it printed. A longer line goes on below, as on a
 * terminal: a picture hides nothing. It is text, so that it can be searched, compared and made without a browser.
 */
export function terminalPicture(command: string, printed: string): string {
  const lines = `$ ${command}\n${printed}`
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${TERMINAL_COLUMNS}}`, 'gu')) ?? ['']);
  const width = Math.ceil(TERMINAL_COLUMNS * CHARACTER) + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const texts = lines.flatMap((line, index) =>
    line === ''
      ? []
      : [
          `<text xml:space="preserve" x="${MARGIN}" y="${MARGIN + index * LINE + SIZE}" textLength="${([...line].length * CHARACTER).toFixed(1)}"${index === 0 ? ' fill="#7ee787"' : ''}>${escaped(line)}</text>`,
        ],
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(command)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g fill="#e6edf3" font-size="${SIZE}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace">`,
    ...texts,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
