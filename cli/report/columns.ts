import type { Balance } from '../../lambda/core/balances.ts';
import type { Decimal } from '../../lambda/core/decimal.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { NumberColumn, NumberReader, NumberWriter } from './numbers.ts';
import { type Column, type Kind, kindAt } from './record.ts';

/** What a snapshot lists: each currency once. */
export type Lines = Iterable<Balance>;

/** Collects what successive snapshots list, by currency. Memory is about what it takes in the page. */
export class ColumnBuilder {
  readonly #columns = new Map<string, Columns>();
  #snapshots = 0;

  /** Begins empty, or as a copy. */
  constructor(from?: ColumnBuilder) {
    if (from === undefined) return;
    this.#snapshots = from.#snapshots;
    for (const [currency, its] of from.#columns) this.#columns.set(currency, copyOf(its));
  }

  /** How many snapshots were added. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** About how many characters the columns take in the page. */
  get length(): number {
    let length = 0;
    for (const { balance, locked, avgBuyPrice, kinds } of this.#columns.values())
      length += balance.length + locked.length + avgBuyPrice.length + KIND_LENGTH * kinds.length;
    return length;
  }

  /** Adds the next snapshot. */
  add(lines: Lines): void {
    const index = this.#snapshots;
    this.#snapshots += 1;
    for (const line of lines) {
      const its = this.#columns.get(line.currency) ?? emptyColumns();
      this.#columns.set(line.currency, its);
      its.balance.add(undefined, index - its.balance.count);
      its.balance.add(line.balance);
      // The value while the currency is not listed does not matter, so it repeats.
      for (const name of ['locked', 'avgBuyPrice'] as const) {
        its[name].fill(index);
        its[name].add(line[name]);
      }
      addKind(its.kinds, line, index);
    }
  }

  /** What snapshots list, for indexes in ascending order. */
  reader(): (index: number) => Balance[] {
    const readers = [...this.#columns].map(([currency, its]) => ({
      currency,
      kinds: its.kinds,
      balance: cursor(its.balance),
      locked: cursor(its.locked),
      avgBuyPrice: cursor(its.avgBuyPrice),
    }));
    return (index) =>
      readers.flatMap(({ currency, kinds, ...its }) => {
        const balance = its.balance(index);
        if (balance === undefined) return [];
        const [locked, avgBuyPrice] = [its.locked(index), its.avgBuyPrice(index)];
        const kind = kindAt(kinds, index);
        if (locked === undefined || avgBuyPrice === undefined || kind === undefined) return [];
        const { unitCurrency, avgBuyPriceModified } = kind;
        return [{ currency, balance, locked, avgBuyPrice, unitCurrency, avgBuyPriceModified }];
      });
  }

  /** The currencies so far, and the units of their average prices. */
  names(): ReadonlySet<string> {
    return new Set(
      [...this.#columns].flatMap(([currency, { kinds }]) => [
        currency,
        ...kinds.map(({ unitCurrency }) => unitCurrency),
      ]),
    );
  }

  /** The columns, in code order. */
  build(): ReadonlyMap<string, Column> {
    const sorted = [...this.#columns].sort(([a], [b]) => byCodeOrder(a, b));
    return new Map(
      sorted.map(([currency, { balance, locked, avgBuyPrice, kinds }]) => {
        const whole = balance.copy();
        whole.add(undefined, this.#snapshots - whole.count);
        return [
          currency,
          {
            balance: new NumberColumn(whole.text()),
            locked: new NumberColumn(locked.text()),
            avgBuyPrice: new NumberColumn(avgBuyPrice.text()),
            kinds: [...kinds],
          },
        ];
      }),
    );
  }
}

/** About how many characters a run of kinds takes. */
const KIND_LENGTH = 20;

/** One currency. */
interface Columns {
  /** Nothing where it is not listed. */
  readonly balance: NumberWriter;
  readonly locked: NumberWriter;
  readonly avgBuyPrice: NumberWriter;
  readonly kinds: Kind[];
}

function emptyColumns(): Columns {
  return {
    balance: new NumberWriter(),
    locked: new NumberWriter(),
    avgBuyPrice: new NumberWriter(),
    kinds: [],
  };
}

function copyOf({ balance, locked, avgBuyPrice, kinds }: Columns): Columns {
  return {
    balance: balance.copy(),
    locked: locked.copy(),
    avgBuyPrice: avgBuyPrice.copy(),
    kinds: [...kinds],
  };
}

function addKind(kinds: Kind[], { unitCurrency, avgBuyPriceModified }: Balance, index: number): void {
  const last = kinds.at(-1);
  const goesOn = last?.unitCurrency === unitCurrency && last.avgBuyPriceModified === avgBuyPriceModified;
  const next = { unitCurrency, avgBuyPriceModified, until: index + 1 };
  if (goesOn) kinds[kinds.length - 1] = next;
  else kinds.push(next);
}

/** What a currency is at an index, in ascending order. */
function cursor(writer: NumberWriter): (index: number) => Decimal | undefined {
  const reader = new NumberReader(writer.text());
  return (index) => {
    while (reader.until <= index) if (!reader.next()) return undefined;
    return reader.value();
  };
}
