import { closingAt } from '../../../lambda/core/catalog.ts';
import { type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import {
  type AccountRecord,
  isHole,
  type Lacking,
  type Moment,
  placeAt,
  type ReportRecord,
  type Taken,
} from '../record.ts';

/** A slot at which worth is given: of one account, or of all together. */
export interface WorthPoint {
  readonly slot: Instant;
  /** The accounts that count, each with its snapshot of exactly this slot. */
  readonly taken: readonly { readonly account: AccountRecord; readonly snapshot: Taken }[];
  /** The accounts that should have one and do not: then there is no sum. */
  readonly lacking: readonly { readonly account: AccountRecord; readonly lack: Lacking }[];
  /** True at the edge of a time in which nothing is expected. */
  readonly isPause: boolean;
}

/** When a slot without an item is surely due, after it: the longest tolerance, and the time for a write. */
const SETTLED = 6 * MINUTE;

/**
 * The points of some accounts together, in order. A point of several accounts is a scheduled slot; or a slot outside the
 * schedule, if all have a snapshot of it. One that still lacks an account which is not due, or which a thinned report does not
 * show, is left out: its sum would be too small.
 */
export function pointsOf(
  record: Pick<ReportRecord, 'readAt' | 'interval'>,
  accounts: readonly AccountRecord[],
): WorthPoint[] {
  const bySlot = new Map<Instant, { taken: [AccountRecord, Taken][]; lacking: [AccountRecord, Lacking][] }>();
  for (const account of accounts) {
    for (const moment of account.moments) {
      const at = bySlot.get(moment.slot) ?? { taken: [], lacking: [] };
      bySlot.set(moment.slot, at);
      if (moment.kind === 'snapshot') at.taken.push([account, moment]);
      else at.lacking.push([account, moment]);
    }
  }
  return [...bySlot]
    .sort(([a], [b]) => a - b)
    .flatMap(([slot, { taken, lacking }]): WorthPoint[] => {
      const expected = lacking.filter(([, lack]) => lack.expected);
      const point = {
        slot,
        taken: taken.map(([account, snapshot]) => ({ account, snapshot })),
        lacking: expected.map(([account, lack]) => ({ account, lack })),
        isPause:
          taken.length === 0 && expected.length === 0 && lacking.some(([, { kind }]) => kind === 'pause'),
      };
      if (expected.length > 0 || point.isPause) return [point];
      if (taken.length === 0) return [];
      if (taken.length === accounts.length) return [point];
      const known = new Set(taken.map(([account]) => account));
      const others = accounts.filter((account) => !known.has(account) && isPresent(account, slot));
      const isScheduled = taken.some(([, snapshot]) => snapshot.expected);
      const isEarly =
        slot + SETTLED > record.readAt && accounts.some((one) => !known.has(one) && isOpen(one, slot));
      const isWhole = others.length === 0 || (isScheduled && record.interval === 0);
      return isWhole && !isEarly ? [point] : [];
    });
}

/** True if the account is being recorded around that time. */
function isPresent(account: AccountRecord, slot: Instant): boolean {
  const { moments } = account;
  const place = placeAt(moments, slot);
  const [before, after] = [moments[place], moments[place + 1]];
  if (before === undefined || after === undefined) return false;
  return isOpen(account, slot) && !(isEdge(before) && isEdge(after));
}

function isOpen({ closings, moments }: AccountRecord, slot: Instant): boolean {
  return (moments[0]?.slot ?? Infinity) <= slot && closingAt(closings, slot) === undefined;
}

function isEdge({ kind }: Moment): boolean {
  return kind === 'pause';
}

/** The account for whose lack a point is a gap; undefined if all of them may still recover. */
export function holeAt({ lacking }: WorthPoint): Lacking | undefined {
  return lacking.find(({ lack }) => isHole(lack))?.lack;
}
