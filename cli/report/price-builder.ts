import type { Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import { NumberColumn, NumberReader, NumberWriter } from './numbers.ts';
import type { PriceColumn, PriceRecord } from './record.ts';

/** About how many characters a slot takes in the page. */
const SLOT_LENGTH = 1;

/** One market. */
interface Columns {
  readonly price: NumberWriter;
  readonly tradedAt: NumberWriter;
}

/** Builds the prices of one region from its sheets, as they are read. Memory is about what they take in the page. */
export class PriceBuilder {
  readonly #isWanted: (market: string) => boolean;
  #slots: Instant[] = [];
  #markets = new Map<string, Columns>();

  /** @param isWanted which markets the worth of what is shown depends on. */
  constructor(isWanted: (market: string) => boolean) {
    this.#isWanted = isWanted;
  }

  /** About how many characters it takes in the page. */
  get length(): number {
    let length = SLOT_LENGTH * this.#slots.length;
    for (const { price, tradedAt } of this.#markets.values()) length += price.length + tradedAt.length;
    return length;
  }

  /** Adds the sheet of the next slot. */
  add({ slot, prices }: Pick<PriceSheet, 'slot' | 'prices'>): void {
    const index = this.#slots.length;
    this.#slots.push(slot);
    for (const [market, { price, tradedAt }] of prices) {
      if (!this.#isWanted(market)) continue;
      const its = this.#markets.get(market) ?? { price: new NumberWriter(), tradedAt: new NumberWriter() };
      this.#markets.set(market, its);
      its.price.add(undefined, index - its.price.count);
      its.price.add(price);
      if (tradedAt === undefined) continue;
      its.tradedAt.add(undefined, index - its.tradedAt.count);
      its.tradedAt.add({ coefficient: BigInt(tradedAt), exponent: 0 });
    }
  }

  /** Leaves out what is not of these slots. */
  keep(wanted: ReadonlySet<Instant>): void {
    const kept = this.#slots.flatMap((slot, index) => (wanted.has(slot) ? [index] : []));
    if (kept.length === this.#slots.length) return;
    this.#slots = this.#slots.filter((slot) => wanted.has(slot));
    this.#markets = new Map(
      [...this.#markets].map(([market, { price, tradedAt }]) => [
        market,
        { price: picked(price, kept), tradedAt: picked(tradedAt, kept) },
      ]),
    );
  }

  /** The record so far; undefined if there are no prices. */
  build(): PriceRecord | undefined {
    if (this.#slots.length === 0) return undefined;
    const sorted = [...this.#markets].sort(([a], [b]) => byCodeOrder(a, b));
    return {
      slots: this.#slots,
      markets: new Map(
        sorted.map(([market, { price, tradedAt }]): [string, PriceColumn] => [
          market,
          {
            price: new NumberColumn(price.text()),
            tradedAt: tradedAt.count === 0 ? undefined : new NumberColumn(tradedAt.text()),
          },
        ]),
      ),
    };
  }
}

/** The numbers at these indexes, in ascending order. */
function picked(column: NumberWriter, indexes: readonly number[]): NumberWriter {
  const reader = new NumberReader(column.text());
  const some = new NumberWriter();
  for (const [place, index] of indexes.entries()) {
    while (reader.until <= index) if (!reader.next()) return some;
    const value = reader.value();
    if (value === undefined) continue;
    some.add(undefined, place - some.count);
    some.add(value);
  }
  return some;
}
