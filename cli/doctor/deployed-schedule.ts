import pLimit from 'p-limit';
import { type Catalog, type ScheduleEntry, withSchedule } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { END_OF_TIME, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { slotAtOrAfter } from '../../lambda/core/slots.ts';
import { CONCURRENCY, type LedgerReader } from '../../lambda/history/reader.ts';
import { newestScheduled } from '../../lambda/history/slots.ts';
import { formatDuration } from '../print/duration.ts';
import { type Finding, ok } from './finding.ts';

/** What the deployed function is set to. The ledger learns it from the first run. */
export interface DeployedSchedule extends Omit<ScheduleEntry, 'from'> {
  /** When the function was last changed: no later change of cadence is possible. Undefined if unknown. */
  readonly changedAt: Instant | undefined;
}

/**
 * The catalog as the next run will make it: if another schedule is deployed than the last one in the ledger, it starts at its
 * first slot after the change, and after everything recorded. So the slots of the old one in between are not missed, and
 * those of the new one that had no run are.
 *
 * A ledger in which nothing ran yet expects slots from the deploy on.
 */
export async function withDeployed(
  reader: LedgerReader,
  catalog: Catalog,
  deployed: DeployedSchedule,
): Promise<Catalog> {
  const last = catalog.schedules.at(-1);
  const { every, timeZone, regions, changedAt } = deployed;
  if (last === undefined && changedAt === undefined) return catalog;
  if (last !== undefined && inWords(last) === inWords(deployed)) return catalog;
  const recorded = await pLimit(CONCURRENCY).map(knownAccounts(catalog), (account) =>
    newestScheduled(reader, account, END_OF_TIME),
  );
  const after = Math.max(...recorded, last?.from ?? -Infinity) + 1;
  const from = slotAtOrAfter(deployed, Math.max(after, changedAt ?? -Infinity));
  return withSchedule(catalog, { from, every, timeZone, regions });
}

/** When the next slot is, and whether the ledger knows the schedule it belongs to; nothing if no schedule is known. */
export function nextSlot(catalog: Catalog, deployed: DeployedSchedule | undefined, now: Instant): Finding[] {
  const last = catalog.schedules.at(-1);
  const schedule = deployed ?? last;
  if (schedule === undefined) return [];
  const next = slotAtOrAfter(schedule, now + 1);
  const when = `${formatSecond(next)}, in ${formatDuration(next - now)}`;
  const isKnown = last === undefined || inWords(last) === inWords(schedule);
  return [
    ok(
      'next slot',
      isKnown
        ? when
        : `${when}; the ledger says ${inWords(last)} until the first run, and slots of that schedule without a run do not count as missed`,
    ),
  ];
}

function inWords({ every, timeZone, regions }: Omit<ScheduleEntry, 'from'>): string {
  return `${regions.toSorted(byCodeOrder).join(', ')} every ${every} in ${timeZone}`;
}
