import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../../cli/report/markup.ts';
import { sealTable } from '../../../../cli/report/statement/seal-table.ts';
import type { AccountName } from '../../../../lambda/core/account.ts';
import { ZERO } from '../../../../lambda/core/decimal.ts';
import { DAY, type Instant, SECOND } from '../../../../lambda/core/instant.ts';
import type { Seal } from '../../../../lambda/core/seal.ts';
import { snapshot, time } from '../../../support/memory-ledger.ts';
import { cellsIn, textIn } from '../../../support/page-text.ts';

/** Midnight in Singapore at the start of 31 March. */
const MIDNIGHT = time('2026-03-30T16:00:00Z');

function sealOf(from: Instant, accounts: readonly string[], root = 'a'.repeat(64)): Seal {
  return {
    from,
    timeZone: 'Asia/Singapore',
    root,
    previous: undefined,
    accounts: new Map(accounts.map((account) => [account, 'b'.repeat(64)])),
    items: new Map(accounts.map((account) => [account, 24])),
    sealedAt: from + DAY + 3_660 * SECOND,
    writer: 'test',
  };
}

function shown(slots: readonly (readonly [AccountName, Instant])[], seals: readonly Seal[]): string {
  const worths = slots.map(([account, slot]) => ({
    account,
    snapshot: snapshot(account, slot),
    holdings: [],
    sum: { value: ZERO, unpriced: [] },
    hasPrices: true,
  }));
  return sealTable({ worths, seals, timeZone: 'Asia/Singapore' }).map(toHtml).join('');
}

describe('the seals of a statement', () => {
  it('are those of the days of its snapshots: the root, and when it was sealed', () => {
    const html = shown(
      [
        ['sg/main', MIDNIGHT],
        ['th/main', MIDNIGHT + DAY - SECOND],
        ['id/main', MIDNIGHT - SECOND],
      ],
      [sealOf(MIDNIGHT, ['sg/main', 'th/main']), sealOf(MIDNIGHT - DAY, ['id/main'], 'c'.repeat(64))],
    );
    expect(cellsIn(html).slice(1)).toEqual([
      ['2026-03-30', 'id/main', 'c'.repeat(64), '2026-03-31T01:01:00+08:00'],
      ['2026-03-31', 'sg/main, th/main', 'a'.repeat(64), '2026-04-01T01:01:00+08:00'],
    ]);
    expect(html).not.toContain('does not cover');
  });

  it('say so if a day has no seal', () => {
    const html = shown([['sg/main', MIDNIGHT + DAY]], [sealOf(MIDNIGHT, ['sg/main'])]);
    expect(cellsIn(html).slice(1)).toEqual([['2026-04-01', 'sg/main', '–', 'no seal']]);
  });

  it('say so if a seal does not cover an account', () => {
    const html = shown(
      [
        ['sg/main', MIDNIGHT],
        ['sg/late', MIDNIGHT],
      ],
      [sealOf(MIDNIGHT, ['sg/main'])],
    );
    expect(textIn(html)).toContain('The seal of 2026-03-31 does not cover sg/late.');
  });

  it('count the accounts of a day that has many, and are left out without a snapshot', () => {
    const many = ['a', 'b', 'c', 'd'].map((name): [AccountName, Instant] => [`sg/${name}`, MIDNIGHT]);
    expect(cellsIn(shown(many, []))[1]?.[1]).toBe('4 accounts');
    expect(shown([], [])).toBe('');
  });
});
