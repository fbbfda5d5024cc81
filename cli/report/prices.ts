import type { Instant } from '../../lambda/core/instant.ts';
import { partsOf, quotesOf } from '../../lambda/core/prices.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { PriceBuilder } from './price-builder.ts';
import type { PriceRecord } from './record.ts';

/** How many slots are read at a time. */
const STEP = 1_000;

/** The prices that a report shows: of exactly the slots whose snapshots it shows, read step by step. */
export class Prices {
  readonly #reader: LedgerReader;
  readonly #builders: ReadonlyMap<Region, PriceBuilder>;
  /** In order. */
  #unread: Instant[];

  /**
   * @param regions those whose prices are read.
   * @param names the currencies of each region's accounts that need a price.
   */
  constructor(
    reader: LedgerReader,
    regions: readonly Region[],
    names: ReadonlyMap<Region, ReadonlySet<string>>,
    slots: ReadonlySet<Instant>,
  ) {
    this.#reader = reader;
    this.#unread = [...slots].sort((a, b) => a - b);
    this.#builders = new Map(
      regions.map((region) => {
        const needed = new Set([...(names.get(region) ?? []), ...quotesOf(region)]);
        return [region, new PriceBuilder((market) => needed.has(partsOf(market).base))];
      }),
    );
  }

  /** About how many characters they take in the page. */
  get length(): number {
    return [...this.#builders.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Reads the next step; false if everything is read.
   *
   * @throws CodedError as the reader does.
   */
  async readOn(): Promise<boolean> {
    const slots = this.#unread.splice(0, STEP);
    if (slots.length === 0) return false;
    await Promise.all(
      [...this.#builders].map(async ([region, builder]) => {
        const found = await this.#reader.prices(region, slots);
        // What cannot be read is not guessed: the slot counts as one without prices.
        const sheets = found.flatMap((sheet) => ('problem' in sheet ? [] : [sheet]));
        for (const sheet of sheets.sort((a, b) => a.slot - b.slot)) builder.add(sheet);
      }),
    );
    return true;
  }

  /** Leaves out what is not of these slots. */
  keep(slots: ReadonlySet<Instant>): void {
    this.#unread = this.#unread.filter((slot) => slots.has(slot));
    for (const builder of this.#builders.values()) builder.keep(slots);
  }

  /** The records so far; a region without prices is absent. */
  build(): ReadonlyMap<Region, PriceRecord> {
    return new Map(
      [...this.#builders].flatMap(([region, builder]) => {
        const its = builder.build();
        return its === undefined ? [] : [[region, its] as const];
      }),
    );
  }
}
