import { isHole, type Lacking, type Moment } from '../record.ts';

/** A gap on the time axis, in seconds, from the moment before it to the moment after. */
export interface Hole {
  readonly kind: Lacking['kind'];
  readonly from: number;
  readonly to: number;
}

/** The gaps of an account, by time; failures and missing slots are separate gaps. */
export function holesOf(moments: readonly Moment[]): Hole[] {
  const holes: { kind: Hole['kind']; from: number; to: number; end: Moment }[] = [];
  for (const [place, moment] of moments.entries()) {
    if (!isHole(moment)) continue;
    const before = moments[place - 1] ?? moment;
    const to = (moments[place + 1] ?? moment).slot / 1_000;
    const last = holes.at(-1);
    if (last?.kind === moment.kind && last.end === before) Object.assign(last, { to, end: moment });
    else holes.push({ kind: moment.kind, from: before.slot / 1_000, to, end: moment });
  }
  return holes;
}
