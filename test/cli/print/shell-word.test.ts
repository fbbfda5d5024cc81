import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../cli/print/shell-word.ts';

describe('a word for a shell', () => {
  it.each(['sg/main', '2026-11-22T06:00:00+08:00', '--in'])('%s needs no quotes', (word) => {
    expect(shellWord(word)).toBe(word);
  });

  it('is what a shell reads', () => {
    const words = ['sg/*', "it's", '$HOME', '`id`', 'a b', '', '<script>', '"', '\\', '!', '#'];
    const line = `printf '%s\\n' ${words.map(shellWord).join(' ')}`;
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\n')).toEqual([...words, '']);
  });
});
