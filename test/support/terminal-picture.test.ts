import { describe, expect, it } from 'vitest';
import { terminalPicture } from './terminal-picture.ts';

const linesIn = (picture: string) =>
  [...picture.matchAll(/<text [^>]*>([^\n]*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  );

describe('the picture of a terminal', () => {
  it('has the command and what it printed, with all its spaces', () => {
    const picture = terminalPicture('x --local', 'a   1\n\n  b <&> 2\n');
    expect(linesIn(picture)).toEqual(['$ x --local', 'a   1', '  b <&> 2']);
    expect(picture.match(/xml:space="preserve"/g)).toHaveLength(3);
    // The empty line is there as well: three lines of 18 below the first.
    expect(picture).toMatch(/y="82"[^>]*> {2}b /);
  });

  it('goes on below where a line is wider than the terminal, as a terminal does', () => {
    expect(linesIn(terminalPicture('x', `${'1'.repeat(80)}\n${'2'.repeat(81)}`))).toEqual([
      '$ x',
      '1'.repeat(80),
      '2'.repeat(80),
      '2',
    ]);
  });

  it('gives each character the same width', () => {
    const widths = [...terminalPicture('x', 'ab\nabcd').matchAll(/textLength="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toEqual([25.2, 16.8, 33.6]);
  });
});
