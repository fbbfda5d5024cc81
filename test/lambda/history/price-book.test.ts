import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { HOUR, type Instant } from '../../../lambda/core/instant.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { PriceBook, regionsBehind } from '../../../lambda/history/price-book.ts';
import { memoryLedger, sheet, time } from '../../support/memory-ledger.ts';

const SLOT = time('2026-10-31T00:00:00Z');

function book(...sheets: Parameters<typeof memoryLedger>[2] & object) {
  const asked: string[] = [];
  const reader = memoryLedger(EMPTY_CATALOG, [], sheets);
  const counting = {
    ...reader,
    prices: (region: Region, slots: readonly Instant[]) => {
      asked.push(`${region} ${slots.length}`);
      return reader.prices(region, slots);
    },
  };
  return { asked, prices: new PriceBook(counting) };
}

describe('the price book', () => {
  it('gives the prices of exactly the slot, never of a neighbouring one', async () => {
    const { prices } = book(sheet('sg', SLOT, { 'SGD-BTC': '64200' }));
    const at = await prices.at(['sg'], [SLOT, SLOT + HOUR]);
    expect([...at(SLOT).keys()]).toEqual(['sg']);
    expect([...at(SLOT + HOUR).keys()]).toEqual([]);
  });

  it('reads each slot once, whoever asks, also one without prices', async () => {
    const { prices, asked } = book(sheet('sg', SLOT, { 'SGD-BTC': '64200' }));
    await prices.at(['sg'], [SLOT, SLOT, SLOT + HOUR]);
    const at = await prices.at(['sg', 'th'], [SLOT, SLOT + HOUR]);
    expect(asked).toEqual(['sg 2', 'th 2']);
    expect(at(SLOT).get('sg')?.prices.size).toBe(1);
  });

  it('keeps a bounded number of slots, and reads the rest again: the answers are the same', async () => {
    const slots = Array.from({ length: 3_000 }, (_, hour) => SLOT + hour * HOUR);
    const { prices, asked } = book(...slots.map((slot) => sheet('sg', slot, { 'SGD-BTC': '64200' })));
    for (let round = 0; round < 2; round += 1) {
      const at = await prices.at(['sg'], slots);
      expect(slots.filter((slot) => at(slot).get('sg')?.slot === slot)).toHaveLength(3_000);
    }
    expect(asked).toEqual(['sg 3000', 'sg 500']);
  });

  it('takes prices that it cannot read for none', async () => {
    const { prices } = book({ region: 'sg', slot: SLOT, problem: 'its schema version is 2' });
    expect([...(await prices.at(['sg'], [SLOT]))(SLOT).keys()]).toEqual([]);
  });
});

describe('the regions behind a worth', () => {
  it('are the account’s own, and that of the unit', () => {
    expect(regionsBehind('th', 'USDT')).toEqual(['th']);
    expect(regionsBehind('th', 'SGD')).toEqual(['sg', 'th']);
    expect(regionsBehind('sg', 'SGD')).toEqual(['sg']);
  });
});
