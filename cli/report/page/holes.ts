import type { Instant } from '../../../lambda/core/instant.ts';
import { isHole, isScattered, type Lacking, lastSlot, type Moment } from '../record.ts';

/** A gap on the time axis, in seconds; `partial` is a sum that lacks a price which other points have, and no gap. */
export interface Hole {
  readonly kind: Lacking['kind'] | 'unpriced' | 'partial';
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
  return holesIn(
    moments.map((moment) => ({ slot: moment.slot, ...(isHole(moment) ? { hole: holeOf(moment) } : {}) })),
    isThinned,
  );
}

/** A point on the time axis, and why nothing is drawn there. */
export interface Mark {
  readonly slot: Instant;
  readonly hole?: OwnHole;
}

/** Why nothing is drawn at a point, and up to when that is so. */
interface OwnHole {
  readonly kind: Hole['kind'];
  readonly end: Instant;
  readonly isScattered: boolean;
}

/** The gap that slots without a snapshot make, by themselves. */
export function holeOf(lacking: Lacking): OwnHole {
  return { kind: lacking.kind, end: lastSlot(lacking) + lacking.every, isScattered: isScattered(lacking) };
}

/** The same for any points. */
export function holesIn(marks: readonly Mark[], isThinned: boolean): Hole[] {
  const holes: (Hole & { end: Mark })[] = [];
  for (const [place, mark] of marks.entries()) {
    if (mark.hole === undefined) continue;
    const { kind } = mark.hole;
    const before = marks[place - 1] ?? mark;
    const from = (isThinned ? mark : before).slot / 1_000;
    const to = (isThinned ? mark.hole.end : (marks[place + 1] ?? mark).slot) / 1_000;
    const last = holes.at(-1);
    const found = { kind, from, to, isScattered: mark.hole.isScattered, end: mark };
    const goesOn = last?.kind === kind && last.end === before && !last.isScattered && !found.isScattered;
    if (last !== undefined && goesOn && (!isThinned || last.to === from)) {
      holes[holes.length - 1] = { ...found, from: last.from };
    } else holes.push(found);
  }
  return holes;
}

/** What each kind of gap is called in the legend. */
const NAMES: Readonly<Partial<Record<Hole['kind'], string>>> = {
  failure: 'Failed: no snapshot',
  missing: 'Missing: nothing recorded',
  unreadable: 'Unreadable: unknown',
  unpriced: 'No prices recorded: worth unknown',
  partial: 'Lacks a price that other slots have',
};

/** The kinds of gaps among these, each with its text for the legend. */
export function namesOf(kinds: ReadonlySet<Hole['kind']>): [kind: string, text: string][] {
  return Object.entries(NAMES).filter(([kind]) => [...kinds].some((one) => one === kind));
}
