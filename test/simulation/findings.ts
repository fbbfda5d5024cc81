import type { Invariant, Mix } from './mix.ts';

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
}

/** Collects what the judges find; the first finding ends a world. */
export class Findings {
  readonly found: Violation[] = [];
  readonly #mix: Mix;

  constructor(mix: Mix) {
    this.#mix = mix;
  }

  /** Counts one check of an invariant, and records a finding if it does not hold. */
  check(invariant: Invariant, holds: boolean, text: () => string): void {
    this.#mix.count('invariant', invariant);
    if (!holds) this.found.push({ invariant, text: text() });
  }
}
