import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../cli/print/wrapped.ts';

describe('text for a terminal', () => {
  it('breaks between words and goes on indented', () => {
    expect(wrapped('late: the answer came after it\nok\n', 16)).toBe(
      'late: the answer\n  came after it\nok\n',
    );
  });

  it('goes on under the text, not under the word before it, where it is told how far in that is', () => {
    expect(wrapped('ok     the newest is of today\n', 20, '       ')).toBe(
      'ok     the newest is\n       of today\n',
    );
    // An indented line stays so, and goes on as far in.
    expect(wrapped('       to do: look again', 20, '       ')).toBe('       to do: look\n       again');
  });

  it('leaves words, short lines, and a line written over itself, as they are', () => {
    expect(wrapped('0123456789abcdef is a root', 10)).toBe('0123456789abcdef\n  is a\n  root');
    expect(wrapped('  to do: this', 13)).toBe('  to do: this');
    expect(wrapped('\rReading [####......] 40 %', 10)).toBe('\rReading [####......] 40 %');
  });

  it('keeps a command whole, from the colon before it: pasted in pieces, it would run as several', () => {
    const command = 'aws dynamodb update-table --table-name ledger --deletion-protection-enabled';
    expect(wrapped(`       to do: switch it on: ${command}`, 30, '       ')).toBe(
      `       to do: switch it on:\n       ${command}`,
    );
  });

  it('has all the words in order, on lines that fit unless one word does not', () => {
    const text = fc
      .array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.integer({ min: 14, max: 80 }), (line, width) => {
        const lines = wrapped(line, width).split('\n');
        expect(lines.map((each) => each.trimStart()).join(' ')).toBe(line);
        for (const each of lines) expect(each.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
