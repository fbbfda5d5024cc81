import { describe, expect, it } from 'vitest';
import { progressBar } from '../../../cli/print/progress.ts';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('the progress bar', () => {
  it('stays on one line, and grows', () => {
    const on = terminal(true);
    const show = progressBar('Filling', on);
    for (const done of [1, 5, 9]) show(done, 10);
    expect(on.written).toEqual([
      '\rFilling [###...........................] 10 %',
      '\rFilling [###############...............] 50 %',
      '\rFilling [###########################...] 90 %',
    ]);
  });

  it('is wiped at the end', () => {
    const on = terminal(true);
    const show = progressBar('Filling', on);
    show(99, 100);
    show(100, 100);
    const [shown = '', wiped = ''] = on.written;
    expect(wiped).toMatch(/^\r +\r$/);
    expect(wiped.length - 2).toBeGreaterThanOrEqual(shown.length - 1);
  });

  it('writes nothing if it would look the same', () => {
    const on = terminal(true);
    const show = progressBar('Filling', on);
    for (let done = 1; done < 1_000; done += 1) show(done, 1_000);
    expect(on.written.length).toBeLessThan(150);
    expect(new Set(on.written).size).toBe(on.written.length);
  });

  it('is silent without a terminal', () => {
    const off = terminal(false);
    const show = progressBar('Filling', off);
    show(1, 2);
    show(2, 2);
    expect(off.written).toEqual([]);
  });
});
