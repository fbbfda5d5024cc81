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

/** How long a read takes before its progress is shown, in milliseconds. */
const PROGRESS_DELAY = 500;

/** The options of a command over a range of time. */
export interface RangeOptions extends LedgerOptions {
  readonly from?: TypedTime;
  readonly to?: TypedTime;
}

/** Adds `--from` and `--to`; they default to the start of the ledger and to now. */
export function withRangeOptions(command: Command, now: Instant): Command {
  const time = (option: string) => (text: string) => timeOf(option, text, now);
  return command
    .option('--from <time>', 'start of the range (default: start of the ledger)', time('--from'))
    .option('--to <time>', 'end of the range, exclusive (default: now)', time('--to'));
}

/** Uses a range. It must write through `io`, which wipes the progress bar first. */
type UseRange = (session: Session, accounts: readonly AccountName[], range: Range, io: Io) => Promise<number>;

/**
 * Opens the ledger, resolves the range and the accounts against its catalog, and always closes it.
 *
 * @throws CodedError `usage.invalid` for an account that is not in the ledger, and for an empty range.
 */
export function withRange(options: RangeOptions, io: Io, use: UseRange): Promise<number> {
  const { from, to } = options;
  // Two times of the same kind compare without the ledger's time zone, so this fails before opening it.
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

/** Shows a progress bar, unless the rows go to the terminal too: then they are the progress. */
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

/** The first instant in the catalog: the start of a schedule, or of an account older than any. */
export function beginning({ accounts, schedules }: Catalog): Instant {
  return Math.min(...schedules.map(({ from }) => from), ...[...accounts.values()].map(({ since }) => since));
}

function dateOf(instant: Instant): string {
  return formatSecond(instant).slice(0, 10);
}

function checkOrder(from: Instant, to: Instant, form: (instant: Instant) => string = formatSecond): void {
  if (from < to) return;
  throw wrongUsage(`--from ${form(from)} is not before --to ${form(to)}: a range includes from ≤ slot < to`);
}
