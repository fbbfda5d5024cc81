import { type Command, Option } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { countDue, expectedPeriods, isExpectedAndDue } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { isFailure, isUnreadable, type Snapshot } from '../../lambda/core/snapshot.ts';
import { pointAtOrBefore, SPACINGS, type Spacing } from '../../lambda/core/spacing.ts';
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
  readonly every?: Spacing;
}

export function withEveryOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--every <spacing>',
      'one snapshot per interval instead of all; 1w means Mondays, 1mo the first of each month',
    ).choices(SPACINGS),
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
  options: EveryOptions & CurrencyOptions & RangeOptions,
  io: Io,
): AsyncIterable<Pointed & Shown> {
  const read = readerOf(session, range, options.every, io);
  return withNotes(session, accounts, wholeRange(session, range, options), options, io.stderr, read);
}

function checkEvery({ catalog }: Session, range: Range, every: Spacing): void {
  const unfit = unfitSchedule(catalog, range, every);
  if (unfit === undefined) return;
  throw wrongUsage(
    `--every ${every} is not a multiple of ${unfit.every}, the cadence from ${formatSecond(unfit.from)} on`,
  );
}

/** A snapshot of an answer, and the point of the grid that it stands for; its own slot where there is no coarser grid. */
export interface Pointed {
  readonly point: Instant;
  readonly snapshot: Snapshot;
}

/** How many slots or points an account was expected at, and what they lack. */
export interface Tally {
  readonly expected: number;
  /** Those without a snapshot. */
  readonly lacking: number;
  /** Points that show a later slot's snapshot. */
  readonly later: number;
  /** Those at which the account was expected and has no snapshot of its own: the first point may be before its first slot. */
  readonly unmet: number;
  readonly unreadable: number;
}

/** Yields the snapshots of one account in order of time, and returns what they lack. */
export type Read = (account: AccountName, range: Range) => AsyncGenerator<Pointed, Tally>;

/**
 * How the snapshots of an answer are read: all of them, or one for each point of a coarser grid.
 *
 * @throws CodedError `usage.invalid` if `every` is not a multiple of every schedule in the range.
 */
export function readerOf(session: Session, range: Range, every: Spacing | undefined, { stderr }: Io): Read {
  if (every === undefined) return (account, part) => allOf(session, account, part);
  checkEvery(session, range, every);
  if (session.catalog.schedules.length === 0) {
    stderr.write(
      `${session.label} has no schedule yet, so there is no grid to choose from: leave out --every\n`,
    );
  }
  return (account, part) => pointsOf(session, account, part, every);
}

/** The range with the whole of its first interval: the first day of the ledger is rarely a whole one. */
export function wholeRange(
  { catalog }: Pick<Session, 'catalog'>,
  range: Range,
  { every, from }: EveryOptions & RangeOptions,
): Range {
  if (every === undefined || from !== undefined) return range;
  return { ...range, from: pointAtOrBefore(every, catalog.schedules[0]?.timeZone ?? 'UTC', range.from) };
}

/** What the snapshots of an account lack, in words. */
export function tallyClauses({ expected, lacking, later, unreadable }: Tally, isSampled: boolean): string[] {
  return [
    ...(unreadable > 0 ? [`${unreadable} ${unreadable === 1 ? 'item' : 'items'} cannot be read`] : []),
    ...(later > 0
      ? [`${later} of ${expected} points show a later slot’s snapshot because their own has none`]
      : []),
    ...(lacking === 0
      ? []
      : isSampled
        ? [`${lacking} of ${expected} points have no snapshot before the next point`]
        : [`${lacking} of ${expected} expected slots have no snapshot: balances gaps lists them`]),
  ];
}

async function* withNotes(
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  { currency: currencies, every }: CurrencyOptions & EveryOptions,
  stderr: Io['stderr'],
  read: Read,
): AsyncGenerator<Pointed & Shown> {
  const lines: string[] = [];
  const listed = new Set<string>();
  const ahead = accountsAhead(session, range);
  const shown = async function* (account: AccountName) {
    const before =
      currencies === undefined ? [] : await everListed(session.reader, account, range.from, currencies);
    for (const currency of before) listed.add(currency);
    return yield* withSoldOut(read(account, range), before);
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
    const clauses = [
      ...simulatedClauses(session.simulated),
      ...tallyClauses(next.value, every !== undefined),
    ];
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

async function* allOf(session: Session, account: AccountName, range: Range): AsyncGenerator<Pointed, Tally> {
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
    else yield { point: entry.slot, snapshot: entry };
  }
  const lacking = Math.max(0, count - settled);
  return { expected: count, lacking, later: 0, unmet: lacking, unreadable };
}

async function* pointsOf(
  session: Session,
  account: AccountName,
  range: Range,
  every: Spacing,
): AsyncGenerator<Pointed, Tally> {
  const periods = expectedPeriods(session.catalog, account);
  let [expected, later, lacking, unmet] = [0, 0, 0, 0];
  for await (const { point, snapshot } of samples(session, account, range, every)) {
    expected += 1;
    if (snapshot === undefined) lacking += 1;
    else if (snapshot.slot !== point) later += 1;
    if (snapshot?.slot !== point && isExpectedAndDue(periods, point, session.now)) unmet += 1;
    if (snapshot !== undefined) yield { point, snapshot };
  }
  return { expected, lacking, later, unmet, unreadable: 0 };
}
