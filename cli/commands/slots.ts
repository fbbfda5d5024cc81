import type { AccountName } from '../../lambda/core/account.ts';
import { countDue, expectedPeriods, type SlotOutcome } from '../../lambda/core/completeness.ts';
import { formatMillisecond, formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { gaps, slots } from '../../lambda/history/slots.ts';
import { type CurrencyOptions, sayIfCurrencyIsIdle } from '../ledger/currency.ts';
import type { CommonOptions } from '../ledger/options.ts';
import { type RangeOptions, withRange } from '../ledger/range.ts';
import type { Io, Session } from '../ledger/session.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { asCsv, asJson, type Row } from '../print/format.ts';
import { gapClause, note, simulatedClauses } from '../print/notes.ts';
import { textOf } from '../print/reason.ts';
import { streamedTable } from '../print/table.ts';

/** What was typed of the options of `slots` and `gaps`. */
export type SlotOptions = RangeOptions & CommonOptions & CurrencyOptions;

/** How one command shows slots: a row for programs, cells for people. */
interface View {
  readonly columns: readonly string[];
  readonly row: (outcome: SlotOutcome) => Row;
  readonly titles: readonly string[];
  /** Of the titles after the account's. */
  readonly widths: readonly number[];
  readonly cells: (outcome: SlotOutcome) => string[];
}

/** As wide as `2026-11-22T06:00:00Z`. */
const SLOT_WIDTH = 20;

const SLOTS_VIEW: View = {
  columns: ['account', 'slot', 'outcome', 'observedAt', 'currencies', 'reason'],
  row: ({ account, slot, outcome, observedAt, currencies, reason }) => ({
    account,
    slot: formatSecond(slot),
    outcome,
    observedAt: observedAt === undefined ? null : formatMillisecond(observedAt),
    currencies: currencies ?? null,
    reason: reason ?? null,
  }),
  titles: ['account', 'slot', 'outcome', 'what'],
  widths: [SLOT_WIDTH, 'snapshot'.length],
  cells: (outcome) => [outcome.account, formatSecond(outcome.slot), outcome.outcome, whatBecameOf(outcome)],
};

const GAPS_VIEW: View = {
  columns: ['account', 'slot', 'reason'],
  row: ({ account, slot, reason }) => ({ account, slot: formatSecond(slot), reason: reason ?? null }),
  titles: ['account', 'slot', 'reason'],
  widths: [SLOT_WIDTH],
  cells: ({ account, slot, reason = '' }) => [account, formatSecond(slot), reason],
};

function whatBecameOf({ slot, outcome, observedAt = slot, currencies = 0, reason }: SlotOutcome): string {
  // `missing` says it all.
  if (reason !== undefined) return reason === outcome ? '' : reason;
  const after = ((observedAt - slot) / SECOND).toFixed(3);
  return `${currencies} ${currencies === 1 ? 'currency' : 'currencies'} observed after ${after} s`;
}

/** `balances slots`: every expected slot, and what became of it. */
export function printSlots(options: SlotOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfNothingIsExpected(session, io);
    sayIfCurrencyIsIdle(options, io);
    const outcomes = slots(session.reader, session.catalog, accounts, range, session.now);
    await print(SLOTS_VIEW, known(outcomes), options, io, session, accounts);
    for (const account of accounts) io.stderr.write(note(account, simulatedClauses(session.simulated)));
    return 0;
  });
}

/** `balances gaps`: the expected slots that have no snapshot and will not get one. Exit code 3 where there is one. */
export function printGaps(options: SlotOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfNothingIsExpected(session, io);
    sayIfCurrencyIsIdle(options, io);
    const found = gaps(session.reader, session.catalog, accounts, range, session.now);
    const reasonsOf = new Map(accounts.map((account) => [account, new Map<string, number>()]));
    await print(GAPS_VIEW, counted(found, reasonsOf), options, io, session, accounts);
    for (const [account, reasons] of reasonsOf) {
      const clauses = reasons.size === 0 ? [] : [gapClause(reasons)];
      io.stderr.write(note(account, [...simulatedClauses(session.simulated), ...clauses]));
    }
    const met = new Set([...reasonsOf.values()].flatMap((reasons) => [...reasons.keys()]));
    for (const reason of [...met].sort(byCodeOrder)) io.stderr.write(inWords(reason));
    if ([...reasonsOf.values()].some((reasons) => reasons.size > 0)) return 3;
    if (range.from < range.to && session.isWhole()) {
      const what = isAnyDue(session, accounts, range) ? 'no gap' : 'no slot was expected yet';
      io.stderr.write(`${what} from ${formatSecond(range.from)} to ${formatSecond(range.to)}\n`);
    }
    return 0;
  });
}

/** What a reason means and what to do, for whoever is woken by it; nothing for a code of a newer version. */
function inWords(reason: string): string {
  const text = textOf(reason);
  return text === undefined ? '' : `${reason}: ${text.happened} ${text.remedy}\n`;
}

/** Where nothing was expected, that nothing is missing says nothing. */
function isAnyDue({ catalog, now }: Session, accounts: readonly AccountName[], { from, to }: Range): boolean {
  return accounts.some((account) => countDue(expectedPeriods(catalog, account), from, to, now).count > 0);
}

function sayIfNothingIsExpected({ catalog, label }: Session, io: Io): void {
  if (catalog.schedules.length === 0)
    io.stderr.write(`${label} has no schedule yet, so no slot is expected\n`);
}

async function print(
  view: View,
  outcomes: AsyncIterable<SlotOutcome>,
  { format }: SlotOptions,
  io: Io,
  { simulated }: Session,
  accounts: readonly AccountName[],
): Promise<void> {
  const caption = simulated ? SIMULATED : '';
  const widths = [Math.max('account'.length, ...accounts.map((account) => account.length)), ...view.widths];
  // Generators do nothing until they are read, so only the chosen one runs.
  const pieces = {
    json: asJson(map(outcomes, view.row)),
    csv: asCsv(view.columns, map(outcomes, view.row)),
    table: streamedTable(caption, view.titles, widths, map(outcomes, view.cells), io.columns ?? Infinity),
  }[format];
  for await (const piece of pieces) await io.stdout.write(piece);
}

async function* map<T, U>(things: AsyncIterable<T>, change: (thing: T) => U): AsyncGenerator<U> {
  for await (const thing of things) yield change(thing);
}

/** Without the slots of which it cannot be read what became of them: the error in the end names those. */
async function* known(outcomes: AsyncIterable<SlotOutcome>): AsyncGenerator<SlotOutcome> {
  for await (const outcome of outcomes) if (outcome.outcome !== 'unreadable') yield outcome;
}

/** Passes the gaps on, counting the reasons of each account. */
async function* counted(
  found: AsyncIterable<SlotOutcome>,
  reasonsOf: ReadonlyMap<AccountName, Map<string, number>>,
): AsyncGenerator<SlotOutcome> {
  for await (const gap of found) {
    const { account, reason = '' } = gap;
    const reasons = reasonsOf.get(account);
    reasons?.set(reason, (reasons.get(reason) ?? 0) + 1);
    yield gap;
  }
}
