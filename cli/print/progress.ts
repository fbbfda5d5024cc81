const WIDTH = 30;

/** A progress bar on one line of a terminal, wiped at the end; silent without a terminal. */
export function progressBar(
  title: string,
  terminal: { readonly isTTY?: boolean; write(text: string): unknown },
): (done: number, all: number) => void {
  let shown = '';
  return (done, all) => {
    if (terminal.isTTY !== true) return;
    const filled = Math.floor((done / all) * WIDTH);
    const line = `${title} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor((100 * done) / all)} %`;
    if (done === all) terminal.write(`\r${' '.repeat(line.length)}\r`);
    else if (line !== shown) terminal.write(`\r${line}`);
    shown = line;
  };
}
