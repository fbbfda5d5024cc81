import { formatDecimal, ZERO } from '../../../lambda/core/decimal.ts';
import { total } from '../amount.ts';
import { type AccountRecord, holdingAt, type Moment } from '../record.ts';
import type { Height } from './drawing.ts';

/** One currency of one account, for the chart. */
export interface Series {
  readonly moments: readonly Moment[];
  /** Seconds, ascending, one per moment. */
  readonly x: readonly number[];
  /** Null for a gap in the line: there is no snapshot. Undefined where there is no gap, because none was expected. */
  readonly total: readonly Height[];
  readonly available: readonly Height[];
  readonly hasLocked: boolean;
}

/**
 * The chart data of one currency of an account. In a thinned report the line goes on over a gap, because most of the time
 * between the snapshots that are shown is not a gap; real gaps are drawn over the line.
 */
export function seriesOf(
  { moments, currencies }: AccountRecord,
  currency: string,
  isThinned: boolean,
): Series {
  const column = currencies.get(currency);
  const available = column?.balance.rounded() ?? new Float64Array();
  const locked = column?.locked.rounded() ?? new Float64Array();
  const heightsAt = (index: number): Heights => {
    if (column === undefined) return { total: null, available: null };
    const free = numberOr0(available[index]);
    // Where the currency is not listed, nothing is locked.
    return { total: free + (Number.isNaN(available[index]) ? 0 : numberOr0(locked[index])), available: free };
  };
  const each = moments.map((moment): Heights => {
    if (moment.kind === 'snapshot') return heightsAt(moment.index);
    const none = (moment.expected && !isThinned) || moment.kind === 'pause' ? null : undefined;
    return { total: none, available: none };
  });
  return {
    moments,
    x: moments.map(({ slot }) => slot / 1_000),
    total: each.map((heights) => heights.total),
    available: each.map((heights) => heights.available),
    hasLocked: locked.some((height, index) => height > 0 && !Number.isNaN(available[index])),
  };
}

interface Heights {
  readonly total: Height;
  readonly available: Height;
}

function numberOr0(height: number | undefined): number {
  return height === undefined || Number.isNaN(height) ? 0 : height;
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
    total: formatDecimal(total(holding)),
    available: formatDecimal(holding?.balance ?? ZERO),
    locked: formatDecimal(holding?.locked ?? ZERO),
    listed: holding !== undefined,
  };
}
