import { seeded } from '../../infra/local/seeded.ts';

/** A choice, and its weight. */
export type Weighted<T> = readonly (readonly [weight: number, value: T])[];

/**
 * Seeded randomness. A throw depends only on the seed and on what it decides: if a fault
 * is removed from a world, all other throws stay the same.
 */
export class Dice {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** From 0 (included) to 1 (not included). */
  number(about: string): number {
    return seeded(`${this.#seed} ${about}`);
  }

  /** True with this probability. */
  chance(probability: number, about: string): boolean {
    return this.number(about) < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number, about: string): number {
    return least + Math.floor(this.number(about) * (most - least + 1));
  }

  pick<T>(values: readonly T[], about: string): T {
    const value = values[Math.floor(this.number(about) * values.length)];
    if (value === undefined) throw new RangeError(`nothing to pick from for ${about}`);
    return value;
  }

  weighted<T>(values: Weighted<T>, about: string): T {
    const sum = values.reduce((total, [weight]) => total + weight, 0);
    let left = this.number(about) * sum;
    for (const [weight, value] of values) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new RangeError(`nothing to choose from for ${about}`);
  }

  /** Some of the values, in their order; at least one. */
  some<T>(values: readonly T[], most: number, about: string): T[] {
    const count = this.between(1, Math.min(most, values.length), `${about} count`);
    const ranked = values.map((value, index) => ({ value, index, rank: this.number(`${about} ${index}`) }));
    const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, count);
    return chosen.sort((a, b) => a.index - b.index).map(({ value }) => value);
  }
}
