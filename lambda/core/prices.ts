import { type Decimal, isNegative, isZero, parseDecimal } from './decimal.ts';
import { HOUR, type Instant, MINUTE } from './instant.ts';
import { isObject, kindOf, type Parsed } from './parsed.ts';
import { REGIONS, type Region } from './regions.ts';

/** The last trade of a market: the price of one unit of its base currency in its quote currency. */
export interface LastTrade {
  /** Greater than zero. */
  readonly price: Decimal;
  /** When it was traded, by Upbit's clock; of a stored price, only if it is stale. */
  readonly tradedAt?: Instant;
}

/** Last trades by market: `SGD-BTC` is the price of 1 BTC in SGD. */
export type Prices = ReadonlyMap<string, LastTrade>;

/** The prices of one region for one slot. */
export interface PriceSheet {
  readonly region: Region;
  readonly slot: Instant;
  /** When Upbit's answer arrived, by our clock. */
  readonly observedAt: Instant;
  readonly prices: Prices;
  /** The version of the code that wrote it. */
  readonly writer: string;
}

/** The prices of a region and slot that this version does not understand. Readers report them, and never guess. */
export interface UnreadablePrices {
  readonly region: Region;
  readonly slot: Instant;
  /** What this version does not understand, e.g. `its schema version is 2, and this program reads 1`. */
  readonly problem: string;
}

/** The currencies that markets of every region are quoted in, besides the region's fiat currency, in order of preference. */
export const BRIDGES = ['USDT', 'BTC'] as const;

/** How old a last trade may be when it is observed before it counts as stale. */
const STALE = HOUR;

/** How far Upbit's clock may be ahead of ours: a trade later than this is refused. */
const CLOCKS_APART = MINUTE;

/** A currency of a market has at most so many characters, as in a balance. */
const MAX_NAME = 64;

/** The currencies that a region's markets are quoted in: its fiat currency, USDT, BTC. */
export function quotesOf(region: Region): readonly string[] {
  return [REGIONS[region].fiat, ...BRIDGES];
}

/** The name of a market: the quote currency first, as Upbit writes it. */
export function marketOf(quote: string, base: string): string {
  return `${quote}-${base}`;
}

/** The currencies of a market; the quote is empty if its name has no dash. */
export function partsOf(market: string): { readonly quote: string; readonly base: string } {
  const dash = market.indexOf('-');
  return { quote: market.slice(0, Math.max(0, dash)), base: market.slice(dash + 1) };
}

/** A checked answer of the ticker, and how many of its rows were refused. */
export interface TickerAnswer {
  readonly prices: Prices;
  readonly refused: number;
}

/**
 * Checks the JSON of the ticker, parsed by `parseJsonWithExactNumbers`, row by row: a row whose market, price or time of
 * trade is not valid, or whose market appears twice, is refused, and the rest is kept. A price is a decimal number that
 * {@link parseDecimal} reads, greater than zero; a trade is not later than our clock, give or take a minute.
 *
 * Fields: global-docs.upbit.com/reference/list-quote-tickers (`trade_price` is a number, `trade_timestamp` milliseconds).
 *
 * @param quotes the currencies that were asked for; a market quoted in another one is refused.
 */
export function parseTicker(
  json: unknown,
  quotes: readonly string[],
  observedAt: Instant,
): Parsed<TickerAnswer> {
  if (!Array.isArray(json)) return { problem: `the answer is ${kindOf(json)}, not an array` };
  const rows: readonly unknown[] = json;
  const prices = new Map<string, LastTrade>();
  const seen = new Set<unknown>();
  const twice = new Set<unknown>();
  for (const row of rows) {
    const market = isObject(row) ? row['market'] : undefined;
    if (seen.has(market)) twice.add(market);
    seen.add(market);
    const trade = isObject(row) ? parseTrade(row, observedAt) : undefined;
    if (trade !== undefined && isMarket(market, quotes)) prices.set(market, trade);
  }
  // Choosing one of two prices would be a guess.
  for (const market of twice) if (typeof market === 'string') prices.delete(market);
  return { value: { prices, refused: rows.length - prices.size } };
}

function isMarket(market: unknown, quotes: readonly string[]): market is string {
  if (typeof market !== 'string') return false;
  const { quote, base } = partsOf(market);
  return quotes.includes(quote) && base !== '' && base.length <= MAX_NAME;
}

/** Whole milliseconds since 1970. */
const TIMESTAMP = /^[1-9]\d{0,14}$/;

function parseTrade(row: Readonly<Record<string, unknown>>, observedAt: Instant): LastTrade | undefined {
  const { trade_price: sentPrice, trade_timestamp: sentTime } = row;
  if (typeof sentPrice !== 'string' || typeof sentTime !== 'string' || !TIMESTAMP.test(sentTime))
    return undefined;
  const { value: price } = parseDecimal(sentPrice);
  const tradedAt = Number(sentTime);
  if (price === undefined || isZero(price) || isNegative(price)) return undefined;
  return tradedAt > observedAt + CLOCKS_APART ? undefined : { price, tradedAt };
}

/**
 * Those of the prices that the worth of the currencies can depend on: every market of one of them, or of a currency that
 * markets are quoted in. The time of a trade is kept only if it is stale. Empty if there are no currencies.
 *
 * @param held the currencies that are held in the region.
 */
export function pricesFor(
  held: ReadonlySet<string>,
  region: Region,
  all: Prices,
  observedAt: Instant,
): Prices {
  if (held.size === 0) return new Map();
  const quotes = quotesOf(region);
  const needed = new Set([...held, ...quotes]);
  return new Map(
    [...all].flatMap(([market, { price, tradedAt }]) => {
      if (!needed.has(partsOf(market).base)) return [];
      const isStale = tradedAt !== undefined && observedAt - tradedAt > STALE;
      return [[market, isStale ? { price, tradedAt } : { price }] as const];
    }),
  );
}
