import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import {
  accountText,
  dayName,
  itemText,
  lastSealable,
  oldestSealable,
  overdueBefore,
  rootText,
} from '../../../lambda/core/seal.ts';
import { time } from '../../support/memory-ledger.ts';

const ITEMS = ['2026-03-31T00:00:00Z', '2026-03-31T01:00:00Z'].map((slot) => ({
  account: { S: 'sg/main' },
  slot: { S: slot },
  balance: { M: { BTC: { N: '0.50' } } },
}));

/** What `sha256sum` of Debian says of a text. */
function sha256sum(text: string): string {
  return execFileSync('sha256sum', { input: text, encoding: 'utf8' }).slice(0, 64);
}

describe('what is hashed', () => {
  it('of an item is its canonical JSON', () => {
    expect(itemText(ITEMS[0] ?? {})).toBe(
      '{"account":"sg/main","balance":{"BTC":"0.5"},"slot":"2026-03-31T00:00:00Z"}',
    );
  });

  it('can be repeated with sha256sum, step by step', () => {
    const lines = ITEMS.map((item) => `${item.slot.S} ${sha256sum(itemText(item))}\n`);
    expect(accountText(ITEMS, sha256)).toBe(lines.join(''));
    const day = sha256sum(lines.join(''));
    expect(sha256(accountText(ITEMS, sha256))).toBe(day);
    const accounts = new Map([
      ['th/main', day],
      ['#price/sg', day],
      ['sg/main', day],
    ]);
    const text = `-\n#price/sg ${day}\nsg/main ${day}\nth/main ${day}\n`;
    expect(rootText(undefined, accounts)).toBe(text);
    expect(rootText(sha256(text), accounts)).toBe(text.replace('-', sha256sum(text)));
    expect(rootText(undefined, new Map())).toBe('-\n');
  });
});

describe('a day', () => {
  it('is named by its date in its own time zone', () => {
    expect(dayName({ from: time('2026-03-30T17:00:00Z'), timeZone: 'Asia/Bangkok' })).toBe('2026-03-31');
    expect(dayName({ from: time('2026-03-31T00:00:00Z'), timeZone: 'UTC' })).toBe('2026-03-31');
  });

  it('can be sealed from an hour after its end, to the second', () => {
    const end = time('2026-03-31T17:00:00Z');
    expect(lastSealable('Asia/Bangkok', end + HOUR)).toBe(time('2026-03-30T17:00:00Z'));
    expect(lastSealable('Asia/Bangkok', end + HOUR - 1)).toBe(time('2026-03-29T17:00:00Z'));
  });
});

describe('the days of a sealer', () => {
  it('go back 31 from the last that can be sealed, itself included', () => {
    const at = time('2026-04-01T01:00:00Z');
    expect(lastSealable('UTC', at)).toBe(time('2026-03-31T00:00:00Z'));
    expect(oldestSealable('UTC', at)).toBe(time('2026-03-01T00:00:00Z'));
  });

  it('have an overdue seal two hours after their end', () => {
    const [yesterday, today] = [time('2026-03-31T00:00:00Z'), time('2026-04-01T00:00:00Z')];
    expect(overdueBefore('UTC', today + 2 * HOUR - 1)).toBe(yesterday);
    expect(overdueBefore('UTC', today + 2 * HOUR)).toBe(today);
  });
});
