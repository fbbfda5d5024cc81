import {
  type Decimal,
  divide,
  formatDecimal,
  isNegative,
  isZero,
  multiply,
  parseDecimal,
  subtract,
  ZERO,
} from '../../lambda/core/decimal.ts';
import { formatSecond, HOUR, type Instant } from '../../lambda/core/instant.ts';
import { seededBelow } from './seeded.ts';

/** The last trade of a market. */
export interface MarketPrice {
  /** The quote currency first: `SGD-BTC`. */
  readonly market: string;
  /** The text of a JSON number, which is sent as it is: `64213`, `0.00001012`, `1.0E-7`. */
  readonly price: string;
  readonly tradedAt: Instant;
  /** The last price of the day before, in the same form; by default, nothing has changed since. */
  readonly previousClose?: string;
}

const KOREAN_TIME = 9 * HOUR;
/** Significant digits of a rate of change. */
const RATE_DIGITS = 10;

/**
 * One row of the ticker, as JSON text: numbers are written as text, so that none goes through a float. The market, its price
 * and its time are those given. The rest follows from them or is made up, and has the documented form:
 * global-docs.upbit.com/reference/list-quote-tickers
 */
export function tickerRow({ market, price, tradedAt, previousClose = price }: MarketPrice): string {
  const [last, before] = [decimalOf(price), decimalOf(previousClose)];
  const signedChange = subtract(last, before);
  const signedRate = isZero(before) ? ZERO : divide(signedChange, before, RATE_DIGITS);
  const [high, low] = isNegative(signedChange) ? [previousClose, price] : [price, previousClose];
  const volume = { coefficient: BigInt(1 + seededBelow(10 ** 8, `${market} ${tradedAt}`)), exponent: -8 };
  const [today, day] = [500n, 1_000n].map((trades) => multiply(volume, { coefficient: trades, exponent: 0 }));
  const { date, time } = dateAndTime(tradedAt);
  const korean = dateAndTime(tradedAt + KOREAN_TIME);
  return objectText({
    market: JSON.stringify(market),
    trade_date: compact(date),
    trade_time: compact(time),
    trade_date_kst: compact(korean.date),
    trade_time_kst: compact(korean.time),
    trade_timestamp: String(tradedAt),
    opening_price: previousClose,
    high_price: high,
    low_price: low,
    trade_price: price,
    prev_closing_price: previousClose,
    change: JSON.stringify(isZero(signedChange) ? 'EVEN' : isNegative(signedChange) ? 'FALL' : 'RISE'),
    change_price: unsigned(signedChange),
    change_rate: unsigned(signedRate),
    signed_change_price: formatDecimal(signedChange),
    signed_change_rate: formatDecimal(signedRate),
    trade_volume: formatDecimal(volume),
    acc_trade_price: formatDecimal(multiply(today ?? ZERO, last)),
    acc_trade_price_24h: formatDecimal(multiply(day ?? ZERO, last)),
    acc_trade_volume: formatDecimal(today ?? ZERO),
    acc_trade_volume_24h: formatDecimal(day ?? ZERO),
    highest_52_week_price: high,
    highest_52_week_date: JSON.stringify(date),
    lowest_52_week_price: low,
    lowest_52_week_date: JSON.stringify(date),
    timestamp: String(tradedAt),
  });
}

/** The number, for the fields that follow from it. A test may send a price that is none. */
function decimalOf(text: string): Decimal {
  return parseDecimal(text).value ?? ZERO;
}

function unsigned(decimal: Decimal): string {
  return formatDecimal(decimal).replace('-', '');
}

function dateAndTime(instant: Instant): { readonly date: string; readonly time: string } {
  const text = formatSecond(instant);
  return { date: text.slice(0, 10), time: text.slice(11, 19) };
}

/** `2026-11-22` as `"20261122"`, `06:00:01` as `"060001"`. */
function compact(text: string): string {
  return JSON.stringify(text.replace(/[-:]/g, ''));
}

/** An object with these members, whose values are JSON text. */
function objectText(members: Readonly<Record<string, string>>): string {
  const texts = Object.entries(members).map(([name, value]) => `"${name}":${value}`);
  return `{${texts.join(',')}}`;
}
