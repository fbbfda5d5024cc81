import type { Instant } from '../../../lambda/core/instant.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { legsTo } from '../../../lambda/core/worth.ts';
import type { PriceRecord } from '../record.ts';

/**
 * Prices at the points of a chart, rounded, for drawing alone. What is given in words is computed exactly, in `worth.ts`; both
 * take the markets that `legsTo` says.
 */
export class PriceHeights {
  readonly #records: ReadonlyMap<Region, PriceRecord>;
  readonly #length: number;
  /** By region, where each point's slot is among those that have prices; -1 for one that has none. */
  readonly #places: ReadonlyMap<Region, Int32Array>;
  readonly #markets = new Map<string, Float64Array>();

  /** @param slots those of the points, in order. */
  constructor(records: ReadonlyMap<Region, PriceRecord>, slots: readonly Instant[]) {
    this.#records = records;
    this.#length = slots.length;
    this.#places = new Map([...records].map(([region, record]) => [region, placesOf(record.slots, slots)]));
  }

  /** True if any prices of the region were recorded for the slot of a point. */
  has(region: Region, place: number): boolean {
    return (this.#places.get(region)?.[place] ?? -1) !== -1;
  }

  /** The price of a currency in a unit at each point; NaN where no way leads there. */
  of(region: Region, currency: string, unit: string): Float64Array {
    const all = new Float64Array(this.#length).fill(currency === unit ? 1 : NaN);
    if (currency === unit) return all;
    let legs: (readonly [prices: Float64Array, divides: boolean])[] | undefined;
    /** The markets on which the way depends: as long as none appears or disappears, it is the same. */
    let seen: Float64Array[] = [];
    const isSame = (place: number) => seen.every((its) => isKnown(its, place) === isKnown(its, place - 1));
    for (let place = 0; place < all.length; place += 1) {
      if (place === 0 || !isSame(place)) {
        seen = [];
        const found = legsTo(unit, currency, region, (id, market) => {
          const its = this.#market(id, market);
          seen.push(its);
          return isKnown(its, place);
        });
        legs = found?.map((leg) => [this.#market(leg.region, leg.market), leg.divides] as const);
      }
      if (legs === undefined) continue;
      let price = 1;
      for (const [prices, divides] of legs) {
        const its = prices[place] ?? NaN;
        price = divides ? price / its : price * its;
      }
      all[place] = price;
    }
    return all;
  }

  /** The prices of a market at each point; NaN without one. */
  #market(region: Region, market: string): Float64Array {
    const key = `${region} ${market}`;
    const known = this.#markets.get(key);
    if (known !== undefined) return known;
    const prices = this.#records.get(region)?.markets.get(market)?.price.rounded() ?? new Float64Array();
    const places = this.#places.get(region);
    const all = new Float64Array(this.#length);
    for (let place = 0; place < all.length; place += 1) all[place] = prices[places?.[place] ?? -1] ?? NaN;
    this.#markets.set(key, all);
    return all;
  }
}

function isKnown(prices: Float64Array, place: number): boolean {
  return !Number.isNaN(prices[place]);
}

/** Where each of the slots is among those of a record; -1 for one that is not there. Both are in order. */
function placesOf(known: readonly Instant[], slots: readonly Instant[]): Int32Array {
  let place = 0;
  return Int32Array.from(slots, (slot) => {
    while ((known[place] ?? Infinity) < slot) place += 1;
    return known[place] === slot ? place : -1;
  });
}
