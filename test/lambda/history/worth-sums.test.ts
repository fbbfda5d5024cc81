import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { Sum } from '../../../lambda/core/worth.ts';
import { WorthSums } from '../../../lambda/history/worth-sums.ts';
import { decimal } from '../../support/arbitraries.ts';
import { snapshot, time } from '../../support/memory-ledger.ts';

const SLOT = time('2026-10-31T00:00:00Z');
const worth = (value: string, ...unpriced: string[]): Sum => ({ value: decimal(value), unpriced });

describe('sums over time', () => {
  it('add up the accounts of each point, in order of time, by their oldest slot', () => {
    const sums = new WorthSums();
    const [sg, th] = ['sg/main', 'th/main'] as const;
    sums.add(SLOT + HOUR, { account: sg, snapshot: snapshot(sg, SLOT + HOUR), sum: worth('1', 'FLR') });
    sums.add(SLOT, { account: sg, snapshot: snapshot(sg, SLOT + HOUR / 2), sum: worth('0.1', 'B') });
    sums.add(SLOT, { account: th, snapshot: snapshot(th, SLOT), sum: worth('0.02', 'A') });
    expect(
      sums
        .points()
        .map(({ point, slot, sum, accounts }) => [
          point - SLOT,
          slot - SLOT,
          sum.value && formatDecimal(sum.value),
          sum.unpriced,
          [...accounts.keys()],
        ]),
    ).toEqual([
      [0, 0, '0.12', ['A', 'B'], [sg, th]],
      [HOUR, HOUR, '1', ['FLR'], [sg]],
    ]);
  });
});
