import { describe, expect, it } from 'vitest';
import { Blocks } from '../../../lambda/collector/blocks.ts';
import { MINUTE } from '../../../lambda/core/instant.ts';
import { SLOT } from '../../support/memory-parts.ts';

describe('the known blocks', () => {
  it('are initially empty', () => {
    const blocks = new Blocks();
    expect(blocks.until('sg/main', 'sg')).toBe(0);
    expect(blocks.ofAccount('sg/main')).toBeUndefined();
    expect(blocks.reasonToSkip('sg/main', 0)).toBeUndefined();
  });

  it('apply to an account, or to all accounts at a host', () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: 5, whom: 'account' });
    blocks.note('id/main', 'id', { until: 7, whom: 'address' });
    expect(blocks.until('sg/main')).toBe(5);
    expect(blocks.until('sg/other')).toBe(0);
    expect(blocks.until('id/other')).toBe(7);
    expect(blocks.until('sg/other', 'id')).toBe(7);
  });

  it('of the address are also those of the account that met them, unless it was at another region’s host', () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: 5, whom: 'address' });
    blocks.note('sg/other', 'id', { until: 7, whom: 'address' });
    expect([blocks.ofAccount('sg/main'), blocks.ofAccount('sg/other')]).toEqual([5, undefined]);
    expect([blocks.until('sg/other'), blocks.until('sg/other', 'id')]).toEqual([5, 7]);
  });

  it('of an account apply to it at every host', () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'id', { until: 5, whom: 'account' });
    expect([blocks.until('sg/main'), blocks.until('sg/main', 'th'), blocks.until('id/main')]).toEqual([
      5, 5, 0,
    ]);
  });

  it('are learned from the catalog, which shortens none', () => {
    const blocks = new Blocks();
    blocks.note('sg/b', 'sg', { until: 7, whom: 'account' });
    const entries = [
      { account: 'sg/a', since: 0, blockedUntil: 5 },
      { account: 'sg/b', since: 0, blockedUntil: 5 },
      { account: 'sg/c', since: 0 },
    ] as const;
    blocks.learn({ accounts: new Map(entries.map((entry) => [entry.account, entry])) });
    expect([blocks.until('sg/a'), blocks.until('sg/b'), blocks.until('sg/c')]).toEqual([5, 7, 0]);
    expect(blocks.ofAccount('sg/c')).toBeUndefined();
  });

  it.each<'account' | 'address'>(['account', 'address'])(
    'of the same %s last until the longer one ends',
    (whom) => {
      const blocks = new Blocks();
      for (const until of [7, 5]) blocks.note('sg/main', 'sg', { until, whom });
      expect(blocks.until('sg/main')).toBe(7);
    },
  );

  it.each([
    [5, 7],
    [7, 5],
  ])('of an account and its address last until the later one ends: %i and %i', (account, address) => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: account, whom: 'account' });
    blocks.note('sg/main', 'sg', { until: address, whom: 'address' });
    expect(blocks.until('sg/main')).toBe(7);
  });

  it('are the reason to make no call until they end, in words that say of whom', () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: SLOT + 2 * MINUTE, whom: 'account' });
    blocks.note('sg/other', 'sg', { until: SLOT + MINUTE, whom: 'address' });
    expect(blocks.reasonToSkip('sg/main', SLOT + 2 * MINUTE - 1)).toStrictEqual({
      code: 'upbit.blocked',
      detail: 'skipped: Upbit’s block lasts until 2026-11-22T06:02:00Z',
    });
    expect(blocks.reasonToSkip('sg/main', SLOT + 2 * MINUTE)).toBeUndefined();
    expect(blocks.reasonToSkip('sg/third', SLOT)).toStrictEqual({
      code: 'upbit.blocked',
      detail: 'skipped: Upbit’s block of this address lasts until 2026-11-22T06:01:00Z',
    });
    expect(blocks.reasonToSkip('th/main', SLOT, 'sg')).toMatchObject({ code: 'upbit.blocked' });
    expect(blocks.reasonToSkip('th/main', SLOT)).toBeUndefined();
  });
});
