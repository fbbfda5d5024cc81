import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { parseJsonWithExactNumbers } from '../../../lambda/core/json.ts';
import { parseTicker, pricesFor, quotesOf } from '../../../lambda/core/prices.ts';
import { amountText, must } from '../../support/arbitraries.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { tickerRow } from '../../support/ticker.ts';

const QUOTES = ['SGD', 'USDT', 'BTC'];
const OBSERVED = SLOT + SECOND;
const GOOD = tickerRow('SGD-BTC', '64200.5');

const ticker = (body: string) => must(parseTicker(must(parseJsonWithExactNumbers(body)), QUOTES, OBSERVED));

/** The prices by market, as plain text. */
function accepted(...rows: readonly string[]) {
  const { prices, refused } = ticker(`[${rows.join(',')}]`);
  const texts = Object.fromEntries(
    Array.from(prices, ([market, { price }]) => [market, formatDecimal(price)]),
  );
  return { prices: texts, refused };
}

describe('a price', () => {
  it.each([
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1e-8', '0.00000001'],
    ['1E+3', '1000'],
    ['148240000.00000000', '148240000'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    // As text it would be no less exact.
    ['"64200.5"', '64200.5'],
  ])('%s is read to the last digit', (sent, read) => {
    expect(accepted(tickerRow('SGD-BTC', sent))).toEqual({ prices: { 'SGD-BTC': read }, refused: 0 });
  });

  it('comes back numerically equal, whatever its notation', () => {
    // JSON has no leading zeros.
    const sent = amountText.filter((text) => /^[1-9]|^0(?!\d)/.test(text) && !/^[0.]+(e|E|$)/.test(text));
    fc.assert(
      fc.property(sent, (text) => {
        expect(accepted(tickerRow('SGD-BTC', text))).toEqual(accepted(tickerRow('SGD-BTC', `"${text}"`)));
        expect(accepted(tickerRow('SGD-BTC', text)).refused).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a row of the ticker is refused alone, and the rest is kept, if', () => {
  const row = (fields: string) => `{${fields}}`;
  const time = `"trade_timestamp":${SLOT}`;

  it.each([
    ['its market has no quote', tickerRow('BTC', '1')],
    ['its market has no dash', tickerRow('SGDX', '1')],
    ['its market has an empty quote', tickerRow('-BTC', '1')],
    ['its market has no base', tickerRow('SGD-', '1')],
    ['its market is the other way round', tickerRow('ETH-SGD', '1')],
    ['its market’s quote was not asked for', tickerRow('KRW-ETH', '1')],
    ['its market’s quote is in lower case', tickerRow('sgd-ETH', '1')],
    ['its currency has 65 characters', tickerRow(`SGD-${'X'.repeat(65)}`, '1')],
    ['its market is a number', row(`"market":5,"trade_price":1,${time}`)],
    ['its market is missing', row(`"trade_price":1,${time}`)],
    ['its market appears twice in it', row(`"market":"SGD-ETH","market":"SGD-ETH","trade_price":1,${time}`)],
    ['its price is 0', tickerRow('SGD-ETH', '0')],
    ['its price is 0.000e5', tickerRow('SGD-ETH', '0.000e5')],
    ['its price is negative', tickerRow('SGD-ETH', '-1')],
    ['its price is the text NaN', tickerRow('SGD-ETH', '"NaN"')],
    ['its price has 39 digits', tickerRow('SGD-ETH', '123456789012345678901234567890123456789')],
    ['its price does not fit', tickerRow('SGD-ETH', '1e999999999')],
    ['its price is null', tickerRow('SGD-ETH', 'null')],
    ['its price is true', tickerRow('SGD-ETH', 'true')],
    ['its price is a list', tickerRow('SGD-ETH', '[1]')],
    ['its price is missing', row(`"market":"SGD-ETH",${time}`)],
    ['its price appears twice in it', row(`"market":"SGD-ETH","trade_price":1,"trade_price":1,${time}`)],
    ['its trade is more than a minute ahead', tickerRow('SGD-ETH', '1', String(OBSERVED + MINUTE + 1))],
    ['its trade has no time', row('"market":"SGD-ETH","trade_price":1')],
    ['the time of its trade has a fraction', tickerRow('SGD-ETH', '1', `${SLOT}.5`)],
    ['the time of its trade has an exponent', tickerRow('SGD-ETH', '1', '1.7953272e12')],
    ['the time of its trade is words', tickerRow('SGD-ETH', '1', '"2026-11-22T06:00:00"')],
    ['the time of its trade is negative', tickerRow('SGD-ETH', '1', '-1')],
    ['the time of its trade is null', tickerRow('SGD-ETH', '1', 'null')],
    ['the time of its trade appears twice in it', row(`"market":"SGD-ETH","trade_price":1,${time},${time}`)],
    ['it is text', '"SGD-ETH"'],
    ['it is null', 'null'],
    ['it is a list', '[1]'],
  ])('%s', (_, bad) => {
    const kept = { prices: { 'SGD-BTC': '64200.5' }, refused: 1 };
    expect(accepted(bad, GOOD)).toEqual(kept);
    expect(accepted(GOOD, bad)).toEqual(kept);
  });

  it('another row has its market: then both are, even if they agree or one is bad', () => {
    for (const other of [tickerRow('SGD-ETH', '2'), tickerRow('SGD-ETH', '1'), tickerRow('SGD-ETH', '0')]) {
      const kept = { prices: { 'SGD-BTC': '64200.5' }, refused: 2 };
      expect(accepted(tickerRow('SGD-ETH', '1'), GOOD, other)).toEqual(kept);
      expect(accepted(other, GOOD, tickerRow('SGD-ETH', '1'))).toEqual(kept);
    }
  });

  it('nothing else: rows without a market are not one market twice, and a minute ahead is within the clocks', () => {
    expect(accepted('{}', '{}', GOOD)).toEqual({ prices: { 'SGD-BTC': '64200.5' }, refused: 2 });
    const ahead = tickerRow('SGD-ETH', '1', String(OBSERVED + MINUTE));
    const long = tickerRow(`SGD-${'X'.repeat(64)}`, '1');
    expect(accepted(ahead, long).refused).toBe(0);
    expect(accepted(tickerRow('SGD-constructor', '3')).prices).toEqual({ 'SGD-constructor': '3' });
  });
});

describe('the answer of the ticker', () => {
  it.each([
    ['{"error":{"name":404}}', 'the answer is an object, not an array'],
    ['null', 'the answer is null, not an array'],
    ['"maintenance"', 'the answer is a string, not an array'],
  ])('%s is no list of prices', (body, problem) => {
    expect(parseTicker(must(parseJsonWithExactNumbers(body)), QUOTES, OBSERVED)).toStrictEqual({ problem });
  });

  it('without rows has no prices, and one of garbage alone has none either', () => {
    expect(accepted()).toEqual({ prices: {}, refused: 0 });
    expect(accepted('{"a":1}', '[]')).toEqual({ prices: {}, refused: 2 });
  });
});

describe('the prices that are kept', () => {
  const markets = [
    'SGD-BTC',
    'SGD-USDT',
    'USDT-BTC',
    'SGD-ADA',
    'USDT-ADA',
    'BTC-ADA',
    'BTC-ETH',
    'SGD-DOGE',
    'USDT-XRP',
  ];
  const all = ticker(`[${markets.map((market) => tickerRow(market, '1')).join(',')}]`).prices;
  const kept = (...held: string[]) => [...pricesFor(new Set(held), 'sg', all, OBSERVED).keys()];

  it('are those of the currencies held, and between the quotes', () => {
    const bridges = ['SGD-BTC', 'SGD-USDT', 'USDT-BTC'];
    expect(kept('ADA')).toEqual([...bridges, 'SGD-ADA', 'USDT-ADA', 'BTC-ADA']);
    expect(kept('XRP', 'ETH')).toEqual([...bridges, 'BTC-ETH', 'USDT-XRP']);
    expect(kept('SGD')).toEqual(bridges);
    // Held, but traded nowhere.
    expect(kept('LUNA')).toEqual(bridges);
    expect(kept()).toEqual([]);
  });

  it('have the time of a trade only if it was more than an hour before it was observed', () => {
    const rows = [
      tickerRow('SGD-ADA', '1', String(OBSERVED - HOUR)),
      tickerRow('USDT-ADA', '2', String(OBSERVED - HOUR - 1)),
      tickerRow('BTC-ADA', '3', String(OBSERVED + MINUTE)),
    ];
    const { prices } = ticker(`[${rows.join(',')}]`);
    const times = Array.from(
      pricesFor(new Set(['ADA']), 'sg', prices, OBSERVED),
      ([market, { tradedAt }]) => [market, tradedAt],
    );
    expect(times).toEqual([
      ['SGD-ADA', undefined],
      ['USDT-ADA', OBSERVED - HOUR - 1],
      ['BTC-ADA', undefined],
    ]);
  });

  it('are quoted in the region’s own currency, USDT and BTC', () => {
    expect((['sg', 'id', 'th', 'kr'] as const).map(quotesOf)).toEqual([
      ['SGD', 'USDT', 'BTC'],
      ['IDR', 'USDT', 'BTC'],
      ['THB', 'USDT', 'BTC'],
      ['KRW', 'USDT', 'BTC'],
    ]);
  });
});
