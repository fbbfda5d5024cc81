import { describe, expect, it } from 'vitest';
import { printable } from '../../cli/printable.ts';
import { type Column, table } from '../../cli/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'held', align: 'number' },
  { title: 'in', align: 'text' },
];

describe('a table', () => {
  it('puts decimal points one below the other', () => {
    const rows = [
      ['BTC', '0.5', 'USDT'],
      ['SGD', '1234', ''],
      ['USDT', '12.0625', 'SGD'],
    ];
    expect(table(COLUMNS, rows, 80).split('\n')).toEqual([
      'currency       held  in',
      'BTC          0.5     USDT',
      'SGD       1234',
      'USDT        12.0625  SGD',
      '',
    ]);
  });

  it('becomes blocks of lines where it does not fit, and cuts no amount', () => {
    const amount = '99999999999999999999999999999999999999';
    expect(table(COLUMNS, [['BTC', amount, 'USDT']], 40).split('\n')).toEqual([
      'currency  BTC',
      `  held      ${amount}`,
      '  in        USDT',
      '',
    ]);
    expect(table(COLUMNS, [['BTC', amount, 'USDT']], 54).split('\n')).toHaveLength(3);
  });

  it('lets no name move the cursor or break the line', () => {
    expect(printable('A\u001b[2JB\nC\u202eD')).toBe('A\uFFFD[2JB\uFFFDC\uFFFDD');
    expect(table(COLUMNS, [['A\u001b[2J\n', '1', '']], 80).split('\n')[1]).toBe('A\uFFFD[2J\uFFFD       1');
  });
});
