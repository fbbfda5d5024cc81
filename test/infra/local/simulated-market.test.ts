import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedIn, simulatedMarket } from '../../../infra/local/simulated-market.ts';
import type { MarketPrice } from '../../../infra/local/ticker-row.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { quotesOf } from '../../../lambda/core/prices.ts';
import { REGION_IDS, type Region } from '../../../lambda/core/regions.ts';
import { SLOT } from '../../support/memory-parts.ts';

const market = simulatedMarket('test');
const YEARS = 10;

const regions = fc.constantFrom(...REGION_IDS);
const times = fc.integer({ min: SLOT, max: SLOT + YEARS * 365 * DAY });

/** Markets by name. */
function named(region: Region, now: Instant, of = market): Map<string, MarketPrice> {
  return new Map(of.prices(region, now).map((price) => [price.market, price]));
}

function sides(name: string): readonly [quote: string, base: string] {
  const [quote = '', base = ''] = name.split('-');
  return [quote, base];
}

function ageOf(region: Region, name: string, now: Instant): number {
  return now - (named(region, now).get(name)?.tradedAt ?? 0);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

describe('the simulated market', () => {
  it.each(REGION_IDS)('in %s lists markets in the fiat currency, USDT and BTC, each once', (region) => {
    const names = market.prices(region, SLOT).map((price) => price.market);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names.map((name) => sides(name)[0]))).toEqual(new Set(quotesOf(region)));
    for (const quote of quotesOf(region))
      expect(names.filter((name) => name.startsWith(`${quote}-`))).toEqual(
        listedIn(region, quote).map((base) => `${quote}-${base}`),
      );
  });

  it('lists a dozen markets in Singapore', () => {
    expect(market.prices('sg', SLOT)).toHaveLength(12);
  });

  it('has currencies of the demo with a direct market, only through USDT, only through BTC, and without any', () => {
    const namesIn = (region: Region) => [...named(region, SLOT).keys()];
    expect(namesIn('sg')).toContain('SGD-BTC');
    expect(namesIn('sg').filter((name) => name.endsWith('-ADA'))).toEqual(['USDT-ADA']);
    expect(namesIn('th').filter((name) => name.endsWith('-KUB'))).toEqual(['BTC-KUB']);
    const all = REGION_IDS.flatMap(namesIn);
    expect(all.filter((name) => name.endsWith('-FLR'))).toEqual([]);
  });

  it('has prices above 0, of at most 5 digits and 8 decimals, in plain text', () => {
    fc.assert(
      fc.property(regions, times, (region, now) => {
        for (const { market: name, price, previousClose } of market.prices(region, now)) {
          for (const text of [price, previousClose]) {
            expect(text, name).toMatch(/^(0|[1-9]\d*)(\.\d{1,8})?$/);
            expect(text).not.toMatch(/\.\d*0$/);
            expect(new Big(text ?? 0).c.length, `${name} ${text}`).toBeLessThanOrEqual(5);
            expect(new Big(text ?? 0).gt(0), name).toBe(true);
          }
        }
      }),
    );
  });

  it('has no trade of the future, and the close of the day before', () => {
    fc.assert(
      fc.property(regions, times, (region, now) => {
        const closes = named(region, Math.floor(now / DAY) * DAY - 1);
        for (const { market: name, tradedAt, previousClose } of market.prices(region, now)) {
          expect(tradedAt).toBeLessThanOrEqual(now);
          expect(now - tradedAt).toBeLessThan(14 * HOUR);
          expect(previousClose).toBe(closes.get(name)?.price);
        }
      }),
    );
  });

  it('depends only on the seed, the region and the time', () => {
    const hours = Array.from({ length: 200 }, (_, hour) => SLOT + hour * HOUR);
    const forward = hours.map((now) => market.prices('sg', now));
    const again = simulatedMarket('test');
    expect([...hours].reverse().map((now) => again.prices('sg', now))).toEqual([...forward].reverse());
    expect(hours.map((now) => simulatedMarket('other').prices('sg', now))).not.toEqual(forward);
  });

  it('keeps a price and its time until the next trade', () => {
    fc.assert(
      fc.property(regions, times, fc.integer({ min: 0, max: 10 * MINUTE }), (region, now, later) => {
        const after = named(region, now + later);
        for (const { market: name, price, tradedAt } of market.prices(region, now)) {
          const next = after.get(name);
          expect(next?.tradedAt).toBeGreaterThanOrEqual(tradedAt);
          const isSame = next?.tradedAt === tradedAt && next.price === price;
          expect(isSame || (next?.tradedAt ?? 0) > now, name).toBe(true);
        }
      }),
    );
  });

  it('tells the price of one market as in the list of all', () => {
    fc.assert(
      fc.property(regions, times, (region, now) => {
        for (const { market: name, price } of market.prices(region, now)) {
          const [quote, base] = sides(name);
          expect(market.priceOf(region, quote, base, now)).toBe(price);
        }
      }),
    );
    expect(() => market.priceOf('sg', 'SGD', 'FLR', SLOT)).toThrow('there is no market SGD-FLR');
  });

  it('agrees across markets within half a percent, where the trades are recent', () => {
    fc.assert(
      fc.property(regions, times, (region, now) => {
        const recent = [...named(region, now)].filter(([, { tradedAt }]) => now - tradedAt < MINUTE);
        const prices = new Map(recent.map(([name, { price }]) => [name, new Big(price)]));
        for (const [name, price] of prices) {
          const [quote, base] = sides(name);
          for (const bridge of ['USDT', 'BTC']) {
            const [onward, first] = [prices.get(`${quote}-${bridge}`), prices.get(`${bridge}-${base}`)];
            if (onward === undefined || first === undefined) continue;
            const ratio = first.times(onward).div(price).toNumber();
            expect(Math.abs(ratio - 1), `${region} ${name} through ${bridge}`).toBeLessThan(0.005);
          }
        }
      }),
    );
  });

  it('agrees across regions within a percent', () => {
    for (let day = 0; day < 365; day += 1) {
      const [sg, id, th] = (['sg', 'id', 'th'] as const).map((region) =>
        new Big(market.priceOf(region, 'USDT', 'BTC', SLOT + day * DAY)).toNumber(),
      );
      expect(Math.abs((sg ?? 0) / (id ?? 0) - 1)).toBeLessThan(0.01);
      expect(Math.abs((sg ?? 0) / (th ?? 0) - 1)).toBeLessThan(0.01);
    }
  });

  it('moves a little every hour, and by tens of percent in a month', () => {
    const hours = Array.from({ length: 90 * 24 }, (_, hour) =>
      Number(market.priceOf('sg', 'USDT', 'BTC', SLOT + hour * HOUR)),
    );
    const steps = hours.slice(1).map((price, hour) => Math.abs(price / (hours[hour] ?? 0) - 1));
    expect(Math.max(...steps)).toBeLessThan(0.06);
    expect(median(steps)).toBeGreaterThan(0.001);
    const months = hours.slice(30 * 24).map((price, hour) => Math.abs(price / (hours[hour] ?? 0) - 1));
    expect(Math.max(...months)).toBeGreaterThan(0.15);
  });

  it('never runs away: over ten years every price stays within a factor of three of its usual one', () => {
    const usual = new Map([
      ['USDT-BTC', 64_200],
      ['USDT-ETH', 3_180],
      ['USDT-ADA', 0.91],
      ['IDR-BTC', 1_041_000_000],
      ['IDR-PEPE', 0.1633],
      ['THB-BTC', 2_260_000],
      ['BTC-KUB', 0.0000271],
      ['KRW-SOL', 219_000],
    ]);
    for (let month = 0; month < YEARS * 12; month += 1) {
      for (const region of REGION_IDS) {
        for (const [name, { price }] of named(region, SLOT + month * 30 * DAY)) {
          const factor = Number(price) / (usual.get(name) ?? Number(price));
          expect(factor, name).toBeGreaterThan(1 / 3);
          expect(factor, name).toBeLessThan(3);
        }
      }
    }
  });

  it('is below the usual price as well as above it', () => {
    const factors = Array.from(
      { length: YEARS * 12 },
      (_, month) => Number(market.priceOf('sg', 'USDT', 'BTC', SLOT + month * 30 * DAY)) / 64_200,
    );
    expect(Math.min(...factors)).toBeLessThan(0.85);
    expect(Math.max(...factors)).toBeGreaterThan(1.15);
    expect(median(factors)).toBeGreaterThan(0.9);
    expect(median(factors)).toBeLessThan(1.1);
  });

  it('hardly moves a fiat currency: a USDT stays within a few percent of its usual price', () => {
    for (let month = 0; month < YEARS * 12; month += 1) {
      const price = Number(market.priceOf('sg', 'SGD', 'USDT', SLOT + month * 30 * DAY));
      expect(Math.abs(price / 1.345 - 1)).toBeLessThan(0.03);
    }
  });

  it('has a few markets that trade rarely, so that their last trade is sometimes more than an hour old', () => {
    const rare = { sg: 'BTC-ETH', id: 'BTC-XRP', th: 'BTC-KUB', kr: 'BTC-XRP' };
    const hours = Array.from({ length: 30 * 24 }, (_, hour) => SLOT + hour * HOUR);
    for (const region of REGION_IDS) {
      const stale = hours.filter((now) => ageOf(region, rare[region], now) > HOUR).length;
      expect(stale / hours.length).toBeGreaterThan(0.2);
      expect(stale / hours.length).toBeLessThan(1);
      const perHour = hours.map(
        (now) => market.prices(region, now).filter(({ tradedAt }) => now - tradedAt > HOUR).length,
      );
      expect(Math.max(...perHour)).toBeLessThanOrEqual(2);
    }
  });
});
