/** One thing that was measured. */
export interface Figure {
  /** Its name among the committed figures: `bundle.bytes`. */
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /**
   * How it is compared with the committed one: `exact` must be equal, a `ratio` of two times from the same run may be
   * worse by {@link TOLERANCE}, and `shown` depends on the machine and is not compared.
   */
  readonly kind: 'exact' | 'ratio' | 'shown';
  readonly goal?: Goal;
  /** How the value was obtained: the spread of times, what was left out. */
  readonly note?: string;
}

/** An upper or a lower bound. */
export type Goal = { readonly most: number } | { readonly least: number };

/** A ratio may be worse than the committed one by this factor: twice the spread of 20 runs on a busy machine. */
const TOLERANCE = 2;

export function isReached(goal: Goal, value: number): boolean {
  return 'most' in goal ? value <= goal.most : value >= goal.least;
}

/** What is worse about a figure than about the committed one; undefined if nothing is. */
export function regression(figure: Figure, committed: number | undefined): string | undefined {
  const { id, value, kind, goal } = figure;
  if (kind === 'shown') return undefined;
  if (committed === undefined) return `${id} is not among the committed figures`;
  if (kind === 'exact')
    return value === committed ? undefined : `${id} is ${value}, committed is ${committed}`;
  const isMore = goal !== undefined && 'least' in goal;
  const worst = isMore ? committed / TOLERANCE : committed * TOLERANCE;
  const isWorse = isMore ? value < worst : value > worst;
  return isWorse
    ? `${id} is ${value}, committed is ${committed}: worse by more than ${TOLERANCE}`
    : undefined;
}

/** The median; of an even number of values, the upper of the two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** `5 runs, 120 to 140 ms`. */
export function spread(values: readonly number[], unit: string): string {
  return `${values.length} runs, ${round(Math.min(...values))} to ${round(Math.max(...values))} ${unit}`;
}

/** To three significant digits; whole above 1,000. */
export function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}
