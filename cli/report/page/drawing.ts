/** A height in the chart. Null is a gap in the line; undefined is not one, because nothing was expected. */
export type Height = number | null | undefined;

/** What a chart draws: heights over time. */
export interface Drawing {
  /** Seconds, ascending. */
  readonly x: readonly number[];
  /** For each line of the chart, one height for each x; undefined for a line that is not shown. */
  readonly lines: readonly (readonly Height[] | undefined)[];
  /** True if the vertical axis begins at 0, whatever the heights are. */
  readonly isFromZero: boolean;
}
