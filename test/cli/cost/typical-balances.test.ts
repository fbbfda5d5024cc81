import { describe, expect, it } from 'vitest';
import { typicalBalances } from '../../../cli/cost/typical-balances.ts';
import { parseBalances } from '../../../lambda/core/balances.ts';
import { PROFILES } from '../../bench/profiles.ts';
import { must } from '../../support/arbitraries.ts';

describe('a typical portfolio', () => {
  it('is the portfolio used to measure write units', () => {
    const measured = PROFILES.find(({ name }) => name.startsWith('typical'));
    for (const currencies of [1, 28, 31, 100]) {
      const lines = Array.from({ length: currencies }, (_, index) => measured?.line(index));
      expect(typicalBalances(currencies)).toEqual(must(parseBalances(lines)).balances);
    }
  });
});
