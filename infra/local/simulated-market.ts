import { add, formatDecimal, parseDecimal, ZERO } from '../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { seeded, seededBelow } from './seeded.ts';
import { driftOf } from './simulated-drift.ts';
import type { MarketPrice } from './ticker-row.ts';

/** How the value of a currency moves. */
interface Nature {
  /** Its usual value in USDT. */
  readonly usual: string;
  /** How far it follows the drift of all coins, and how far its own. */
  readonly follows: number;
  readonly own: number;
}

const NATURES: Readonly<Record<string, Nature>> = {
  ADA: { usual: '0.91', follows: 1, own: 0.7 },
  AVAX: { usual: '38', follows: 1, own: 0.7 },
  BTC: { usual: '64200', follows: 1, own: 0.2 },
  DOGE: { usual: '0.14', follows: 1, own: 0.8 },
  ETH: { usual: '3180', follows: 1, own: 0.4 },
  IDR: { usual: '0.00006167', follows: 0, own: 0.04 },
  KRW: { usual: '0.000698', follows: 0, own: 0.04 },
  KUB: { usual: '1.74', follows: 0.6, own: 0.7 },
  LINK: { usual: '14.8', follows: 1, own: 0.6 },
  PEPE: { usual: '0.00001007', follows: 1, own: 1 },
  SGD: { usual: '0.7435', follows: 0, own: 0.02 },
  SOL: { usual: '152', follows: 1, own: 0.6 },
  THB: { usual: '0.02841', follows: 0, own: 0.03 },
  USDT: { usual: '1', follows: 0, own: 0 },
  XRP: { usual: '0.55', follows: 0.8, own: 0.7 },
};

/** The markets of each region: the currencies that are traded, by what they are quoted in. */
const LISTED: Readonly<Record<Region, Readonly<Record<string, readonly string[]>>>> = {
  sg: {
    SGD: ['BTC', 'ETH', 'USDT'],
    USDT: ['ADA', 'AVAX', 'BTC', 'DOGE', 'ETH', 'LINK', 'SOL', 'XRP'],
    BTC: ['ETH'],
  },
  id: {
    IDR: ['ADA', 'AVAX', 'BTC', 'DOGE', 'ETH', 'LINK', 'PEPE', 'SOL', 'USDT', 'XRP'],
    USDT: ['BTC', 'ETH', 'SOL', 'XRP'],
    BTC: ['ETH', 'XRP'],
  },
  th: {
    THB: ['ADA', 'AVAX', 'BTC', 'DOGE', 'ETH', 'LINK', 'SOL', 'USDT', 'XRP'],
    USDT: ['BTC', 'ETH'],
    BTC: ['ETH', 'KUB'],
  },
  kr: {
    KRW: ['BTC', 'SOL', 'USDT', 'XRP'],
    USDT: ['BTC'],
    BTC: ['XRP'],
  },
};

/** The time in which most markets have one trade. */
const USUAL_PAUSE = 20 * SECOND;
/** Of the markets that trade rarely: their last trade is often more than an hour old. */
const LONG_PAUSES: Readonly<Record<string, number>> = {
  'sg SGD-ETH': 90 * MINUTE,
  'sg BTC-ETH': 5 * HOUR,
  'id USDT-XRP': 2 * HOUR,
  'id BTC-XRP': 7 * HOUR,
  'th BTC-KUB': 3 * HOUR,
  'kr BTC-XRP': 2 * HOUR,
};

/** A price has at most so many significant digits, and at most so many decimals. */
const DIGITS = 5;
const DECIMALS = 8;
const UNITS = 10n ** BigInt(DECIMALS);
/** How far a market is from all others, at most, in millionths. */
const SPREAD = 800;
const MILLION = 1_000_000;

/** The made-up market of one seed. */
export interface SimulatedMarket {
  /** The last trades of a region's markets up to a time. */
  prices(region: Region, now: Instant): MarketPrice[];
  /** The price of the last trade of one market up to a time. */
  priceOf(region: Region, quote: string, base: string, now: Instant): string;
}

/**
 * A made-up market in every region. A price depends only on the seed, the region, the market and the time of its trade. Each
 * currency has one value everywhere, which drifts around its usual one, so the markets and regions agree within a fraction
 * of a percent. Prices have ticks, like those of an exchange, and a few markets trade rarely.
 */
export function simulatedMarket(seed: string): SimulatedMarket {
  const common = driftOf(`${seed} market`);
  const currencies = new Map(
    Object.entries(NATURES).map(([currency, nature]) => {
      const drift = driftOf(`${seed} ${currency}`);
      const usual = unitsOf(nature.usual);
      return [
        currency,
        (at: Instant) => valueAt(usual, nature.follows * common(at) + nature.own * drift(at)),
      ];
    }),
  );
  const closes = new Map<string, string>();

  function tradedAt(time: Instant, quote: string, base: string, about: string): string {
    const [bought, paid] = [currencies.get(base)?.(time), currencies.get(quote)?.(time)];
    if (bought === undefined || paid === undefined)
      throw new RangeError(`there is no market ${quote}-${base}`);
    const spread = Math.round((2 * seeded(`${about} spread ${time}`) - 1) * SPREAD);
    const dividend = bought.dividend * paid.divisor * BigInt(MILLION + spread) * UNITS;
    return textOf(onTick(dividend / (bought.divisor * paid.dividend * BigInt(MILLION))));
  }

  function closeOn(day: Instant, quote: string, base: string, about: string, pause: number): string {
    // Only for speed: it is the same all day.
    const key = `${about} ${day}`;
    const close = closes.get(key) ?? tradedAt(tradeBefore(about, pause, day - 1), quote, base, about);
    closes.set(key, close);
    return close;
  }

  return {
    prices: (region, now) =>
      Object.entries(LISTED[region]).flatMap(([quote, bases]) =>
        bases.map((base) => {
          const { market, about, pause } = facts(seed, region, quote, base);
          const time = tradeBefore(about, pause, now);
          const previousClose = closeOn(now - (now % DAY), quote, base, about, pause);
          return { market, price: tradedAt(time, quote, base, about), tradedAt: time, previousClose };
        }),
      ),
    priceOf: (region, quote, base, now) => {
      const { about, pause } = facts(seed, region, quote, base);
      return tradedAt(tradeBefore(about, pause, now), quote, base, about);
    },
  };
}

/** The currencies that a region trades against a quote currency, in order. */
export function listedIn(region: Region, quote: string): readonly string[] {
  return LISTED[region][quote] ?? [];
}

function facts(seed: string, region: Region, quote: string, base: string) {
  const market = `${quote}-${base}`;
  const pause = LONG_PAUSES[`${region} ${market}`] ?? USUAL_PAUSE;
  return { market, about: `${seed} ${region} ${market}`, pause };
}

/** The time of the last trade up to a time: in every pause there is one, at some time. */
function tradeBefore(about: string, pause: number, now: Instant): Instant {
  const tradeIn = (turn: number) => turn * pause + seededBelow(pause, `${about} trade ${turn}`);
  const turn = Math.floor(now / pause);
  const latest = tradeIn(turn);
  return latest <= now ? latest : tradeIn(turn - 1);
}

/** A value that has drifted by so many millionths, as an exact fraction: as far up as down, and never 0. */
function valueAt(usual: bigint, drift: number): { readonly dividend: bigint; readonly divisor: bigint } {
  const millionths = Math.round(drift);
  return {
    dividend: usual * BigInt(MILLION + Math.max(0, millionths)),
    divisor: BigInt(MILLION - Math.min(0, millionths)),
  };
}

/** Rounded to as many significant digits as a price has. */
function onTick(units: bigint): bigint {
  const tick = 10n ** BigInt(Math.max(0, units.toString().length - DIGITS));
  return ((units + tick / 2n) / tick) * tick;
}

function textOf(units: bigint): string {
  return formatDecimal(add({ coefficient: units, exponent: -DECIMALS }, ZERO));
}

function unitsOf(text: string): bigint {
  const number = parseDecimal(text);
  if (number.problem !== undefined) throw new RangeError(`${text} ${number.problem}`);
  return number.value.coefficient * 10n ** BigInt(number.value.exponent + DECIMALS);
}
