const GAP = '  ';

/**
 * Text as it reads on a terminal of `width` characters: a longer line goes on indented on the next, broken between words. A word
 * stays whole, however long, so that what is copied is what was written; so does a command to paste, from `aws` after a colon to
 * the end of its line, and a line that is written over itself.
 *
 * @param indent what a line begins with that goes on.
 */
export function wrapped(text: string, width: number, indent = GAP): string {
  return text
    .split('\n')
    .map((line) => (line.length <= width || line.includes('\r') ? line : broken(line, width, indent)))
    .join('\n');
}

function broken(line: string, width: number, indent: string): string {
  const [, before = line, command] = /^(.*?:) (aws .*)$/.exec(line) ?? [];
  const [first = '', ...rest] = [...before.split(' '), ...(command === undefined ? [] : [command])];
  const lines: string[] = [];
  let current = first;
  for (const word of rest) {
    if (`${current} ${word}`.length <= width) current += ` ${word}`;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current].join('\n');
}
