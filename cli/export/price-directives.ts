import { formatMillisecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import type { Way } from '../../lambda/core/worth.ts';
import type { PriceBook } from '../../lambda/history/price-book.ts';
import type { Shown } from '../../lambda/history/sold-out.ts';
import { wantedBy } from '../print/balance-rows.ts';
import { WorthNotes } from '../print/worth-notes.ts';
import { percentEscaped } from './percent-escaped.ts';
import { withWorth } from './with-worth.ts';

/** What one unit of a currency was worth at the instant of an assertion. */
export interface PricePoint {
  readonly slot: Instant;
  readonly currency: string;
  readonly unit: string;
  readonly way: Way;
  /** How the price was found, in printable ASCII: `SGD-USDT * USDT-ADA`. */
  readonly origin: string;
}

/** A directive, and whether it is by the region of its unit: such a price needs the fewest markets. */
interface Directive {
  readonly text: string;
  readonly isOwn: boolean;
}

/**
 * The prices of the days of an export: for each currency that is asserted, its price in one unit, from the prices of exactly
 * the slot of the assertion. A plain-text ledger knows one price of a currency, day and unit, so if several regions have one,
 * that of the unit's own region is taken, else that of the first in code order.
 */
export class PriceDirectives {
  readonly #book: PriceBook;
  readonly #unitOf: (region: Region) => string;
  readonly #write: (point: PricePoint) => string;
  readonly #days = new Map<Instant, Map<string, Directive>>();
  readonly #notes = new Map<string, WorthNotes>();

  /**
   * @param unitOf the currency in which to give the prices of a region.
   * @param write the directive of a price, with its newline.
   */
  constructor(book: PriceBook, unitOf: (region: Region) => string, write: (point: PricePoint) => string) {
    this.#book = book;
    this.#unitOf = unitOf;
    this.#write = write;
  }

  /** Passes the snapshots of an account on, and keeps the prices of the currencies that are asserted. */
  async *keep(
    all: AsyncIterable<Shown>,
    region: Region,
    currencies: readonly string[] | undefined,
  ): AsyncGenerator<Shown> {
    const unit = this.#unitOf(region);
    const notes = this.#notes.get(unit) ?? new WorthNotes(unit);
    this.#notes.set(unit, notes);
    for await (const worth of withWorth(all, this.#book, unit, wantedBy(currencies))) {
      const { shown, holdings } = worth;
      notes.add(worth);
      for (const { balance, way } of holdings)
        if (way !== undefined && balance.currency !== unit)
          this.#add({ slot: shown.snapshot.slot, currency: balance.currency, unit, way }, region);
      yield shown;
    }
  }

  #add(point: Omit<PricePoint, 'origin'>, region: Region): void {
    const { slot, currency, unit, way } = point;
    const day = this.#days.get(slot) ?? new Map<string, Directive>();
    this.#days.set(slot, day);
    const isOwn = REGIONS[region].fiat === unit;
    const key = JSON.stringify([currency, unit]);
    const before = day.get(key);
    if (before !== undefined && (before.isOwn || !isOwn)) return;
    day.set(key, { text: this.#write({ ...point, origin: originOf(way) }), isOwn });
  }

  /** All directives, by day, then by currency; nothing if there are none. */
  *directives(): Generator<string> {
    for (const [, day] of [...this.#days].sort(([a], [b]) => a - b))
      for (const [, { text }] of [...day].sort(([a], [b]) => byCodeOrder(a, b))) yield text;
  }

  /** What has no price, or one of long ago: one line for each, with its newline. */
  notes(): string[] {
    return [...this.#notes.values()].flatMap((notes) => notes.lines({ hasSum: false }));
  }
}

/** How a price was found. A way that divides is rounded, even if the quotient happens to be exact. */
function originOf({ via, stale }: Way): string {
  const product = via.replaceAll(' × ', ' * ');
  const quotient = product.replaceAll(' ÷ ', ' / ');
  const lastTrades = [...stale].map(([market, at]) => `${market} last traded ${formatMillisecond(at)}`);
  return percentEscaped(
    [quotient, ...(quotient === product ? [] : ['rounded to 12 digits']), ...lastTrades].join(', '),
  );
}
