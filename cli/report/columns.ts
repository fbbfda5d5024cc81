import { byCodeOrder } from '../../lambda/core/order.ts';
import { type Column, type Holding, holdingAt, type Repeat } from './record.ts';

/** What a snapshot lists: each currency once, with its amounts. */
export type Lines = Iterable<readonly [currency: string, holding: Holding]>;

/** Collects the holdings of successive snapshots, by currency. */
export class ColumnBuilder {
  readonly #columns: Map<string, Repeat[]>;
  #snapshots: number;
  #length: number;

  /** Begins empty, or as a copy. */
  constructor(from?: ColumnBuilder) {
    this.#columns = new Map([...(from?.listed() ?? [])].map(([name, repeats]) => [name, [...repeats]]));
    this.#snapshots = from?.snapshots ?? 0;
    this.#length = from?.length ?? 0;
  }

  /** How many snapshots were added. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** About how many characters the columns take in the page. */
  get length(): number {
    return this.#length;
  }

  /** Adds the next snapshot. */
  add(lines: Lines): void {
    const index = this.#snapshots;
    this.#snapshots += 1;
    for (const [currency, holding] of lines) {
      const repeats = this.#columns.get(currency) ?? [];
      this.#columns.set(currency, repeats);
      this.#extend(repeats, index, holding);
    }
  }

  /** What the snapshot with this index lists. */
  *at(index: number): Generator<readonly [string, Holding]> {
    for (const [currency, repeats] of this.#columns) {
      const holding = holdingAt({ repeats }, index);
      if (holding !== undefined) yield [currency, holding];
    }
  }

  /** The runs of each currency so far. */
  listed(): Iterable<readonly [string, readonly Repeat[]]> {
    return this.#columns;
  }

  /** The columns, in code order. */
  build(): ReadonlyMap<string, Column> {
    const sorted = [...this.#columns].sort(([a], [b]) => byCodeOrder(a, b));
    return new Map(
      sorted.map(([currency, repeats]) => [currency, { repeats: closed(repeats, this.#snapshots) }]),
    );
  }

  #extend(repeats: Repeat[], index: number, holding: Holding): void {
    const last = repeats.at(-1);
    if (last?.until === index && isSame(last.holding, holding)) {
      repeats[repeats.length - 1] = { until: index + 1, holding: last.holding };
      return;
    }
    const gap = unlisted(last?.until ?? 0, index);
    repeats.push(...gap, { until: index + 1, holding });
    // A space, and a count such as `12*` for half of them.
    this.#length += 3 + 5 * gap.length + holding.available.length;
    if (holding.locked !== '0') this.#length += 1 + holding.locked.length;
  }
}

function closed(repeats: readonly Repeat[], snapshots: number): Repeat[] {
  return [...repeats, ...unlisted(repeats.at(-1)?.until ?? 0, snapshots)];
}

function unlisted(from: number, until: number): Repeat[] {
  return from < until ? [{ until, holding: undefined }] : [];
}

function isSame(a: Holding | undefined, b: Holding): boolean {
  return a?.available === b.available && a.locked === b.locked;
}
