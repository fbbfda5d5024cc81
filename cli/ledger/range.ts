import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { beginning, stackTimeZone } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { progressBar } from '../print/progress.ts';
import { type LedgerOptions, timeOf, wrongUsage } from './options.ts';
import { chosenAccounts, type Io, type Session, withLedger } from './session.ts';
import { instantOf, type TypedTime } from './time.ts';
import { watchedReader, watchedStored } from './watched-reader.ts';

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

/** Uses a range. It must write through `io`, which wipes the progress bar first and holds back what is not data. */
type UseRange = (session: Session, accounts: readonly AccountName[], range: Range, io: Io) => Promise<number>;

/**
 * Opens the ledger, resolves the range and the accounts against its catalog, and always closes it.
 *
 * @throws CodedError `usage.invalid` for an account that is not in the ledger, and for an empty range.
 */
export function withRange(options: RangeOptions, io: Io, use: UseRange): Promise<number> {
  const { from, to } = options;
  // Two times of the same kind compare without the ledger's time zone, so this fails before opening it.
  if (from !== undefined && to !== undefined && from.kind === to.kind && from.kind !== 'day') {
    checkOrder(from.instant, to.instant, from.kind === 'date' ? dateOf : formatSecond);
  }
  return withLedger(options, io, (session) => {
    const { catalog, now } = session;
    const accounts = chosenAccounts(options, catalog) ?? knownAccounts(catalog);
    const timeZone = stackTimeZone(session.catalog);
    // A range may begin after the demo's end, which is its `now`.
    const isAfter = from !== undefined && instantOf(from, timeZone) >= now;
    const end = to === undefined ? (isAfter ? io.now() : now) : instantOf(to, timeZone);
    const start = from === undefined ? Math.min(end, beginning(catalog)) : instantOf(from, timeZone);
    if (from !== undefined) checkOrder(start, end);
    return withProgress(session, accounts, { from: start, to: end }, io, use);
  });
}

/**
 * Shows a progress bar while nothing is printed: rows that keep coming are the progress. Notes are held back until all rows
 * are printed, or the command has failed: on a terminal, which shows both, they would stand between them.
 */
async function withProgress(
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  io: Io,
  use: UseRange,
): Promise<number> {
  const { stdout, stderr, now } = io;
  const bar = progressBar('Reading', stderr);
  let printedAt = now();
  let shown = false;
  const wipe = () => {
    if (shown) bar(1, 1);
    shown = false;
  };
  const onProgress = (done: number, all: number) => {
    if (!shown && now() - printedAt < PROGRESS_DELAY) return;
    shown = true;
    bar(done, all);
  };
  const isTTY = stderr.isTTY ?? false;
  const watched = isTTY
    ? {
        reader: watchedReader(session.reader, accounts, range, onProgress),
        stored: watchedStored(session.stored, range, onProgress),
      }
    : {};
  const notes: string[] = [];
  const within: Io = {
    ...io,
    stdout: {
      write: async (text) => {
        wipe();
        await stdout.write(text);
        printedAt = now();
      },
    },
    stderr: { isTTY, write: (text) => void notes.push(text) },
  };
  try {
    return await use({ ...session, ...watched }, accounts, range, within);
  } finally {
    wipe();
    for (const note of notes) stderr.write(note);
  }
}

function dateOf(instant: Instant): string {
  return formatSecond(instant).slice(0, 10);
}

function checkOrder(from: Instant, to: Instant, form: (instant: Instant) => string = formatSecond): void {
  if (from < to) return;
  throw wrongUsage(`--from ${form(from)} is not before --to ${form(to)}: a range includes from ≤ slot < to`);
}
