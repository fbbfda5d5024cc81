import { add, formatDecimal, parseDecimal, ZERO } from '../../lambda/core/decimal.ts';
import { HOUR, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import { seeded, seededBelow } from './seeded.ts';
import { listedIn, type SimulatedMarket, simulatedMarket } from './simulated-market.ts';
import type { BalanceLine } from './simulated-upbit.ts';

/** Amounts are counted in units of 1e-8, prices in units of 1e-16. */
const AMOUNT_DECIMALS = 8;
const PRICE_DECIMALS = 16;
const PRICE_UNITS = 10n ** BigInt(PRICE_DECIMALS);
/** The precision with which Upbit shows average prices, in significant digits. */
const PRICE_DIGITS = 16;

/** The initial portfolio: [currency, available, locked, average price]. The first line is the cash it trades with. */
type Beginning = readonly (readonly [currency: string, available: string, locked: string, average: string])[];

/** Amounts from documented and reported examples, and others that such an account may hold. */
const BEGINNINGS: Readonly<Record<Region, Beginning>> = {
  sg: [
    ['USDT', '18250.7731452', '0', '1.3402'],
    ['ADA', '10.386546', '0', '0.9724275092936803'],
    ['BTC', '0.48210934', '0.05', '61840.1938475601'],
    ['ETH', '6.7304118', '0', '3120.558812374061'],
    ['SOL', '54.11', '12.5', '148.0271934650117'],
    ['XRP', '2150', '0', '0.5419203817362901'],
    ['SGD', '1204.55', '0', '0'],
  ],
  id: [
    ['IDR', '509399.51675225', '0', '0'],
    ['BTC', '0.07119', '0', '1039925581.098141'],
    ['ETH', '1.20448173', '0', '52170338.77012455'],
    ['PEPE', '132992558.1098141', '0', '0.1610339452817731'],
    ['USDT', '740.2', '100', '15904.21847291003'],
  ],
  th: [
    ['THB', '88410.12', '5000', '0'],
    ['BTC', '0.2150077', '0', '2204518.662910374'],
    ['DOGE', '12044.5', '0', '4.810277364019283'],
    ['KUB', '310.4', '40.4', '61.22039481726304'],
    ['USDT', '1520.99', '0', '34.81029384756102'],
    ['XRP', '980.25', '0', '18.7720193846501'],
  ],
  kr: [
    ['KRW', '4210394.71', '0', '0'],
    ['BTC', '0.0912', '0', '91240551.20398471'],
  ],
};

/** Received now and then, and traded nowhere. */
const DUST = 'FLR';

/** One currency of the simulation, in whole units of the scales above. */
interface Holding {
  readonly available: bigint;
  readonly locked: bigint;
  readonly average: bigint;
}
type Portfolio = ReadonlyMap<string, Holding>;

/** Whose portfolio it is, and what determines it. */
export interface PortfolioOrigin {
  readonly seed: string;
  readonly region: Region;
  readonly name: string;
  /** The hour at which it starts to change. */
  readonly origin: Instant;
}

/**
 * A made-up portfolio that changes hourly: trades at the hour's price of the {@link simulatedMarket} of the same seed, orders
 * that lock and release, dust, a new currency, one sold out, deposits and withdrawals. A deposit is always the same amount
 * and a withdrawal a part of the cash, so that it neither grows forever nor dries up. What it holds at an hour depends only
 * on the origin, not on earlier calls. Amounts are exact and never negative; a trade conserves its value except for rounding
 * below the last digit.
 */
export function simulatedBalances(whose: PortfolioOrigin): (now: Instant) => BalanceLine[] {
  const market = simulatedMarket(whose.seed);
  const hours: Portfolio[] = [beginning(whose.region)];
  return (now) => {
    const hour = Math.max(0, Math.floor((now - whose.origin) / HOUR));
    for (let next = hours.length; next <= hour; next += 1)
      hours.push(move(hours[next - 1] ?? new Map(), whose, next, market));
    return lines(hours[hour] ?? new Map(), whose.region);
  };
}

function cashOf(region: Region): string {
  return BEGINNINGS[region][0]?.[0] ?? REGIONS[region].fiat;
}

/** The coins that can be bought with a region's cash, in order; a stablecoin is not one of them. */
function coinsOf(region: Region): string[] {
  return listedIn(region, cashOf(region)).filter((currency) => currency !== 'USDT');
}

function beginning(region: Region): Portfolio {
  return new Map(
    BEGINNINGS[region].map(([currency, available, locked, average]) => [
      currency,
      {
        available: unitsOf(available, AMOUNT_DECIMALS),
        locked: unitsOf(locked, AMOUNT_DECIMALS),
        average: unitsOf(average, PRICE_DECIMALS),
      },
    ]),
  );
}

/** The change of a portfolio in one hour. */
function move(
  before: Portfolio,
  { seed, region, name, origin }: PortfolioOrigin,
  hour: number,
  market: SimulatedMarket,
): Portfolio {
  const about = `${seed} ${region}/${name} ${hour}`;
  const cash = cashOf(region);
  const offered = coinsOf(region);
  const chance = seeded(about);
  const share = BigInt(10 + seededBelow(90, `${about} share`));
  const coins = [...before.keys()].filter((currency) => offered.includes(currency));
  const coin = coins[seededBelow(coins.length, `${about} coin`)] ?? 'BTC';
  const other = offered[seededBelow(offered.length, `${about} other`)] ?? 'BTC';
  const at = origin + hour * HOUR;
  const priceOf = (of: string) => unitsOf(market.priceOf(region, cash, of, at), PRICE_DECIMALS);
  if (chance < 0.25) return buy(before, cash, coin, share, priceOf(coin));
  if (chance < 0.45) return sell(before, cash, coin, share, priceOf(coin));
  if (chance < 0.55) return lock(before, coin, share * 4n);
  if (chance < 0.65) return unlock(before, coin);
  if (chance < 0.67) return buy(before, cash, other, share, priceOf(other));
  if (chance < 0.673) return coins.length > 3 ? sellOut(before, cash, coin, priceOf(coin)) : before;
  if (chance < 0.683) return receive(before, DUST, share);
  if (chance < 0.697) return receive(before, cash, (beginning(region).get(cash)?.available ?? 0n) / 8n);
  if (chance < 0.71) return receive(before, cash, -((before.get(cash)?.available ?? 0n) / 8n));
  return before;
}

/** Spends a share of the cash on a coin. */
function buy(before: Portfolio, cash: string, coin: string, thousandths: bigint, price: bigint): Portfolio {
  const spent = ((before.get(cash)?.available ?? 0n) * thousandths) / 1_000n;
  const bought = (spent * PRICE_UNITS) / price;
  if (bought === 0n) return before;
  const had = before.get(coin) ?? NOTHING;
  const held = had.available + had.locked;
  const average = (had.average * held + price * bought) / (held + bought);
  return changed(changed(before, cash, { available: -spent }), coin, { available: bought, average });
}

function sell(before: Portfolio, cash: string, coin: string, thousandths: bigint, price: bigint): Portfolio {
  const sold = ((before.get(coin)?.available ?? 0n) * thousandths) / 1_000n;
  const earned = (sold * price) / PRICE_UNITS;
  return changed(changed(before, coin, { available: -sold }), cash, { available: earned });
}

function lock(before: Portfolio, coin: string, thousandths: bigint): Portfolio {
  const moved = ((before.get(coin)?.available ?? 0n) * thousandths) / 1_000n;
  return changed(before, coin, { available: -moved, locked: moved });
}

function unlock(before: Portfolio, coin: string): Portfolio {
  const moved = before.get(coin)?.locked ?? 0n;
  return changed(before, coin, { available: moved, locked: -moved });
}

/** Sells all of it, and removes the line. */
function sellOut(before: Portfolio, cash: string, coin: string, price: bigint): Portfolio {
  const after = new Map(sell(unlock(before, coin), cash, coin, 1_000n, price));
  after.delete(coin);
  return after;
}

function receive(before: Portfolio, currency: string, amount: bigint): Portfolio {
  return changed(before, currency, { available: amount });
}

const NOTHING: Holding = { available: 0n, locked: 0n, average: 0n };

function changed(before: Portfolio, currency: string, by: Partial<Holding>): Portfolio {
  const { available, locked, average } = before.get(currency) ?? NOTHING;
  return new Map(before).set(currency, {
    available: available + (by.available ?? 0n),
    locked: locked + (by.locked ?? 0n),
    average: by.average ?? average,
  });
}

function lines(portfolio: Portfolio, region: Region): BalanceLine[] {
  const { fiat } = REGIONS[region];
  return [...portfolio]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([currency, { available, locked, average }]) => ({
      currency,
      balance: textOf(available, AMOUNT_DECIMALS),
      locked: textOf(locked, AMOUNT_DECIMALS),
      avg_buy_price: textOf(rounded(average), PRICE_DECIMALS),
      // Upbit sends true for the fiat line itself.
      avg_buy_price_modified: currency === fiat,
      unit_currency: currency === fiat || currency === cashOf(region) ? fiat : cashOf(region),
    }));
}

function unitsOf(text: string, decimals: number): bigint {
  const number = parseDecimal(text);
  if (number.problem !== undefined) throw new RangeError(`${text} ${number.problem}`);
  return number.value.coefficient * 10n ** BigInt(number.value.exponent + decimals);
}

function textOf(units: bigint, decimals: number): string {
  return formatDecimal(add({ coefficient: units, exponent: -decimals }, ZERO));
}

/** Truncated to as many significant digits as Upbit shows. */
function rounded(price: bigint): bigint {
  const below = 10n ** BigInt(Math.max(0, price.toString().length - PRICE_DIGITS));
  return (price / below) * below;
}
