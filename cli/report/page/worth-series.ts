import { regionOf } from '../../../lambda/core/account.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import type { AccountRecord, Column } from '../record.ts';
import { regionsOf } from '../worth.ts';
import type { Height } from './drawing.ts';
import { holeOf, type Mark } from './holes.ts';
import type { PriceHeights } from './price-heights.ts';
import { holeAt, type WorthPoint } from './worth-points.ts';

/** Why a point has no sum, or what it lacks. */
type State = 'known' | 'partial' | 'unpriced' | 'lacking' | 'pause';

/** What some accounts were worth over time, rounded, to draw it. */
export interface WorthSeries {
  readonly points: readonly WorthPoint[];
  readonly states: readonly State[];
  /** By currency, the largest on average first: its value at each point; NaN where it is unknown. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/**
 * The series of these points. Amounts are rounded here to be drawn; what is given in words does not come from here.
 *
 * @param prices those at the points.
 */
export function worthSeries(
  prices: PriceHeights,
  accounts: readonly AccountRecord[],
  points: readonly WorthPoint[],
  unit: string,
): WorthSeries {
  const adder = new Adder(points.length);
  const places = placesOf(points);
  for (const account of accounts) {
    const region = regionOf(account.account);
    const its = places.get(account);
    if (its === undefined) continue;
    const needed = regionsOf(account, unit);
    const priceless = Uint8Array.from(its.places, (place) =>
      needed.every((id) => prices.has(id, place)) ? 0 : 1,
    );
    for (const [currency, column] of account.currencies)
      adder.add(currency, its, amountsOf(column), adder.priceOf(prices, region, currency, unit), priceless);
  }
  const values = new Map(adder.values().sort(([, a], [, b]) => areaOf(b) - areaOf(a)));
  const states = points.map((point, place): State => {
    if (point.isPause) return 'pause';
    return point.lacking.length > 0 ? 'lacking' : adder.stateAt(place);
  });
  return { points, states, values };
}

/** Where an account's snapshots are among the points. */
interface Places {
  readonly places: readonly number[];
  /** The indexes of the snapshots. */
  readonly indexes: readonly number[];
}

function placesOf(points: readonly WorthPoint[]): Map<AccountRecord, Places> {
  const found = new Map<AccountRecord, { places: number[]; indexes: number[] }>();
  for (const [place, { taken }] of points.entries()) {
    for (const { account, snapshot } of taken) {
      const its = found.get(account) ?? { places: [], indexes: [] };
      found.set(account, its);
      its.places.push(place);
      its.indexes.push(snapshot.index);
    }
  }
  return found;
}

/** The total held in each snapshot; NaN where the currency is not listed. */
function amountsOf({ balance, locked }: Column): Float64Array {
  const [all, more] = [balance.rounded(), locked.rounded()];
  for (let index = 0; index < all.length; index += 1) all[index] = (all[index] ?? NaN) + (more[index] ?? 0);
  return all;
}

/** Adds up values, currency by currency, and what is unknown at each point. */
class Adder {
  readonly #length: number;
  readonly #values = new Map<string, Float64Array>();
  readonly #prices = new Map<string, Float64Array>();
  /** How many amounts have a value, how many have none, and whether prices were not recorded for one of those. */
  readonly #priced: Uint32Array;
  readonly #unpriced: Uint32Array;
  readonly #isPriceless: Uint8Array;
  /** The points at which each currency has no value, if it is held there. */
  readonly #without = new Map<string, number[]>();

  constructor(length: number) {
    this.#length = length;
    this.#priced = new Uint32Array(length);
    this.#unpriced = new Uint32Array(length);
    this.#isPriceless = new Uint8Array(length);
  }

  /** The prices of a region's currency; computed once, for all its accounts. */
  priceOf(prices: PriceHeights, region: Region, currency: string, unit: string): Float64Array {
    const key = `${region} ${currency}`;
    const known = this.#prices.get(key) ?? prices.of(region, currency, unit);
    this.#prices.set(key, known);
    return known;
  }

  add(
    currency: string,
    { places, indexes }: Places,
    amounts: Float64Array,
    prices: Float64Array,
    priceless: Uint8Array,
  ): void {
    const values = this.#values.get(currency) ?? new Float64Array(this.#length);
    this.#values.set(currency, values);
    const without = this.#without.get(currency) ?? [];
    this.#without.set(currency, without);
    for (let at = 0; at < places.length; at += 1) {
      const [place, amount] = [places[at] ?? 0, amounts[indexes[at] ?? 0] ?? NaN];
      // Nothing of it is worth nothing, whatever its price.
      if (amount === 0 || Number.isNaN(amount)) continue;
      const price = prices[place] ?? NaN;
      if (Number.isNaN(price)) {
        without.push(place);
        this.#unpriced[place] = (this.#unpriced[place] ?? 0) + 1;
        if (priceless[at] === 1) this.#isPriceless[place] = 1;
      } else {
        this.#priced[place] = (this.#priced[place] ?? 0) + 1;
        values[place] = (values[place] ?? 0) + amount * price;
      }
    }
  }

  values(): [string, Float64Array][] {
    return [...this.#values].map(([currency, values]) => {
      const all = values.slice();
      for (const place of this.#without.get(currency) ?? []) all[place] = NaN;
      return [currency, all];
    });
  }

  /** As `worthOf` and `addSums` judge it, and `partial` if it lacks a currency that has a value at other points. */
  stateAt(place: number): State {
    if (this.#unpriced[place] === 0) return 'known';
    if (this.#isPriceless[place] === 1 || this.#priced[place] === 0) return 'unpriced';
    return this.#partial().has(place) ? 'partial' : 'known';
  }

  #partials: ReadonlySet<number> | undefined;

  #partial(): ReadonlySet<number> {
    this.#partials ??= new Set(
      [...this.#without].flatMap(([currency, places]) =>
        this.#values.get(currency)?.some((value) => value > 0) === true ? places : [],
      ),
    );
    return this.#partials;
  }
}

function areaOf(values: Float64Array): number {
  return values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value), 0);
}

/** How many currencies have a colour of their own; the rest are drawn together. */
export const NAMED = 6;

/** What a stacked chart draws, from the outermost edge inwards: what the currencies are worth together, each with those before it. */
export interface Stack {
  /** The largest first. */
  readonly named: readonly string[];
  /** Those that are drawn together. */
  readonly others: readonly string[];
  /** One more than the named currencies: the whole, then without the others, and so on, one currency fewer each time. */
  readonly edges: readonly (readonly Height[])[];
}

/** Stacks the currencies of a series. In a thinned report the line goes on over a gap, see `seriesOf`. */
export function stackOf({ values, states }: WorthSeries, isThinned: boolean): Stack {
  const worthAnything = [...values].filter(([, heights]) => heights.some((height) => height > 0));
  const named = worthAnything.slice(0, NAMED);
  const others = worthAnything.slice(NAMED);
  let below: Float64Array = new Float64Array(states.length);
  const edges = [
    ...named.map(([, heights]) => [heights]),
    ...(others.length === 0 ? [] : [others.map(([, heights]) => heights)]),
  ].map((parts) => {
    const edge = below.slice();
    for (const heights of parts)
      for (let place = 0; place < edge.length; place += 1)
        edge[place] = (edge[place] ?? 0) + numberOr0(heights[place]);
    below = edge;
    return heightsOf(edge, states, isThinned);
  });
  return {
    named: named.map(([currency]) => currency),
    others: others.map(([currency]) => currency),
    edges: edges.length === 0 ? [heightsOf(below, states, isThinned)] : edges.toReversed(),
  };
}

/** The value of one currency. */
export function lineOf(
  { values, states }: WorthSeries,
  currency: string,
  isThinned: boolean,
): readonly Height[] {
  const heights = values.get(currency) ?? new Float64Array(states.length);
  return heightsOf(
    heights,
    states.map((state) => (state === 'unpriced' ? 'known' : state)),
    isThinned,
  );
}

function heightsOf(heights: Float64Array, states: readonly State[], isThinned: boolean): readonly Height[] {
  return states.map((state, place): Height => {
    if (state === 'pause') return null;
    if (state === 'lacking') return isThinned ? undefined : null;
    const height = heights[place] ?? NaN;
    return state === 'unpriced' || Number.isNaN(height) ? null : height;
  });
}

function numberOr0(height: number | undefined): number {
  return height === undefined || Number.isNaN(height) ? 0 : height;
}

/**
 * Why there is a gap at each point, or why the sum there is smaller than at others.
 *
 * @param currency the one that is drawn; undefined if all are.
 */
export function marksOf({ points, states, values }: WorthSeries, currency: string | undefined): Mark[] {
  const heights = currency === undefined ? undefined : values.get(currency);
  return points.map((point, place): Mark => {
    const { slot } = point;
    const lack = holeAt(point);
    if (states[place] === 'lacking') return lack === undefined ? { slot } : { slot, hole: holeOf(lack) };
    const state = heights === undefined ? states[place] : Number.isNaN(heights[place]) ? 'unpriced' : 'known';
    if (state !== 'unpriced' && state !== 'partial') return { slot };
    return { slot, hole: { kind: state, end: points[place + 1]?.slot ?? slot, isScattered: false } };
  });
}
