import type { Instant } from '../../lambda/core/instant.ts';
import {
  type AccountRecord,
  asOf,
  type Lacking,
  type Moment,
  placeAt,
  type ReportRecord,
  type Taken,
} from './record.ts';

/** What a report knows about an account at an instant. */
export interface Standing {
  /** The newest snapshot up to then; undefined if there is none, or if an unreadable item may be a newer one. */
  readonly snapshot: Taken | undefined;
  /** The newest item up to then, if it cannot be read: what was held is unknown. */
  readonly unreadable: Lacking | undefined;
  /**
   * The expected slots since the snapshot, in order; none of them has one. Those that a change of schedule leaves open are
   * not among them.
   */
  readonly lacking: readonly Lacking[];
}

/** As `at` answers: for slots ≤ `instant`. */
export function standingAt(
  record: Pick<ReportRecord, 'readAt' | 'to'>,
  account: AccountRecord,
  instant: Instant,
): Standing {
  const lacking: Lacking[] = [];
  for (const moment of newestFirst(record, account, instant)) {
    if (moment.kind === 'snapshot')
      return { snapshot: moment, unreadable: undefined, lacking: lacking.reverse() };
    if (moment.kind === 'unreadable')
      return { snapshot: undefined, unreadable: moment, lacking: lacking.reverse() };
    if (moment.expected && moment.reason !== 'scheduleChanged') lacking.push(moment);
  }
  return { snapshot: undefined, unreadable: undefined, lacking: lacking.reverse() };
}

function* newestFirst(
  record: Pick<ReportRecord, 'readAt' | 'to'>,
  { moments, end }: AccountRecord,
  instant: Instant,
): Generator<Moment> {
  if (instant >= asOf(record)) yield* [...end].reverse();
  for (let place = placeAt(moments, instant); place >= 0; place -= 1) {
    const moment = moments[place];
    if (moment !== undefined) yield moment;
  }
}
