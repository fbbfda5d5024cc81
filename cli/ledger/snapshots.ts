import { type Command, Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { countDue, expectedPeriods, isExpectedAndDue } from '../../lambda/core/completeness.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import { CADENCES, type Cadence } from '../../lambda/core/slots.ts';
import { isFailure, isUnreadable, type Snapshot } from '../../lambda/core/snapshot.ts';
import { prefetchStreams } from '../../lambda/history/read-ahead.ts';
import { accountsAhead, readRange } from '../../lambda/history/read-range.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { samples, unfitSchedule } from '../../lambda/history/samples.ts';
import { everListed, type Shown, withSoldOut } from '../../lambda/history/sold-out.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import { type CurrencyOptions, unlistedNotes } from './currency.ts';
import { wrongUsage } from './options.ts';
import type { RangeOptions } from './range.ts';
import type { Io, Session } from './session.ts';

/** The option that selects a coarser grid. */
export interface EveryOptions {
  readonly every?: Cadence;
}

export function withEveryOption(command: Command): Command {
  return command.addOption(
    new Option('--every <cadence>', 'one snapshot per …, e.g. 1d, instead of all').choices(
      Object.keys(CADENCES),
    ),
  );
}

/**
 * Every snapshot of the range, manual ones included, or with `every` those on that coarser grid: by account, then by time,
 * each with what an earlier one of the answer listed and it does not. Of the currencies asked for, one that was listed at
 * any time before the range counts too. After the last snapshot, what the rows do not show goes to stderr.
 *
 * @throws CodedError `usage.invalid` if `every` is not a multiple of every schedule in the range.
 */
export function snapshotsOf(
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  { every, currency, from }: EveryOptions & CurrencyOptions & RangeOptions,
  { stderr }: Io,
): AsyncIterable<Shown> {
  if (every === undefined) return withNotes(session, accounts, range, currency, stderr, allOf);
  checkEvery(session, range, every);
  if (session.catalog.schedules.length === 0) {
    stderr.write(
      `${session.label} has no schedule yet, so there is no grid to choose from: leave out --every\n`,
    );
  }
  // The first day of the ledger is seldom a whole one: its point is the midnight before.
  const whole = from === undefined ? { ...range, from: range.from - CADENCES[every] + 1 } : range;
  return withNotes(session, accounts, range, currency, stderr, (its, account) =>
    pointsOf(its, account, whole, every),
  );
}

function checkEvery({ catalog }: Session, range: Range, every: Cadence): void {
  const unfit = unfitSchedule(catalog, range, every);
  if (unfit === undefined) return;
  throw wrongUsage(
    `--every ${every} is not a multiple of ${unfit.every}, the cadence from ${formatSecond(unfit.from)} on`,
  );
}

/** Yields the snapshots of one account, and returns notes on what they do not show. */
type Read = (session: Session, account: AccountName, range: Range) => AsyncGenerator<Snapshot, string[]>;

async function* withNotes(
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  currencies: readonly string[] | undefined,
  stderr: Io['stderr'],
  read: Read,
): AsyncGenerator<Shown> {
  const lines: string[] = [];
  const listed = new Set<string>();
  const ahead = accountsAhead(session, range);
  const shown = async function* (account: AccountName) {
    const before =
      currencies === undefined ? [] : await everListed(session.reader, account, range.from, currencies);
    for (const currency of before) listed.add(currency);
    return yield* withSoldOut(read(session, account, range), before);
  };
  const streams = prefetchStreams(accounts, shown, ahead);
  for await (const [account, snapshots] of streams) {
    let newest: Snapshot | undefined;
    let next = await snapshots.next();
    for (; next.done !== true; next = await snapshots.next()) {
      newest = next.value.snapshot;
      for (const { currency } of newest.balances) listed.add(currency);
      yield next.value;
    }
    const clauses = [...simulatedClauses(session.simulated), ...next.value];
    if (newest === undefined) {
      clauses.push(
        `no ${session.isWhole() ? '' : 'readable '}snapshot from ${formatSecond(range.from)} to ${formatSecond(range.to)}`,
      );
    } else if (newest.balances.length === 0) {
      clauses.push(`the account is empty at ${formatSecond(newest.slot)}`);
    }
    lines.push(note(account, clauses));
  }
  for (const line of [...lines, ...unlistedNotes(currencies, listed)]) stderr.write(line);
}

async function* allOf(
  session: Session,
  account: AccountName,
  range: Range,
): AsyncGenerator<Snapshot, string[]> {
  const { catalog, now } = session;
  const periods = expectedPeriods(catalog, account);
  const { count } = countDue(periods, range.from, range.to, now);
  let [settled, unreadable] = [0, 0];
  for await (const entry of readRange(session, account, range)) {
    if (isFailure(entry)) continue;
    const { slot } = entry;
    const isManual = !isUnreadable(entry) && entry.manual;
    if (slot !== undefined && !isManual && isExpectedAndDue(periods, slot, now)) settled += 1;
    if (isUnreadable(entry)) unreadable += 1;
    else yield entry;
  }
  const lacking = count - settled;
  return [
    ...(unreadable > 0 ? [`${unreadable} ${unreadable === 1 ? 'item' : 'items'} cannot be read`] : []),
    ...(lacking > 0
      ? [`${lacking} of ${count} expected slots have no snapshot: balances gaps lists them`]
      : []),
  ];
}

async function* pointsOf(
  session: Session,
  account: AccountName,
  range: Range,
  every: Cadence,
): AsyncGenerator<Snapshot, string[]> {
  let [points, later, lacking] = [0, 0, 0];
  for await (const { point, snapshot } of samples(session, account, range, every)) {
    points += 1;
    if (snapshot === undefined) lacking += 1;
    else if (snapshot.slot !== point) later += 1;
    if (snapshot !== undefined) yield snapshot;
  }
  return [
    ...(later > 0
      ? [`${later} of ${points} points show a later slot’s snapshot because their own has none`]
      : []),
    ...(lacking > 0 ? [`${lacking} of ${points} points have no snapshot before the next point`] : []),
  ];
}
