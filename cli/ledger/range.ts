import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { progressBar } from '../print/progress.ts';
import { type LedgerOptions, timeOf, wrongUsage } from './options.ts';
import { chosenAccounts, type Io, type Session, withLedger } from './session.ts';
import { instantOf, type TypedTime } from './time.ts';
import { watchedReader } from './watched-reader.ts';

/** How long a read may take before its progress is shown, in milliseconds. */
const PROGRESS_DELAY = 500;

/** What was typed of the options of a command over a range of time. */
export interface RangeOptions extends LedgerOptions {
  readonly from?: TypedTime;
  readonly to?: TypedTime;
}

/** Adds `--from` and `--to`; each falls back to the end of what there is. */
export function withRangeOptions(command: Command, now: Instant): Command {
  const time = (option: string) => (text: string) => timeOf(option, text, now);
  return command
    .option('--from <time>', 'the range begins here (default: where the ledger does)', time('--from'))
    .option('--to <time>', 'the range ends before this (default: now)', time('--to'));
}

/** What to do with a range. What it says goes through `io`, which keeps it apart from the bar on the same terminal. */
type UseRange = (session: Session, accounts: readonly AccountName[], range: Range, io: Io) => Promise<number>;

/**
 * Opens the ledger, judges the range and the accounts by its catalog, and closes it whatever happens.
 *
 * @throws CodedError `usage.invalid` for an account that is not there, and for a range that holds nothing.
 */
export function withRange(options: RangeOptions, io: Io, use: UseRange): Promise<number> {
  const { from, to } = options;
  // Two times of one kind compare without the ledger's time zone: then wrong usage is told before it is opened.
  if (from !== undefined && to !== undefined && from.kind === to.kind) {
    checkOrder(from.instant, to.instant, from.kind === 'date' ? dateOf : formatSecond);
  }
  return withLedger(options, io, (session) => {
    const { catalog, now } = session;
    const accounts = chosenAccounts(options, catalog) ?? knownAccounts(catalog);
    const timeZone = stackTimeZone(session.catalog);
    const end = to === undefined ? now : instantOf(to, timeZone);
    const start = from === undefined ? Math.min(end, beginning(catalog)) : instantOf(from, timeZone);
    if (from !== undefined) checkOrder(start, end);
    return withProgress(session, accounts, { from: start, to: end }, io, use);
  });
}

/** Shows a bar on the terminal while data goes elsewhere; into the terminal itself, the rows are the progress. */
async function withProgress(
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  io: Io,
  use: UseRange,
): Promise<number> {
  const { stderr, columns, now } = io;
  if (stderr.isTTY !== true || columns !== undefined) return use(session, accounts, range, io);
  const bar = progressBar('Reading', stderr);
  const begun = now();
  let shown = false;
  const reader = watchedReader(session.reader, accounts, range, (done, all) => {
    if (!shown && now() - begun < PROGRESS_DELAY) return;
    shown = true;
    bar(done, all);
  });
  const wipe = () => {
    if (shown) bar(1, 1);
    shown = false;
  };
  const write = (text: string) => {
    wipe();
    return stderr.write(text);
  };
  try {
    return await use({ ...session, reader }, accounts, range, { ...io, stderr: { isTTY: true, write } });
  } finally {
    wipe();
  }
}

/** The first instant that the catalog knows of: of a schedule, or of an account that came before any. */
export function beginning({ accounts, schedules }: Catalog): Instant {
  return Math.min(...schedules.map(({ from }) => from), ...[...accounts.values()].map(({ since }) => since));
}

function dateOf(instant: Instant): string {
  return formatSecond(instant).slice(0, 10);
}

function checkOrder(from: Instant, to: Instant, form: (instant: Instant) => string = formatSecond): void {
  if (from < to) return;
  throw wrongUsage(`--from ${form(from)} is not before --to ${form(to)}: a range holds from ≤ slot < to`);
}
