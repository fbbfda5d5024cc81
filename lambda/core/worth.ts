import { type Balance, held } from './balances.ts';
import { add, type Decimal, divide, isZero, multiply, subtract, ZERO } from './decimal.ts';
import type { Instant } from './instant.ts';
import { byCodeOrder } from './order.ts';
import { BRIDGES, type LastTrade, marketOf, type Prices, quotesOf } from './prices.ts';
import { REGION_IDS, REGIONS, type Region } from './regions.ts';

/** Significant digits of a price that needs a division; every other price is exact. */
const DIGITS = 12;

/** How many units of one currency one unit of another is worth, and by which markets. */
export interface Way {
  readonly price: Decimal;
  /** Its markets, e.g. `SGD-USDT × USDT-ADA` or `SGD-DOGE ÷ SGD-USDT`; empty from a currency to itself. */
  readonly via: string;
  /** Its markets whose last trade was more than an hour old, with the time of that trade. */
  readonly stale: ReadonlyMap<string, Instant>;
}

/** A currency that an account holds, and what it is worth. */
export interface Holding {
  readonly balance: Balance;
  /** Available plus locked. */
  readonly total: Decimal;
  /** Undefined where no way leads to the unit. */
  readonly way: Way | undefined;
  /** total × price, exact; undefined where there is no price. */
  readonly value: Decimal | undefined;
  /** total × the average price at which Upbit says it was bought; undefined where that is 0 or its unit has no price. */
  readonly cost: Decimal | undefined;
}

/** What some holdings are worth together. */
export interface Sum {
  /** Of those that have a price; undefined if something is held and nothing has a price. */
  readonly value: Decimal | undefined;
  /** The currencies that are held and have no price, in order, each once: the value lacks them. */
  readonly unpriced: readonly string[];
}

/** The currencies in which worth can be given: each region's fiat currency, USDT and BTC. */
export function unitsOf(regions: readonly Region[]): readonly string[] {
  return [...new Set([...regions.map((region) => REGIONS[region].fiat), ...BRIDGES])];
}

/** One market on a way, used to multiply or, against its direction, to divide. */
export interface Leg {
  /** Whose market it is. */
  readonly region: Region;
  readonly market: string;
  readonly divides: boolean;
}

/** The prices of a slot, by region; a region without prices is absent. */
export type PricesOf = ReadonlyMap<Region, { readonly prices: Pick<Prices, 'get' | 'has'> }>;

/**
 * The markets that lead from a currency to a unit, the currency's first: its own market, else through USDT, else through BTC,
 * else through the region's fiat currency; undefined if there is no way. To the fiat currency of another region the way goes on
 * from USDT, else from BTC, by a market of that region.
 *
 * @param has whether a market of a region has a price.
 */
export function legsTo(
  unit: string,
  currency: string,
  region: Region,
  has: (region: Region, market: string) => boolean,
): readonly Leg[] | undefined {
  const own = legsWithin(unit, currency, region, has);
  if (own !== undefined) return own;
  const other = REGION_IDS.find((id) => id !== region && REGIONS[id].fiat === unit);
  if (other === undefined) return undefined;
  for (const bridge of BRIDGES) {
    const [first, second] = [legsWithin(bridge, currency, region, has), legBetween(bridge, unit, other, has)];
    if (first !== undefined && second !== undefined) return [...first, second];
  }
  return undefined;
}

/**
 * The way from a currency to a unit by the prices of a slot, see {@link legsTo}; undefined if there is none.
 *
 * @internal exported for its test
 */
export function wayTo(unit: string, currency: string, region: Region, sheets: PricesOf): Way | undefined {
  const has = (id: Region, market: string) => sheets.get(id)?.prices.has(market) ?? false;
  const legs = legsTo(unit, currency, region, has);
  if (legs === undefined) return undefined;
  const steps: Step[] = [];
  for (const leg of legs) {
    const trade = sheets.get(leg.region)?.prices.get(leg.market);
    // A way without one of its markets would be another price.
    if (trade === undefined) return undefined;
    steps.push({ ...leg, ...trade });
  }
  const last = steps.at(-1);
  if (last === undefined) return NOTHING_TO_DO;
  return last.region === region
    ? wayOf(steps)
    : joined(steps.length === 1 ? NOTHING_TO_DO : wayOf(steps.slice(0, -1)), last);
}

/** What the balances of an account are worth. */
export function valued(
  balances: readonly Balance[],
  unit: string,
  region: Region,
  sheets: PricesOf,
): Holding[] {
  return balances.map((balance) => {
    const total = held(balance);
    const way = wayTo(unit, balance.currency, region, sheets);
    const unitWay = isZero(balance.avgBuyPrice)
      ? undefined
      : wayTo(unit, balance.unitCurrency, region, sheets);
    return {
      balance,
      total,
      way,
      value: way && multiply(total, way.price),
      cost: unitWay && multiply(multiply(total, balance.avgBuyPrice), unitWay.price),
    };
  });
}

/** Adds up what holdings are worth, of one account or of several. */
export function sumOf(holdings: readonly Holding[]): Sum {
  return addSums(
    holdings.map(({ balance, total, value }) =>
      value === undefined && !isZero(total)
        ? { value: undefined, unpriced: [balance.currency] }
        : { value: value ?? ZERO, unpriced: [] },
    ),
  );
}

/** Adds up sums; nothing is worth 0. */
export function addSums(sums: readonly Sum[]): Sum {
  const values = sums.flatMap(({ value }) => value ?? []);
  const unpriced = [...new Set(sums.flatMap((sum) => sum.unpriced))].sort(byCodeOrder);
  const value = values.length === 0 && unpriced.length > 0 ? undefined : values.reduce(add, ZERO);
  return { value, unpriced };
}

/** How much more the holding is worth than it cost; undefined unless both are known. */
export function gainOf({ value, cost }: Pick<Holding, 'value' | 'cost'>): Decimal | undefined {
  return value === undefined || cost === undefined ? undefined : subtract(value, cost);
}

/** A market on a way, with its last trade. */
type Step = Leg & LastTrade;

const ONE: Decimal = { coefficient: 1n, exponent: 0 };
const NOTHING_TO_DO: Way = { price: ONE, via: '', stale: new Map() };

function legsWithin(
  unit: string,
  currency: string,
  region: Region,
  has: (region: Region, market: string) => boolean,
): readonly Leg[] | undefined {
  if (unit === currency) return [];
  const direct = legBetween(currency, unit, region, has);
  if (direct !== undefined) return [direct];
  const [fiat = '', ...bridges] = quotesOf(region);
  for (const middle of [...bridges, fiat]) {
    const [first, second] = [
      legBetween(currency, middle, region, has),
      legBetween(middle, unit, region, has),
    ];
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return undefined;
}

/** The market between two different currencies. */
function legBetween(
  from: string,
  to: string,
  region: Region,
  has: (region: Region, market: string) => boolean,
): Leg | undefined {
  const [onward, against] = [marketOf(to, from), marketOf(from, to)];
  if (has(region, onward)) return { region, market: onward, divides: false };
  return has(region, against) ? { region, market: against, divides: true } : undefined;
}

/** All multiplications, the unit's market first, then at most one division, which rounds. */
function wayOf(steps: readonly Step[]): Way {
  const legs = steps.toReversed();
  const [times, per] = [legs.filter(({ divides }) => !divides), legs.filter(({ divides }) => divides)];
  const product = (parts: readonly Step[]) => parts.reduce((so, { price }) => multiply(so, price), ONE);
  const dividend = times.length === 0 ? '1' : times.map(({ market }) => market).join(' × ');
  return {
    price: per.length === 0 ? product(times) : divide(product(times), product(per), DIGITS),
    via: [dividend, ...per.map(({ market }) => market)].join(' ÷ '),
    stale: new Map(
      legs.flatMap(({ market, tradedAt }) => (tradedAt === undefined ? [] : [[market, tradedAt] as const])),
    ),
  };
}

/** A way in one region, continued by a market of another. */
function joined(first: Way, { region, market, price, tradedAt, divides }: Step): Way {
  const named = `${region} ${market}`;
  const before = first.via === '' ? (divides ? '1 ÷ ' : '') : `${first.via}${divides ? ' ÷ ' : ' × '}`;
  return {
    price: divides ? divide(first.price, price, DIGITS) : multiply(first.price, price),
    via: before + named,
    stale: tradedAt === undefined ? first.stale : new Map([...first.stale, [named, tradedAt]]),
  };
}
