import type { AccountName } from '../../lambda/core/account.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import type { SlotOutcome } from '../../lambda/core/completeness.ts';
import { formatMillisecond, formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { slots } from '../../lambda/history/slots.ts';
import { type CurrencyOptions, sayIfCurrencyIsIdle, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, localTimesOf, withLocalTimesOption } from '../ledger/local-times.ts';
import type { CommonOptions } from '../ledger/options.ts';
import { withCommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import type { Io, Session } from '../ledger/session.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { printRows, type Row } from '../print/format.ts';
import { mapAsync } from '../print/map-async.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import { streamedTable } from '../print/table.ts';
import { zoned, zonedWidth } from '../print/zoned.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `slots` and `gaps`. */
export type SlotOptions = RangeOptions & CommonOptions & CurrencyOptions & LocalTimesOptions;

/** How one command shows slots: a row for programs, cells for people. */
export interface View {
  readonly columns: readonly string[];
  readonly row: (outcome: SlotOutcome) => Row;
  /** After the account and the slot. */
  readonly titles: readonly string[];
  /** The widths of these columns, except the last. */
  readonly widths: readonly number[];
  readonly cells: (outcome: SlotOutcome) => string[];
}

const SLOTS_VIEW: View = {
  columns: ['account', 'slot', 'outcome', 'observedAt', 'currencies', 'reason'],
  row: ({ account, slot, outcome, observedAt, currencies, reason, answer }) => ({
    account,
    slot: formatSecond(slot),
    outcome,
    observedAt: observedAt === undefined ? null : formatMillisecond(observedAt),
    currencies: currencies ?? null,
    reason: reason ?? null,
    // Only where there is one: every other row has the keys above and no more.
    ...(answer === undefined ? {} : { answer }),
  }),
  titles: ['outcome', 'what'],
  widths: ['snapshot'.length],
  cells: (outcome) => [outcome.outcome, describeOutcome(outcome)],
};

function describeOutcome({ slot, outcome, observedAt = slot, currencies = 0, reason }: SlotOutcome): string {
  // No need to repeat `missing`.
  if (reason !== undefined) return reason === outcome ? '' : reason;
  const after = ((observedAt - slot) / SECOND).toFixed(3);
  return `${currencies} ${currencies === 1 ? 'currency' : 'currencies'} after ${after} s`;
}

export const addSlots: AddCommand = (program, { io, now, finish }) => {
  const command = program.command('slots').description('every expected slot and what became of it');
  withLocalTimesOption(withRangeOptions(withCurrencyOption(withCommonOptions(command)), now))
    .addHelpText('after', '\nExample: balances slots --local --from 2026-11-01 --to 2026-12-01 --format csv')
    .action((options: SlotOptions) => finish(printSlots(options, io)));
};

/** `balances slots`: every expected slot, and what became of it. */
function printSlots(options: SlotOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfNothingIsExpected(session, io);
    sayIfCurrencyIsIdle(options, io);
    const kept = new Map<AccountName, number>();
    const outcomes = countingAnswers(slots(session, accounts, range), kept);
    await printOutcomes(SLOTS_VIEW, withoutUnreadable(outcomes), options, io, session, accounts);
    for (const account of accounts) {
      const clauses = [...simulatedClauses(session.simulated), ...answerClauses(kept.get(account))];
      io.stderr.write(note(account, clauses));
    }
    return 0;
  });
}

/** Passes slots on, and counts for each account those that have kept an answer of Upbit. */
async function* countingAnswers(
  outcomes: AsyncIterable<SlotOutcome>,
  kept: Map<AccountName, number>,
): AsyncGenerator<SlotOutcome> {
  for await (const outcome of outcomes) {
    if (outcome.answer !== undefined) kept.set(outcome.account, (kept.get(outcome.account) ?? 0) + 1);
    yield outcome;
  }
}

function answerClauses(kept = 0): string[] {
  if (kept === 0) return [];
  const what = kept === 1 ? '1 failure includes' : `${kept} failures include`;
  return [`${what} Upbit’s answer: docs/ledger.md says how to read it`];
}

/** Says so if the ledger has no schedule: then nothing is expected, and nothing missing. */
export function sayIfNothingIsExpected({ catalog, label }: Session, io: Io): void {
  if (catalog.schedules.length === 0)
    io.stderr.write(`${label} has no schedule yet, so no slot is expected\n`);
}

/** Streams slots in the requested format. */
export async function printOutcomes(
  view: View,
  outcomes: AsyncIterable<SlotOutcome>,
  options: SlotOptions,
  io: Io,
  { simulated, catalog }: Session,
  accounts: readonly AccountName[],
): Promise<void> {
  const caption = simulated ? SIMULATED : '';
  const timeZone = stackTimeZone(catalog);
  const widths = [
    Math.max('account'.length, ...accounts.map((account) => account.length)),
    zonedWidth(timeZone),
    ...view.widths,
  ];
  const titles = ['account', 'slot', ...view.titles];
  const cells = (outcome: SlotOutcome) => [
    outcome.account,
    zoned(outcome.slot, timeZone),
    ...view.cells(outcome),
  ];
  await printRows(
    options.format,
    {
      columns: view.columns,
      rows: () => mapAsync(outcomes, view.row),
      localTimes: localTimesOf(options, catalog),
      table: (width) => streamedTable(caption, titles, widths, mapAsync(outcomes, cells), width),
    },
    io,
  );
}

/** Drops the slots whose item cannot be read: the error at the end names them. */
async function* withoutUnreadable(outcomes: AsyncIterable<SlotOutcome>): AsyncGenerator<SlotOutcome> {
  for await (const outcome of outcomes) if (outcome.outcome !== 'unreadable') yield outcome;
}
