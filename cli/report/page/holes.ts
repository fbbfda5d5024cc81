import { isHole, isScattered, type Lacking, lastSlot, type Moment } from '../record.ts';

/** A gap on the time axis, in seconds. */
export interface Hole {
  readonly kind: Lacking['kind'];
  readonly from: number;
  readonly to: number;
  /** True if there are snapshots in it too, which a thinned report does not show. */
  readonly isScattered: boolean;
}

/**
 * The gaps of an account, by time; failed, missing and unreadable slots are separate gaps. Each extends from the moment
 * before it to the moment after. In a thinned report those may be far off, so it extends from its first slot to the end of
 * its last.
 */
export function holesOf(moments: readonly Moment[], isThinned: boolean): Hole[] {
  const holes: (Hole & { end: Moment })[] = [];
  for (const [place, moment] of moments.entries()) {
    if (!isHole(moment)) continue;
    const { kind } = moment;
    const before = moments[place - 1] ?? moment;
    const from = (isThinned ? moment : before).slot / 1_000;
    const to = (isThinned ? lastSlot(moment) + moment.every : (moments[place + 1] ?? moment).slot) / 1_000;
    const last = holes.at(-1);
    const found = { kind, from, to, isScattered: isScattered(moment), end: moment };
    const goesOn = last?.kind === kind && last.end === before && !last.isScattered && !found.isScattered;
    if (last !== undefined && goesOn && (!isThinned || last.to === from)) {
      holes[holes.length - 1] = { ...found, from: last.from };
    } else holes.push(found);
  }
  return holes;
}
