import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationTable } from '../infra/config.ts';
import { parseBalances } from '../lambda/core/balances.ts';
import { FAILURES } from '../lambda/core/failures.ts';
import { encodeItem } from '../lambda/core/item.ts';
import { must } from './core/arbitraries.ts';
import { SLOT } from './memory-parts.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

/** The first rows of a Markdown table's body that follows a line. */
function tableAfter(text: string, line: string): string[][] {
  const after = text.slice(text.indexOf(line) + line.length).split('\n');
  const begin = after.findIndex((row) => row.startsWith('|---'));
  const rows = after.slice(begin + 1);
  return rows
    .slice(
      0,
      rows.findIndex((row) => !row.startsWith('|')),
    )
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const common = {
  account: 'sg/main',
  slot: SLOT,
  observedAt: SLOT,
  manual: true,
  writer: 'test',
  keyId: '01234567',
} as const;
const line = { balance: '1', locked: '1', avg_buy_price: '1', avg_buy_price_modified: true };
const balances = must(
  parseBalances([
    { ...line, currency: 'A', unit_currency: 'SGD' },
    { ...line, currency: 'B', unit_currency: 'USDT' },
  ]),
);

/** The names of all that an item can have. */
const ATTRIBUTES = new Set([
  ...Object.keys(encodeItem({ ...common, ...balances, serverDate: SLOT, unknownFields: ['x'] })),
  ...Object.keys(encodeItem({ ...common, failure: 'late', detail: '', attempts: 0 })),
]);

describe('the README', () => {
  it('has exactly the configuration keys of the code, with their defaults and what is allowed', () => {
    const rows = tableAfter(read('README.md'), '## Configuration');
    expect(rows.map(([key, fallback, allowed]) => ({ key, fallback, allowed }))).toEqual(
      configurationTable().map(({ key, fallback, allowed }) => ({
        key: `\`${key}\``,
        fallback: fallback === 'none' ? 'none' : `\`${fallback}\``,
        allowed,
      })),
    );
  });

  it('names every attribute that an item can have', () => {
    const text = read('README.md');
    for (const attribute of ATTRIBUTES) expect(text).toContain(`\`${attribute}\``);
  });
});

describe('docs/failures.md', () => {
  it('has every code, with what happened and what to do, and no other', () => {
    const rows = tableAfter(read('docs/failures.md'), '# Failures');
    expect(rows).toEqual(
      Object.entries(FAILURES).map(([code, { happened, remedy }]) => [`\`${code}\``, happened, remedy]),
    );
  });
});
