import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickerRow } from '../../../infra/local/ticker-row.ts';
import { parseJsonWithExactNumbers } from '../../../lambda/core/json.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import { at } from '../../support/memory-parts.ts';

const TRADED = at('2026-11-22T18:04:05Z') + 678;

/** The fields of Upbit's ticker: global-docs.upbit.com/reference/list-quote-tickers */
const FIELDS: Readonly<Record<string, 'string' | 'number'>> = {
  market: 'string',
  trade_date: 'string',
  trade_time: 'string',
  trade_date_kst: 'string',
  trade_time_kst: 'string',
  trade_timestamp: 'number',
  opening_price: 'number',
  high_price: 'number',
  low_price: 'number',
  trade_price: 'number',
  prev_closing_price: 'number',
  change: 'string',
  change_price: 'number',
  change_rate: 'number',
  signed_change_price: 'number',
  signed_change_rate: 'number',
  trade_volume: 'number',
  acc_trade_price: 'number',
  acc_trade_price_24h: 'number',
  acc_trade_volume: 'number',
  acc_trade_volume_24h: 'number',
  highest_52_week_price: 'number',
  highest_52_week_date: 'string',
  lowest_52_week_price: 'number',
  lowest_52_week_date: 'string',
  timestamp: 'number',
};

/** The fields of a row, numbers as their text. */
function exact(row: string): Readonly<Record<string, unknown>> {
  const { value } = parseJsonWithExactNumbers(row);
  if (!isObject(value)) throw new Error(`${row} is not an object`);
  return value;
}

/** Prices of up to 12 digits, from 1e-8 on. */
const prices = fc
  .tuple(fc.integer({ min: 1, max: 999_999_999_999 }), fc.integer({ min: -8, max: 3 }))
  .map(([digits, exponent]) => new Big(`${digits}e${exponent}`).toFixed());

describe('a row of the ticker', () => {
  it('has the documented fields, in the documented types', () => {
    const row: unknown = JSON.parse(tickerRow({ market: 'SGD-BTC', price: '81542', tradedAt: TRADED }));
    if (!isObject(row)) throw new Error('not an object');
    expect(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value]))).toEqual(
      FIELDS,
    );
  });

  it('has the time of the trade in milliseconds, in UTC and in Korean time', () => {
    expect(JSON.parse(tickerRow({ market: 'SGD-BTC', price: '81542', tradedAt: TRADED }))).toMatchObject({
      market: 'SGD-BTC',
      trade_date: '20261122',
      trade_time: '180405',
      trade_date_kst: '20261123',
      trade_time_kst: '030405',
      trade_timestamp: 1_795_370_645_678,
      highest_52_week_date: '2026-11-22',
    });
  });

  it.each(['81542', '0.00001012', '0.1', '64200.00000000', '1.0E-7', '12345678901234567890.123456789'])(
    'has the price %s exactly as given',
    (price) => {
      expect(exact(tickerRow({ market: 'X-Y', price, tradedAt: TRADED }))['trade_price']).toBe(price);
    },
  );

  it.each([
    ['110', '100', 'RISE', ['10', '10', '0.1', '0.1', '110', '100']],
    ['90', '100', 'FALL', ['10', '-10', '0.1', '-0.1', '100', '90']],
    ['100', '100.0', 'EVEN', ['0', '0', '0', '0', '100', '100.0']],
  ])('tells how far %s is from the close of %s', (price, previousClose, change, numbers) => {
    const row = exact(tickerRow({ market: 'X-Y', price, tradedAt: TRADED, previousClose }));
    expect(row['change']).toBe(change);
    expect(
      [
        'change_price',
        'signed_change_price',
        'change_rate',
        'signed_change_rate',
        'high_price',
        'low_price',
      ].map((name) => row[name]),
    ).toEqual(numbers);
  });

  it('without the close of the day before has not changed since', () => {
    const row = exact(tickerRow({ market: 'X-Y', price: '7', tradedAt: TRADED }));
    expect([row['change'], row['prev_closing_price']]).toEqual(['EVEN', '7']);
  });

  it('has numbers that agree with each other, none of them through a float', () => {
    fc.assert(
      fc.property(prices, prices, (price, previousClose) => {
        const row = exact(tickerRow({ market: 'X-Y', price, tradedAt: TRADED, previousClose }));
        const number = (name: string) => new Big(String(row[name]));
        expect(number('signed_change_price').eq(new Big(price).minus(previousClose))).toBe(true);
        expect(number('change_price').eq(number('signed_change_price').abs())).toBe(true);
        expect(number('acc_trade_price').eq(number('acc_trade_volume').times(price))).toBe(true);
        expect(number('high_price').gte(number('trade_price'))).toBe(true);
        expect(number('low_price').lte(number('trade_price'))).toBe(true);
        expect(number('trade_volume').gt(0)).toBe(true);
      }),
    );
  });

  it('that should be refused has the price it was given, though it is none', () => {
    expect(tickerRow({ market: 'X-Y', price: '"none"', tradedAt: TRADED })).toContain('"trade_price":"none"');
    expect(exact(tickerRow({ market: 'X-Y', price: '0', tradedAt: TRADED }))['change_rate']).toBe('0');
  });
});
