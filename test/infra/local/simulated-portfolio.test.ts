import Big from 'big.js';
import { describe, expect, it } from 'vitest';
import { simulatedMarket } from '../../../infra/local/simulated-market.ts';
import { type PortfolioOrigin, simulatedBalances } from '../../../infra/local/simulated-portfolio.ts';
import type { BalanceLine } from '../../../infra/local/simulated-upbit.ts';
import { parseBalances } from '../../../lambda/core/balances.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { REGION_IDS, REGIONS, type Region } from '../../../lambda/core/regions.ts';
import { ADA } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

const CASH: Readonly<Record<Region, string>> = { sg: 'USDT', id: 'IDR', th: 'THB', kr: 'KRW' };

function whose(region: Region, seed = 'test'): PortfolioOrigin {
  return { seed, region, name: 'main', origin: SLOT };
}

/** The portfolio at every hour of so many days. */
function byHour(region: Region, days: number, seed?: string): BalanceLine[][] {
  const balances = simulatedBalances(whose(region, seed));
  return Array.from({ length: (days * DAY) / HOUR }, (_, hour) => balances(SLOT + hour * HOUR));
}

function currencies(lines: readonly BalanceLine[]): string[] {
  return lines.map(({ currency }) => currency);
}

function lineOf(lines: readonly BalanceLine[], currency: string): BalanceLine | undefined {
  return lines.find((line) => line.currency === currency);
}

function total(lines: readonly BalanceLine[], currency: string): Big {
  const line = lineOf(lines, currency);
  return line === undefined ? new Big(0) : new Big(line.balance).plus(line.locked);
}

/** The cost of what is held, by the average price. */
function basis(lines: readonly BalanceLine[], currency: string): Big {
  return total(lines, currency).times(lineOf(lines, currency)?.avg_buy_price ?? 0);
}

/** An hour in which cash was exchanged for a coin, or the reverse, and nothing else changed. */
interface Trade {
  readonly at: Instant;
  readonly coin: string;
  readonly cash: Big;
  readonly amount: Big;
  readonly paidMore: Big;
  readonly price: Big;
  /** The coin's average price before and after; undefined if it is not listed. */
  readonly averages: readonly [string | undefined, string | undefined];
}

function tradeBetween(
  before: BalanceLine[],
  after: BalanceLine[],
  cash: string,
  at: Instant,
): Trade | undefined {
  const names = [...new Set([...currencies(before), ...currencies(after)])];
  const moved = names.filter((name) => !total(before, name).eq(total(after, name)));
  const coin = moved.find((name) => name !== cash);
  if (moved.length !== 2 || coin === undefined || !moved.includes(cash)) return undefined;
  const [spent, amount] = [cash, coin].map((name) => total(after, name).minus(total(before, name)));
  if (spent === undefined || amount === undefined) return undefined;
  return {
    at,
    coin,
    cash: spent,
    amount,
    paidMore: basis(after, coin).minus(basis(before, coin)),
    price: spent.abs().div(amount.abs()),
    averages: [lineOf(before, coin)?.avg_buy_price, lineOf(after, coin)?.avg_buy_price],
  };
}

function trades(region: Region, days: number): Trade[] {
  const hours = byHour(region, days);
  return hours.flatMap((after, hour) => {
    const before = hours[hour - 1];
    return (before && tradeBetween(before, after, CASH[region], SLOT + hour * HOUR)) ?? [];
  });
}

describe('a simulated portfolio', () => {
  it('begins with the documented and reported amounts', () => {
    const [sg = []] = byHour('sg', 1);
    expect(currencies(sg)).toEqual(['ADA', 'BTC', 'ETH', 'SGD', 'SOL', 'USDT', 'XRP']);
    expect(lineOf(sg, 'ADA')).toEqual(ADA);
    const [id = []] = byHour('id', 1);
    expect(lineOf(id, 'IDR')).toEqual({
      currency: 'IDR',
      balance: '509399.51675225',
      locked: '0',
      avg_buy_price: '0',
      avg_buy_price_modified: true,
      unit_currency: 'IDR',
    });
    expect(lineOf(id, 'PEPE')?.balance).toBe('132992558.1098141');
  });

  it('before its origin is the same as at its origin', () => {
    const balances = simulatedBalances(whose('sg'));
    expect(balances(SLOT - 40 * DAY)).toEqual(balances(SLOT));
  });

  it('is the same regardless of earlier calls, and within the hour', () => {
    const forward = byHour('th', 10);
    const balances = simulatedBalances(whose('th'));
    const backward = forward.map((_, hour) => balances(SLOT + (forward.length - 1 - hour) * HOUR)).reverse();
    expect(backward).toEqual(forward);
    expect(balances(SLOT + 7 * HOUR + 59 * MINUTE)).toEqual(forward[7]);
    expect(simulatedBalances(whose('th'))(SLOT + 200 * HOUR)).toEqual(forward[200]);
  });

  it('differs for another seed or name', () => {
    expect(byHour('sg', 10, 'other')).not.toEqual(byHour('sg', 10));
    const balances = simulatedBalances({ ...whose('sg'), name: 'other' });
    expect(balances(SLOT + 10 * DAY)).not.toEqual(simulatedBalances(whose('sg'))(SLOT + 10 * DAY));
  });

  describe.each(REGION_IDS)('in %s over 90 days', (region) => {
    const hours = byHour(region, 90);

    it('is at every hour an answer that the collector accepts', () => {
      for (const lines of hours) expect(parseBalances(lines)).not.toHaveProperty('problem');
    });

    it('has amounts of at most 8 decimals and prices of at most 16 digits, none of them negative', () => {
      const amounts = new Set(hours.flat().flatMap(({ balance, locked }) => [balance, locked]));
      for (const amount of amounts) expect(amount).toMatch(/^\d+(\.\d{1,8})?$/);
      const prices = new Set(hours.flat().map((line) => line.avg_buy_price));
      for (const price of prices) {
        expect(price).toMatch(/^\d+(\.\d{1,16})?$/);
        expect(price.replace('.', '').replace(/^0+/, '').length).toBeLessThanOrEqual(16);
      }
    });

    it('has the units and flags that Upbit sends', () => {
      const { fiat } = REGIONS[region];
      const cash = CASH[region];
      const seen = new Set(
        hours.flat().map((line) => `${line.currency} ${line.unit_currency} ${line.avg_buy_price_modified}`),
      );
      const expected = [...new Set(hours.flatMap(currencies))].map(
        (name) => `${name} ${name === fiat || name === cash ? fiat : cash} ${name === fiat}`,
      );
      expect([...seen].sort()).toEqual(expected.sort());
      const fiatPrices = hours.map((lines) => lineOf(lines, fiat)?.avg_buy_price);
      expect(new Set(fiatPrices)).toEqual(new Set(['0']));
    });

    it('changes, and locks and unlocks amounts', () => {
      const different = new Set(hours.map((lines) => JSON.stringify(lines)));
      expect(different.size).toBeGreaterThan(hours.length / 3);
      const lockedCounts = new Set(hours.map((lines) => lines.filter(({ locked }) => locked !== '0').length));
      expect(lockedCounts.size).toBeGreaterThan(1);
    });
  });

  it.each(REGION_IDS)('in %s neither dries up nor grows forever', (region) => {
    const balances = simulatedBalances(whose(region));
    const cash = (years: number) => total(balances(SLOT + years * 365 * DAY), CASH[region]);
    for (const years of [1, 5]) {
      expect(cash(years).gt(cash(0).div(1_000)), `${years} years: ${cash(years)}`).toBe(true);
      expect(cash(years).lt(cash(0).times(100)), `${years} years: ${cash(years)}`).toBe(true);
    }
  });

  it.each(['id', 'th'] as const)('in %s keeps its stablecoins, and trades only coins', (region) => {
    const held = byHour(region, 60).map((lines) => total(lines, 'USDT').toFixed());
    expect(new Set(held).size).toBe(1);
  });

  it('gains new currencies, including dust, and loses one that is sold out, within 60 days', () => {
    const hours = ['sg', 'id', 'th'].flatMap((region) => [byHour(region as Region, 60)]);
    const came = hours.flatMap((of) => {
      const first = new Set(currencies(of[0] ?? []));
      return of.flatMap(currencies).filter((name) => !first.has(name));
    });
    const went = hours.flatMap((of) =>
      of.flatMap((lines, hour) => {
        const after = of[hour + 1];
        return after === undefined
          ? []
          : currencies(lines).filter((name) => !currencies(after).includes(name));
      }),
    );
    expect(came).toContain('FLR');
    expect(new Set(came).size).toBeGreaterThan(2);
    expect(went).not.toEqual([]);
  });

  describe.each(['sg', 'id', 'th'] as const)('trades in %s', (region) => {
    const all = trades(region, 60);
    const bought = all.filter(({ cash }) => cash.lt(0));
    const sold = all.filter(({ cash }) => cash.gt(0));

    it('exchange one currency for another', () => {
      expect(bought.length).toBeGreaterThan(100);
      expect(sold.length).toBeGreaterThan(100);
      for (const { cash, amount } of all) expect(cash.s).toBe(-amount.s);
    });

    it('that buy add exactly their price to the cost of the coin', () => {
      for (const { cash, amount, paidMore, price } of bought) {
        // The amount is truncated at 1e-8 of the coin, and the average at its 16th digit.
        const lost = price.times('1e-8').plus(paidMore.abs().plus(cash.abs()).times('1e-7'));
        expect(paidMore.plus(cash).abs().lte(lost), `${amount} for ${cash}`).toBe(true);
      }
    });

    it('that sell do not change the average price', () => {
      const stay = sold.filter(({ averages }) => averages[1] !== undefined);
      expect(stay.length).toBeGreaterThan(100);
      for (const { averages } of stay) expect(averages[1]).toBe(averages[0]);
    });

    it('have the price that the ticker tells at that hour', () => {
      const market = simulatedMarket('test');
      for (const { at, coin, cash, amount } of all) {
        const told = market.prices(region, at).find((one) => one.market === `${CASH[region]}-${coin}`);
        // Both sides are truncated at 1e-8.
        const price = told?.price ?? 0;
        const off = amount.times(price).plus(cash).abs();
        expect(off.lte(new Big('1e-8').times(price).plus('1e-8')), `${amount} ${coin} for ${cash}`).toBe(
          true,
        );
      }
    });

    it('make the average price that of the trades: no lower and no higher than what was paid', () => {
      const market = simulatedMarket('test');
      for (const { at, coin, averages } of bought) {
        const [before = '0', after = '0'] = averages;
        const paid = market.priceOf(region, CASH[region], coin, at);
        const [low, high] = before === '0' ? [paid, paid] : [before, paid].map(Number).sort((a, b) => a - b);
        expect(Number(after)).toBeGreaterThanOrEqual(Number(low) * (1 - 1e-12));
        expect(Number(after)).toBeLessThanOrEqual(Number(high) * (1 + 1e-12));
      }
    });
  });
});
