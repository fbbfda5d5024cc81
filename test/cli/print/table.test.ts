import { describe, expect, it } from 'vitest';
import { type Column, captionOf, streamedTable, table } from '../../../cli/print/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  { title: 'held', align: 'number' },
  { title: 'in', align: 'text' },
];

describe('a table', () => {
  it('aligns decimal points', () => {
    const rows = [
      ['BTC', '0.5', 'USDT'],
      ['SGD', '1234', ''],
      ['USDT', '12.0625', 'SGD'],
    ];
    expect(table(COLUMNS, rows, Infinity).split('\n')).toEqual([
      'currency       held  in',
      'BTC          0.5     USDT',
      'SGD       1234',
      'USDT        12.0625  SGD',
      '',
    ]);
  });

  it('becomes blocks of lines if it does not fit, without truncating amounts', () => {
    const amount = '99999999999999999999999999999999999999';
    expect(table(COLUMNS, [['BTC', amount, 'USDT']], 40).split('\n')).toEqual([
      'currency  BTC',
      `  held      99${',999'.repeat(12)}`,
      '  in        USDT',
      '',
    ]);
    expect(table(COLUMNS, [['BTC', amount, 'USDT']], 66).split('\n')).toHaveLength(3);
  });

  it('leaves columns out if it does not fit, those with the highest number first', () => {
    const columns: readonly Column[] = [
      { title: 'currency', align: 'text' },
      { title: 'held', align: 'number' },
      { title: 'price', align: 'number', leftOut: 2 },
      { title: 'in', align: 'text', leftOut: 2 },
      { title: 'share', align: 'text', leftOut: 1 },
    ];
    const titlesAt = (width: number) =>
      table(columns, [['BTC', '1', '2', 'SGD', '3 %']], width).split('\n')[0];
    expect(titlesAt(80)).toBe('currency  held  price  in   share');
    expect(titlesAt(32)).toBe('currency  held  share');
    expect(titlesAt(20)).toBe('currency  held');
    expect(titlesAt(13)).toBe('currency  BTC');
  });

  it('shortens columns before it leaves any out, and no more than it must', () => {
    const columns: readonly Column[] = [
      { title: 'slot', align: 'text', short: { cell: (slot) => slot.slice(0, 10) } },
      { title: 'value', align: 'number', leftOut: 1 },
      { title: 'without a price', align: 'text', short: { title: 'no price', cell: (_, row) => `#${row}` } },
    ];
    const rows = [
      ['2026-11-22T00:00Z', '1', 'ADA BTC'],
      ['2026-11-23T00:00Z', '2', 'ETH'],
    ];
    const at = (width: number) => table(columns, rows, width).split('\n').slice(0, -1);
    expect(at(41)).toEqual([
      'slot               value  without a price',
      '2026-11-22T00:00Z      1  ADA BTC',
      '2026-11-23T00:00Z      2  ETH',
    ]);
    expect(at(40)).toEqual(['slot        value  no price', '2026-11-22      1  #0', '2026-11-23      2  #1']);
    expect(at(26)).toEqual(['slot        no price', '2026-11-22  #0', '2026-11-23  #1']);
    // What is left out makes room for the others to be whole.
    expect(table(columns.toSpliced(2), rows, 23)).toContain('2026-11-22      1\n');
    expect(table(columns.toSpliced(2), rows, 17)).toContain('2026-11-22      1\n');
    expect(table(columns.toSpliced(2), [['2026-11-22T00:00Z', '1'.repeat(40), '']], 20)).toContain(
      '\n2026-11-22T00:00Z\n',
    );
  });

  it('groups thousands only on a terminal, where only a person reads them', () => {
    const rows = [
      ['BTC', '-1234567.00001234', ''],
      ['SGD', '1e5', ''],
      ['IDR', '999', ''],
    ];
    const held = (width: number) =>
      table(COLUMNS, rows, width)
        .split('\n')
        .slice(1, 4)
        .map((line) => line.split(/ +/)[1]);
    expect(held(80)).toEqual(['-1,234,567.00001234', '1e5', '999']);
    expect(held(Infinity)).toEqual(['-1234567.00001234', '1e5', '999']);
  });

  it('splits its caption if it does not fit', () => {
    expect(captionOf(['sg/main', 'slot 1', 'observed 2'], 27)).toBe('sg/main  slot 1  observed 2\n');
    expect(captionOf(['sg/main', 'slot 1', 'observed 2'], 26)).toBe('sg/main  slot 1\n  observed 2\n');
    expect(captionOf(['sg/main', 'slot 1', 'observed 2'], 14)).toBe('sg/main\n  slot 1\n  observed 2\n');
    expect(captionOf(['sg/main', 'slot 1', 'observed 2'], 20)).toBe('sg/main  slot 1\n  observed 2\n');
  });

  it('streamed row by row puts a last cell that does not fit on its own line', async () => {
    const at = async (width: number) => {
      async function* rows() {
        yield ['sg/main', 'late'];
        yield ['sg/main', 'upbit.unavailable'];
      }
      let all = '';
      for await (const piece of streamedTable('', ['account', 'reason'], [7], rows(), width)) all += piece;
      return all.split('\n').slice(0, -1);
    };
    expect(await at(26)).toEqual(['account  reason', 'sg/main  late', 'sg/main  upbit.unavailable']);
    expect(await at(25)).toEqual(['account  reason', 'sg/main  late', 'sg/main', '  upbit.unavailable']);
  });
});
