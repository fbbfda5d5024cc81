import { closingAt } from '../../lambda/core/catalog.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { formatDuration } from '../print/duration.ts';
import { reasonWithDetail } from '../print/reason.ts';
import { counted } from './count.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import { type AccountRecord, asOf, lastSlot, type ReportRecord, slotsIn, type Taken } from './record.ts';
import { type Standing, standingAt } from './standing.ts';

/** An account and what is known about it at the time in question. */
export interface Found extends Standing {
  readonly account: AccountRecord;
}

/** What is known about each account at an instant. */
export function foundAt(record: ReportRecord, instant: Instant): Found[] {
  return record.accounts.map((account) => ({ account, ...standingAt(record, account, instant) }));
}

/** Those that are open then: a renamed account would count twice if its closed predecessor were included. */
export function openOf(found: readonly Found[], instant: Instant): Found[] {
  return found.filter(({ account }) => !isClosed(account, instant));
}

/** True if the account is closed then. */
export function isClosed({ closings }: AccountRecord, instant: Instant): boolean {
  return closingAt(closings, instant) !== undefined;
}

/** Which snapshot an answer is from, and how old it is. */
export function evidence(snapshot: Taken, instant: Instant): Markup {
  const age = instant - snapshot.observedAt;
  return element(
    'p',
    { class: 'evidence' },
    'Slot ',
    time(formatSecond(snapshot.slot)),
    snapshot.expected ? ', observed ' : ' (outside the schedule), observed ',
    time(formatMillisecond(snapshot.observedAt)),
    age > 60_000 ? `, ${formatDuration(age)} before this time` : '',
  );
}

/** Why the account's amounts may not be those of that time. */
export function warningsOf(timeZone: TimeZone, { account, lacking }: Found, instant: Instant): Markup[] {
  const last = lacking.at(-1);
  const texts: string[] = [];
  if (last !== undefined) {
    const slots = counted(slotsIn(lacking), 'expected slot');
    texts.push(
      `${slots} since then without a snapshot, the last at ${localTime(lastSlot(last), timeZone)}: ${reasonWithDetail(last)}`,
    );
  }
  const closing = closingAt(account.closings, instant);
  if (closing !== undefined) {
    const until = closing.to < Infinity ? ` to ${localTime(closing.to, timeZone)}` : '';
    texts.push(`Closed from ${localTime(closing.from, timeZone)}${until}`);
  }
  return texts.map((text) => element('p', { class: 'warning' }, text));
}

/**
 * What a sum over the open accounts counts, how old it is, and what it lacks.
 *
 * @param closed how many accounts are closed, and so left out.
 */
export function sumEvidence(
  record: ReportRecord,
  open: readonly Found[],
  closed: number,
  instant: Instant,
): Markup[] {
  const summed = open.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [{ snapshot }]));
  const which =
    summed.length === open.length
      ? `Sum of the ${summed.length} snapshots below`
      : `Sum of the ${summed.length} of ${open.length} accounts that have a snapshot`;
  const without = closed === 0 ? '' : `; ${counted(closed, 'closed account')} left out`;
  return [
    element('p', { class: 'evidence' }, `${which}${without}. ${oldest(summed, instant)}`),
    ...incomplete(record, open, instant).map((text) => element('p', { class: 'warning' }, text)),
  ];
}

/** How old the oldest amounts of a sum are. */
function oldest(summed: readonly { readonly snapshot: Taken }[], instant: Instant): string {
  const observedAt = Math.min(...summed.map(({ snapshot }) => snapshot.observedAt));
  const age = instant - observedAt;
  const before = age > 60_000 ? `, ${formatDuration(age)} before this time` : '';
  return `The oldest was observed ${formatMillisecond(observedAt)}${before}.`;
}

/** Which accounts make the sum incomplete: an older amount is in it, or none at all. */
function incomplete(record: ReportRecord, open: readonly Found[], instant: Instant): string[] {
  // Between the snapshots that a thinned report shows, there may be newer ones.
  const isExact = record.interval === 0 || instant >= asOf(record);
  const old = open.filter(({ snapshot, lacking }) => snapshot !== undefined && lacking.length > 0);
  const none = open.filter(({ snapshot, unreadable }) => snapshot === undefined && unreadable === undefined);
  const unread = open.filter(({ unreadable }) => unreadable !== undefined);
  const names = (list: readonly Found[], more: (one: Found) => string = () => '') =>
    list.map((one) => one.account.account + more(one)).join(', ');
  const asOfSlot = ({ snapshot }: Found) =>
    snapshot === undefined ? '' : ` (as of ${localTime(snapshot.slot, record.timeZone)})`;
  return [
    ...(old.length === 0
      ? []
      : [
          isExact
            ? `No snapshot of the last expected slot, so an older amount is in this sum: ${names(old, asOfSlot)}`
            : `Not every slot since has a snapshot: ${names(old, asOfSlot)}`,
        ]),
    ...(none.length === 0 ? [] : [`No snapshot in this report, so not in this sum: ${names(none)}`]),
    ...(unread.length === 0 ? [] : [`The newest item cannot be read, so not in this sum: ${names(unread)}`]),
  ];
}

function time(iso: string): Markup {
  return element('time', { datetime: iso }, iso);
}
