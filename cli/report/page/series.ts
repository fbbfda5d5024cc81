import { heightOf, total } from '../amount.ts';
import { type AccountRecord, holdingAt, type Moment } from '../record.ts';

/** One currency of one account, for the chart. */
export interface Series {
  readonly moments: readonly Moment[];
  /** Seconds, ascending, one per moment. */
  readonly x: readonly number[];
  /** Null for a gap in the line: there is no snapshot. Undefined for no gap: none was expected. */
  readonly total: readonly Height[];
  readonly available: readonly Height[];
  readonly hasLocked: boolean;
}

export type Height = number | null | undefined;

/**
 * The chart data of one currency of an account. In a thinned report the line goes on over a gap, because most of the time
 * between the snapshots that are shown is no gap; what is one is drawn over the line.
 */
export function seriesOf(
  { moments, currencies }: AccountRecord,
  currency: string,
  isThinned: boolean,
): Series {
  const column = currencies.get(currency);
  const heights = (column?.repeats ?? []).map(({ until, holding }) => ({
    until,
    total: heightOf(total(holding)),
    available: heightOf(holding?.available ?? '0'),
  }));
  let run = 0;
  const each = moments.map((moment): { total: Height; available: Height } => {
    if (moment.kind !== 'snapshot') {
      const none = (moment.expected && !isThinned) || moment.kind === 'pause' ? null : undefined;
      return { total: none, available: none };
    }
    while ((heights[run]?.until ?? Infinity) <= moment.index) run += 1;
    return heights[run] ?? { total: null, available: null };
  });
  return {
    moments,
    x: moments.map(({ slot }) => slot / 1_000),
    total: each.map((heights) => heights.total),
    available: each.map((heights) => heights.available),
    hasLocked: (column?.repeats ?? []).some(({ holding }) => holding !== undefined && holding.locked !== '0'),
  };
}

/** The exact amounts of a currency at a moment; undefined if there is no snapshot. */
export function amountsAt(
  { currencies }: AccountRecord,
  currency: string,
  moment: Moment,
):
  | { readonly total: string; readonly available: string; readonly locked: string; readonly listed: boolean }
  | undefined {
  const column = currencies.get(currency);
  if (moment.kind !== 'snapshot' || column === undefined) return undefined;
  const holding = holdingAt(column, moment.index);
  return {
    total: total(holding),
    available: holding?.available ?? '0',
    locked: holding?.locked ?? '0',
    listed: holding !== undefined,
  };
}
