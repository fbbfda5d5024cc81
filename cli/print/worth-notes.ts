import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Worth } from '../../lambda/history/worth.ts';
import { formatDuration } from './duration.ts';
import { named } from './named.ts';
import { printable } from './printable.ts';

/** How many names a line has at most. */
const NAMED = 10;

/** What an answer about worth does not show: slots without prices, currencies without one, and old prices. */
export class WorthNotes {
  readonly #unit: string;
  /** By region, whether each slot of the answer has prices. */
  readonly #slots = new Map<Region, Map<Instant, boolean>>();
  readonly #unpriced = new Map<AccountName, Set<string>>();
  /** By region and market, the longest time since the last trade, and at which slot. */
  readonly #stale = new Map<Region, Map<string, { readonly age: number; readonly slot: Instant }>>();

  constructor(unit: string) {
    this.#unit = unit;
  }

  add({ account, snapshot, holdings, sum, hasPrices }: Worth): void {
    const region = regionOf(account);
    const { slot } = snapshot;
    // An account that holds only the unit, or nothing, needs no price.
    if (hasPrices || sum.unpriced.length > 0) of(this.#slots, region, () => new Map()).set(slot, hasPrices);
    if (hasPrices)
      for (const currency of sum.unpriced) of(this.#unpriced, account, () => new Set()).add(currency);
    const ages = of(this.#stale, region, () => new Map());
    for (const { way } of holdings) {
      for (const [market, tradedAt] of way?.stale ?? []) {
        const age = slot - tradedAt;
        if (age > (ages.get(market)?.age ?? 0)) ages.set(market, { age, slot });
      }
    }
  }

  /**
   * One line for each thing that the rows do not show, with its newline.
   *
   * @param hasSum whether the answer has a sum, which then leaves out what has no price.
   */
  lines({ hasSum }: { readonly hasSum: boolean }): string[] {
    return [...this.#priceless(), ...this.#withoutPrice(hasSum), ...this.#longAgo()].map(
      (text) => `${printable(text)}\n`,
    );
  }

  *#priceless(): Generator<string> {
    for (const [region, slots] of [...this.#slots].sort(([a], [b]) => byCodeOrder(a, b))) {
      const without = [...slots].filter(([, has]) => !has).map(([slot]) => slot);
      if (without.length === 0) continue;
      const first = Math.min(...[...slots].filter(([, has]) => has).map(([slot]) => slot));
      if (slots.size === 1) {
        yield `${region}: no prices were recorded for ${formatSecond(Math.max(...without))}, so values that need one are unknown`;
      } else {
        const known = first === Infinity ? '' : `; the first slot with prices is ${formatSecond(first)}`;
        yield `${region}: ${without.length} of ${slots.size} slots have no prices (the last is ${formatSecond(Math.max(...without))}), so values that need one are unknown${known}`;
      }
    }
  }

  *#withoutPrice(hasSum: boolean): Generator<string> {
    for (const [account, currencies] of this.#unpriced) {
      const lacks = hasSum ? `, so the sum leaves ${currencies.size === 1 ? 'it' : 'them'} out` : '';
      yield `${account}: no market has a price for ${named([...currencies].sort(byCodeOrder), NAMED)} in ${this.#unit}${lacks}`;
    }
  }

  *#longAgo(): Generator<string> {
    for (const [region, markets] of [...this.#stale].sort(([a], [b]) => byCodeOrder(a, b))) {
      if (markets.size === 0) continue;
      const oldest = [...markets]
        .sort(([a], [b]) => byCodeOrder(a, b))
        .map(([market, { age, slot }]) => `${market} ${formatDuration(age)} before ${formatSecond(slot)}`);
      yield `${region}: last trade more than an hour old: ${named(oldest, NAMED)}`;
    }
  }
}

function of<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
