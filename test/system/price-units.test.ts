import { describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../lambda/core/instant.ts';
import { encodePrices } from '../../lambda/core/price-item.ts';
import { pricesFor } from '../../lambda/core/prices.ts';
import { itemBytes } from '../../lambda/core/stored.ts';
import { readText } from '../support/checkout.ts';
import { SLOT } from '../support/memory-parts.ts';
import { pricesOf } from '../support/ticker.ts';

/** In bytes. */
const WRITE_UNIT = 1024;

describe('one write unit', () => {
  const BRIDGES = { 'SGD-BTC': '164200.5', 'SGD-USDT': '1.2945', 'USDT-BTC': '126842.33' };
  const ORDINARY = { SGD: '12.345678', USDT: '9.876543', BTC: '0.00002345' };

  /** How many currencies with four-letter names fit, each with a market of eight digits or fewer in these quotes. */
  function fitting(quotes: readonly (keyof typeof ORDINARY)[], sinceTrade = SECOND): number {
    for (let count = 1; ; count += 1) {
      const names = Array.from({ length: count }, (_, index) => `C${String(index).padStart(3, '0')}`);
      const markets = names.flatMap((name) => quotes.map((quote) => [`${quote}-${name}`, ORDINARY[quote]]));
      const all = pricesOf({ ...BRIDGES, ...Object.fromEntries(markets) });
      const observedAt = SLOT + sinceTrade;
      const prices = pricesFor(new Set(names), 'sg', all, observedAt);
      expect(prices.size).toBe(3 + count * quotes.length);
      const bytes = itemBytes(
        encodePrices({ region: 'sg', slot: SLOT, observedAt, prices, writer: '0.1.0' }),
      );
      if (bytes > WRITE_UNIT) return count - 1;
    }
  }

  it('holds as many currencies as docs/ledger.md says', () => {
    const all = ['SGD', 'USDT', 'BTC'] as const;
    const [, ...numbers] =
      /(\d+) currencies with three markets each[^.]*?(\d+) with one[^.]*?(\d+) if/.exec(
        readText('docs/ledger.md').replace(/\s+/g, ' '),
      ) ?? [];
    expect(numbers.map(Number)).toEqual([fitting(all), fitting(['SGD']), fitting(all, HOUR + SECOND)]);
  });
});
