import type { Instant } from '../core/instant.ts';
import type { PriceSheet } from '../core/prices.ts';
import { REGION_IDS, REGIONS, type Region } from '../core/regions.ts';
import type { LedgerReader } from './reader.ts';

/** How many slots of a region are kept at most: those of a year of days, or of three months of hours, are. */
const MOST_KEPT = 2_500;

/** The prices of one slot, by region; a region without prices is absent. */
export type SlotPrices = ReadonlyMap<Region, PriceSheet>;

/**
 * The prices of a ledger, each read once, whichever accounts ask for them. Beyond a bound they are read again, so memory does
 * not grow with the range.
 */
export class PriceBook {
  readonly #reader: LedgerReader;
  readonly #sheets = new Map<Region, Map<Instant, PriceSheet | undefined>>();

  constructor(reader: LedgerReader) {
    this.#reader = reader;
  }

  /**
   * The prices of exactly these slots, never of a neighbouring one.
   *
   * @throws CodedError as the reader does.
   */
  async at(regions: readonly Region[], slots: readonly Instant[]): Promise<(slot: Instant) => SlotPrices> {
    const found = new Map(
      await Promise.all(
        regions.map(async (region) => [region, await this.#of(region, new Set(slots))] as const),
      ),
    );
    return (slot) =>
      new Map(
        regions.flatMap((region) => {
          const sheet = found.get(region)?.get(slot);
          return sheet === undefined ? [] : [[region, sheet] as const];
        }),
      );
  }

  async #of(
    region: Region,
    slots: ReadonlySet<Instant>,
  ): Promise<ReadonlyMap<Instant, PriceSheet | undefined>> {
    const kept = this.#sheets.get(region) ?? new Map<Instant, PriceSheet | undefined>();
    this.#sheets.set(region, kept);
    const missing = [...slots].filter((slot) => !kept.has(slot));
    const found = new Map<Instant, PriceSheet | undefined>(missing.map((slot) => [slot, undefined]));
    // What cannot be read is not guessed: the slot counts as one without prices.
    for (const sheet of missing.length === 0 ? [] : await this.#reader.prices(region, missing))
      if (!('problem' in sheet)) found.set(sheet.slot, sheet);
    const all = new Map([...slots].map((slot) => [slot, found.get(slot) ?? kept.get(slot)]));
    for (const [slot, sheet] of found) if (kept.size < MOST_KEPT) kept.set(slot, sheet);
    return all;
  }
}

/** The regions whose prices the worth of a region's accounts depends on: its own, and that of the unit if it is a fiat currency. */
export function regionsBehind(region: Region, unit: string): readonly Region[] {
  return REGION_IDS.filter((id) => id === region || REGIONS[id].fiat === unit);
}
