import { describe, expect, it } from 'vitest';
import { printable } from '../../../cli/print/printable.ts';
import { type Column, table } from '../../../cli/print/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'held', align: 'number' },
  { title: 'in', align: 'text' },
];

describe('text for a terminal', () => {
  it('cannot move the cursor or break the line', () => {
    expect(printable('A\u001b[2JB\nC\u202eD')).toBe('A\uFFFD[2JB\uFFFDC\uFFFDD');
    expect(table(COLUMNS, [['A\u001b[2J\n', '1', '']], 80).split('\n')[1]).toBe('A\uFFFD[2J\uFFFD       1');
  });
});
