import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { type Catalog, closingAt, closings, type Stretch, scheduleAt } from '../../lambda/core/catalog.ts';
import { remedyOf } from '../../lambda/core/failures.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Failure, Unreadable } from '../../lambda/core/snapshot.ts';
import { lastUnrecorded, type Reading } from '../../lambda/history/latest.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';

/** The start of every line about simulated data. */
export function simulatedClauses(simulated: boolean): string[] {
  return simulated ? ['SIMULATED data'] : [];
}

/** One line about an account, with its newline; empty if there are no clauses. */
export function note(account: AccountName, clauses: readonly string[]): string {
  return clauses.length === 0 ? '' : `${printable(`${account}: ${clauses.join('; ')}`)}\n`;
}

/**
 * What the rows of an account do not show: that there are none, that the account is empty or closed, that they are older
 * than its last expected slot and why.
 *
 * @param asOf the requested time, or now if that is earlier: ages are relative to it.
 */
export function readingClauses(reading: Reading, catalog: Catalog, asOf: Instant): string[] {
  const { account, snapshot, failure, missed, unreadable } = reading;
  const clauses = unknownClauses(unreadable);
  if (unreadable !== undefined) {
    // Nothing else is known.
  } else if (snapshot === undefined) {
    const first = reading.first === undefined ? '' : `, the first is of ${formatSecond(reading.first)}`;
    clauses.push(`no snapshot at or before ${formatSecond(asOf)}${first}`);
  } else {
    if (snapshot.balances.length === 0) clauses.push('the account is empty');
    if (missed.count > 0 || failure !== undefined) {
      const age = formatDuration(asOf - snapshot.observedAt);
      clauses.push(`this is ${age} old, observed ${formatMillisecond(snapshot.observedAt)}`);
    }
  }
  if (missed.last !== undefined) {
    const slots = `${missed.count} expected ${missed.count === 1 ? 'slot' : 'slots'}`;
    clauses.push(`${slots} since then without a snapshot, the last is ${formatSecond(missed.last)}`);
  }
  if (failure !== undefined) clauses.push(failureClause(failure));
  const unrecorded = lastUnrecorded(reading);
  if (unrecorded !== undefined) {
    clauses.push(
      `nothing was recorded for ${formatSecond(unrecorded)}: check whether the schedule and the function run`,
    );
  }
  if (reading.future !== undefined) {
    clauses.push(
      `its item of ${formatSecond(reading.future)} is in the future and is left out: check the clocks of this host and of the one that wrote it`,
    );
  }
  const schedule = scheduleAt(catalog, asOf);
  if (schedule !== undefined && !schedule.regions.includes(regionOf(account))) {
    clauses.push(`region ${regionOf(account)} is no longer in the schedule`);
  }
  const entry = catalog.accounts.get(account);
  const closing = entry && closingAt(closings(entry), asOf);
  if (closing !== undefined) clauses.push(closingClause(closing));
  return clauses;
}

/** `closed from …`, with the end if it was reopened. */
export function closingClause({ from, to }: Stretch): string {
  return `closed from ${formatSecond(from)}${to < Infinity ? ` to ${formatSecond(to)}` : ''}`;
}

/** A clause for an account whose newest success may be in an unreadable item. */
export function unknownClauses(unreadable: Unreadable | undefined): string[] {
  return unreadable === undefined
    ? []
    : [`its holdings are unknown: its item ${unreadable.key} cannot be read`];
}

function failureClause({ failure, slot, detail }: Failure): string {
  const remedy = remedyOf(failure);
  return `${failure} at ${formatSecond(slot)}${detail === '' ? '' : `, ${detail}`}${remedy === undefined ? '' : `: ${remedy}`}`;
}

/** `3 gaps: missing 2, upbit.timeout 1`, from the counts by reason. */
export function gapClause(counts: ReadonlyMap<string, number>): string {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const reasons = [...counts]
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([reason, count]) => `${reason} ${count}`);
  return `${all} ${all === 1 ? 'gap' : 'gaps'}: ${reasons.join(', ')}`;
}
