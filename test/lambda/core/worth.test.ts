import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { addSums, gainOf, sumOf, unitsOf, valued, wayTo } from '../../../lambda/core/worth.ts';
import { line, sheet, time } from '../../support/memory-ledger.ts';

const SLOT = time('2026-10-31T00:00:00Z');

const sheets = (...all: PriceSheet[]) => new Map<Region, PriceSheet>(all.map((one) => [one.region, one]));
const sg = (prices: Parameters<typeof sheet>[2]) => sheets(sheet('sg', SLOT, prices));

/** The way in words: `0.5 via SGD-X`. */
function told(unit: string, currency: string, region: Region, all: ReadonlyMap<Region, PriceSheet>) {
  const way = wayTo(unit, currency, region, all);
  return way === undefined ? undefined : `${formatDecimal(way.price)} via ${way.via}`;
}

describe('the way from a currency to a unit', () => {
  it('is nothing to do from a currency to itself, with or without prices', () => {
    expect(told('SGD', 'SGD', 'sg', sheets())).toBe('1 via ');
    expect(told('BTC', 'BTC', 'sg', sg({ 'SGD-BTC': '64200' }))).toBe('1 via ');
  });

  it('is the direct market before any other', () => {
    const prices = sg({ 'SGD-ADA': '1.22', 'USDT-ADA': '0.9', 'SGD-USDT': '1.34', 'BTC-ADA': '1e-5' });
    expect(told('SGD', 'ADA', 'sg', prices)).toBe('1.22 via SGD-ADA');
    expect(told('USDT', 'ADA', 'sg', prices)).toBe('0.9 via USDT-ADA');
    expect(told('BTC', 'ADA', 'sg', prices)).toBe('0.00001 via BTC-ADA');
  });

  it('goes through USDT, else through BTC, both exact', () => {
    const prices = {
      'SGD-USDT': '1.3402',
      'SGD-BTC': '64200.5',
      'USDT-BTC': '47900',
      'BTC-ADA': '0.00001523',
    };
    expect(told('SGD', 'ADA', 'sg', sg({ ...prices, 'USDT-ADA': '0.91841' }))).toBe(
      '1.230853082 via SGD-USDT × USDT-ADA',
    );
    expect(told('SGD', 'ADA', 'sg', sg(prices))).toBe('0.977773615 via SGD-BTC × BTC-ADA');
    expect(told('USDT', 'ADA', 'sg', sg(prices))).toBe('0.729517 via USDT-BTC × BTC-ADA');
  });

  it('divides where it must, rounding the quotient half to even to 12 significant digits', () => {
    const prices = sg({ 'SGD-USDT': '3', 'SGD-BTC': '64000', 'SGD-DOGE': '0.2' });
    expect(told('USDT', 'SGD', 'sg', prices)).toBe('0.333333333333 via 1 ÷ SGD-USDT');
    expect(told('USDT', 'DOGE', 'sg', prices)).toBe('0.0666666666667 via SGD-DOGE ÷ SGD-USDT');
    expect(told('BTC', 'DOGE', 'sg', prices)).toBe('0.000003125 via SGD-DOGE ÷ SGD-BTC');
    // 1.000000000005 and 1.000000000015 lie in the middle.
    expect(told('USDT', 'A', 'sg', sg({ 'SGD-A': '2.00000000001', 'SGD-USDT': '2' }))).toBe(
      '1 via SGD-A ÷ SGD-USDT',
    );
    expect(told('USDT', 'A', 'sg', sg({ 'SGD-A': '2.00000000003', 'SGD-USDT': '2' }))).toBe(
      '1.00000000002 via SGD-A ÷ SGD-USDT',
    );
  });

  it('prefers an exact way through BTC to a division by a fiat market', () => {
    const prices = sg({ 'SGD-DOGE': '0.2', 'SGD-USDT': '3', 'BTC-DOGE': '0.000003', 'USDT-BTC': '48000' });
    expect(told('USDT', 'DOGE', 'sg', prices)).toBe('0.144 via USDT-BTC × BTC-DOGE');
  });

  it('goes on to the fiat currency of another region by its prices of the same slot, and says whose', () => {
    const th = sheet('th', SLOT, { 'THB-DOGE': '4.9', 'THB-USDT': '35', 'USDT-KUB': '1.75' });
    const both = sheets(th, sheet('sg', SLOT, { 'SGD-USDT': '1.34', 'SGD-KUB': '99' }));
    expect(told('SGD', 'KUB', 'th', both)).toBe('2.345 via USDT-KUB × sg SGD-USDT');
    expect(told('SGD', 'DOGE', 'th', both)).toBe('0.1876 via THB-DOGE ÷ THB-USDT × sg SGD-USDT');
    expect(told('SGD', 'USDT', 'th', both)).toBe('1.34 via sg SGD-USDT');
    expect(told('SGD', 'DOGE', 'th', sheets(th))).toBeUndefined();
    expect(told('SGD', 'BTC', 'th', sheets(th, sheet('sg', SLOT, { 'SGD-BTC': '64200' })))).toBe(
      '64200 via sg SGD-BTC',
    );
  });

  it('is unknown without prices, without a market, and through a currency that is not quoted in', () => {
    expect(wayTo('SGD', 'ADA', 'sg', sheets())).toBeUndefined();
    expect(wayTo('SGD', 'FLR', 'sg', sg({ 'SGD-ADA': '1.22' }))).toBeUndefined();
    expect(wayTo('SGD', 'FLR', 'sg', sg({ 'SGD-ADA': '1.22', 'ADA-FLR': '2' }))).toBeUndefined();
    expect(wayTo('EUR', 'ADA', 'sg', sg({ 'SGD-ADA': '1.22' }))).toBeUndefined();
  });

  it('names the markets on it whose last trade is long ago', () => {
    const traded = time('2026-10-30T19:00:00Z');
    const prices = sg({ 'SGD-USDT': ['1.34', traded], 'USDT-ADA': '0.9', 'BTC-ADA': ['1e-5', traded] });
    expect([...(wayTo('SGD', 'ADA', 'sg', prices)?.stale ?? [])]).toEqual([['SGD-USDT', traded]]);
  });
});

describe('the worth of balances', () => {
  const balances = [line('ADA', '100', '20.5', '0.8'), line('FLR', '3'), line('SGD', '5'), line('OLD', '0')];
  const holdings = valued(balances, 'SGD', 'sg', sg({ 'SGD-ADA': '1.22', 'SGD-USDT': '1.34' }));

  it('is held × price, exact, and unknown without a price', () => {
    expect(holdings.map(({ value }) => value && formatDecimal(value))).toEqual([
      '147.01',
      undefined,
      '5',
      undefined,
    ]);
  });

  it('has a cost: held × average price, from its unit; none where the average is 0', () => {
    expect(holdings.map(({ cost }) => cost && formatDecimal(cost))).toEqual([
      '129.176',
      undefined,
      undefined,
      undefined,
    ]);
    expect(holdings.map((holding) => gainOf(holding)).map((gain) => gain && formatDecimal(gain))).toEqual([
      '17.834',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('adds up, and names what is held and has no price; nothing held needs no price', () => {
    const { value, unpriced } = sumOf(holdings);
    expect([value && formatDecimal(value), unpriced]).toEqual(['152.01', ['FLR']]);
  });

  it('of nothing is 0, and of what has no price at all is unknown', () => {
    expect(sumOf([])).toEqual({ value: { coefficient: 0n, exponent: 0 }, unpriced: [] });
    expect(sumOf(valued([line('FLR', '3')], 'SGD', 'sg', sheets()))).toEqual({
      value: undefined,
      unpriced: ['FLR'],
    });
    expect(
      addSums([
        { value: undefined, unpriced: ['B', 'A'] },
        { value: undefined, unpriced: ['A'] },
      ]),
    ).toEqual({
      value: undefined,
      unpriced: ['A', 'B'],
    });
  });

  it('sums exactly: as an independent library adds the exact products, a division being the only rounding', () => {
    Big.DP = 400;
    Big.RM = 2;
    const amount = fc.tuple(fc.bigInt(0n, 10n ** 20n), fc.integer({ min: 0, max: 16 }));
    const positive = fc.tuple(fc.bigInt(1n, 10n ** 15n), fc.integer({ min: 0, max: 12 }));
    const text = ([digits, decimals]: readonly [bigint, number]) => `${digits}e-${decimals}`;
    const names = ['ADA', 'BTC', 'USDT', 'SGD', 'XRP', 'ETH'];
    const markets = ['SGD', 'USDT', 'BTC'].flatMap((quote) =>
      names.filter((base) => base !== quote).map((base) => `${quote}-${base}`),
    );
    const held = fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...names), free: amount, locked: amount }),
      {
        selector: ({ name }) => name,
      },
    );
    const priced = fc.uniqueArray(fc.tuple(fc.constantFrom(...markets), positive), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(held, priced, fc.constantFrom('SGD', 'USDT', 'BTC'), (amounts, prices, unit) => {
        const told = Object.fromEntries(prices.map(([market, price]) => [market, text(price)]));
        const valuedNow = valued(
          amounts.map(({ name, free, locked }) => line(name, text(free), text(locked))),
          unit,
          'sg',
          sg(told),
        );
        const products = valuedNow.flatMap(({ balance, way }) => {
          if (way === undefined) return [];
          const exact = way.via
            .replaceAll(' ', '')
            .split(/(?=[×÷])/)
            .filter((part) => part !== '')
            .reduce((so, part) => {
              const name = part.replace(/^[×÷]/, '');
              const factor = new Big(name === '1' ? 1 : (told[name] ?? Number.NaN));
              return part.startsWith('÷') ? so.div(factor) : so.times(factor);
            }, new Big(1));
          const price = way.via.includes('÷') ? new Big(exact.toPrecision(12, 2)) : exact;
          expect(formatDecimal(way.price)).toBe(price.toFixed());
          const { free, locked } = amounts.find(({ name }) => name === balance.currency) ?? {
            free: [0n, 0] as const,
            locked: [0n, 0] as const,
          };
          return [new Big(text(free)).plus(text(locked)).times(price)];
        });
        const { value, unpriced } = sumOf(valuedNow);
        const sum = products.reduce((a, b) => a.plus(b), new Big(0));
        // Unknown only if nothing that is held has a price.
        expect(value === undefined && unpriced.length > 0 ? '0' : value && formatDecimal(value)).toBe(
          sum.toFixed(),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the units in which worth can be given', () => {
  it('are the fiat currencies of the regions, USDT and BTC', () => {
    expect(unitsOf(['sg', 'th'])).toEqual(['SGD', 'THB', 'USDT', 'BTC']);
  });
});
