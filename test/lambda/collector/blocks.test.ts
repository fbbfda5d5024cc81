import { describe, expect, it } from 'vitest';
import { Blocks } from '../../../lambda/collector/blocks.ts';

describe('the blocks that are known', () => {
  it('are none at first', () => {
    expect(new Blocks().until('sg/main', 'sg')).toBeUndefined();
  });

  it('hold for an account, or for all accounts at a host', () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: 5, whom: 'account' });
    blocks.note('id/main', 'id', { until: 7, whom: 'address' });
    expect(blocks.until('sg/main')).toBe(5);
    expect(blocks.until('sg/other')).toBeUndefined();
    expect(blocks.until('id/other')).toBe(7);
    expect(blocks.until('sg/other', 'id')).toBe(7);
  });

  it.each<'account' | 'address'>(['account', 'address'])(
    'of one %s last until the longer one ends',
    (whom) => {
      const blocks = new Blocks();
      for (const until of [7, 5]) blocks.note('sg/main', 'sg', { until, whom });
      expect(blocks.until('sg/main')).toBe(7);
    },
  );

  it.each([
    [5, 7],
    [7, 5],
  ])('last, of both, until the later one ends: %i and %i', (account, address) => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: account, whom: 'account' });
    blocks.note('sg/main', 'sg', { until: address, whom: 'address' });
    expect(blocks.until('sg/main')).toBe(7);
  });
});
