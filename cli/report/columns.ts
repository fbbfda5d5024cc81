import type { Balance } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Column, Holding, Repeat } from './record.ts';

/** Collects the holdings of successive snapshots, by currency. */
export class ColumnBuilder {
  readonly #columns = new Map<string, Repeat[]>();
  #snapshots = 0;

  /** Adds the next snapshot. */
  add(balances: readonly Balance[]): void {
    const index = this.#snapshots;
    this.#snapshots += 1;
    for (const { currency, balance, locked } of balances) {
      const repeats = this.#columns.get(currency) ?? [];
      this.#columns.set(currency, repeats);
      extend(repeats, index, { available: formatDecimal(balance), locked: formatDecimal(locked) });
    }
  }

  /** The columns, in code order. */
  build(): ReadonlyMap<string, Column> {
    const sorted = [...this.#columns].sort(([a], [b]) => byCodeOrder(a, b));
    return new Map(
      sorted.map(([currency, repeats]) => [currency, { repeats: closed(repeats, this.#snapshots) }]),
    );
  }
}

function extend(repeats: Repeat[], index: number, holding: Holding): void {
  const last = repeats.at(-1);
  if (last?.until === index && isSame(last.holding, holding)) {
    repeats[repeats.length - 1] = { until: index + 1, holding };
    return;
  }
  repeats.push(...unlisted(last?.until ?? 0, index), { until: index + 1, holding });
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
