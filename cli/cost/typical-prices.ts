import { marketOf, type PriceSheet, quotesOf } from '../../lambda/core/prices.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { exact } from './exact.ts';
import { typicalBalances } from './typical-balances.ts';

const PRICE = exact('1234.5678');
const REGION = 'sg';

/**
 * The prices of a region whose accounts all hold the same currencies, of a typical portfolio: each has a market in each of the
 * three quote currencies, the most there can be, with a price of 8 digits; and so have these among themselves.
 */
export function typicalPrices(currencies: number): PriceSheet {
  const quotes = quotesOf(REGION);
  const between = quotes.flatMap((quote, index) =>
    quotes.slice(index + 1).map((base) => marketOf(quote, base)),
  );
  const ofHeld = typicalBalances(currencies).flatMap(({ currency }) =>
    quotes.map((quote) => marketOf(quote, currency)),
  );
  return {
    region: REGION,
    slot: 0,
    observedAt: 0,
    prices: new Map([...between, ...ofHeld].map((market) => [market, { price: PRICE }])),
    writer: VERSION,
  };
}
