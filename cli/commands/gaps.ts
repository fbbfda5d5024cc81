import type { AccountName } from '../../lambda/core/account.ts';
import { beginning, stackTimeZone } from '../../lambda/core/catalog.ts';
import { countDue, expectedPeriods, isGap, type SlotOutcome } from '../../lambda/core/completeness.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { GapStretches } from '../../lambda/history/gap-stretches.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { slots } from '../../lambda/history/slots.ts';
import { sayIfCurrencyIsIdle, withCurrencyOption } from '../ledger/currency.ts';
import { withLocalTimesOption } from '../ledger/local-times.ts';
import { withCommonOptions } from '../ledger/options.ts';
import { withRange, withRangeOptions } from '../ledger/range.ts';
import type { Io, Session } from '../ledger/session.ts';
import { widthOf } from '../print/format.ts';
import { gapTable } from '../print/gap-table.ts';
import { gapClause, note, simulatedClauses } from '../print/notes.ts';
import { textOf } from '../print/reason.ts';
import type { AddCommand } from './add-command.ts';
import { printOutcomes, type SlotOptions, sayIfNothingIsExpected, type View } from './slots.ts';

/** The options of `gaps`. */
type GapOptions = SlotOptions & { readonly each?: boolean };

const GAPS_VIEW: View = {
  columns: ['account', 'slot', 'reason'],
  row: ({ account, slot, reason }) => ({ account, slot: formatSecond(slot), reason: reason ?? null }),
  titles: ['reason'],
  widths: [],
  cells: ({ reason = '' }) => [reason],
};

export const addGaps: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('gaps')
    .description('the expected slots without a snapshot; exit code 3 if any');
  withLocalTimesOption(withRangeOptions(withCurrencyOption(withCommonOptions(command)), now))
    .option('--each', 'in the table, one line per slot and account instead of neighbouring gaps joined')
    .addHelpText('after', '\nExample: balances gaps --local --from 30d')
    .action((options: GapOptions) => finish(printGaps(options, io)));
};

/** `balances gaps`: the expected slots that have no snapshot and will not get one. Exit code 3 if there are any. */
function printGaps(options: GapOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfNothingIsExpected(session, io);
    sayIfCurrencyIsIdle(options, io);
    const count = new Count(accounts);
    const found = count.gapsOf(slots(session, accounts, range));
    if (options.format !== 'table' || options.each === true) {
      await printOutcomes(GAPS_VIEW, found, options, io, session, accounts);
    } else {
      for await (const _ of found) void _;
      const { simulated, catalog } = session;
      const style = { simulated, width: widthOf(io), timeZone: stackTimeZone(catalog) };
      await io.stdout.write(gapTable(count.stretches.joined(), accounts, style));
    }
    for (const [account, reasons] of count.reasonsOf) {
      const clauses = reasons.size === 0 ? [] : [gapClause(reasons)];
      io.stderr.write(note(account, [...simulatedClauses(session.simulated), ...clauses]));
    }
    const met = new Set([...count.reasonsOf.values()].flatMap((reasons) => [...reasons.keys()]));
    for (const reason of [...met].sort(byCodeOrder)) io.stderr.write(explanationOf(reason));
    if (met.size === 0 && session.isWhole()) io.stderr.write(noGapIn(session, accounts, range));
    io.stderr.write(count.sentence());
    return met.size > 0 ? 3 : 0;
  });
}

/** Counts what a range of slots has and lacks. */
class Count {
  readonly reasonsOf: ReadonlyMap<AccountName, Map<string, number>>;
  readonly stretches = new GapStretches();
  #recorded = 0;
  #missing = 0;

  constructor(accounts: readonly AccountName[]) {
    this.reasonsOf = new Map(accounts.map((account) => [account, new Map<string, number>()]));
  }

  /** Passes the gaps on, and counts all outcomes. */
  async *gapsOf(outcomes: AsyncIterable<SlotOutcome>): AsyncGenerator<SlotOutcome> {
    for await (const outcome of outcomes) {
      this.stretches.add(outcome);
      if (outcome.outcome === 'snapshot') this.#recorded += 1;
      if (!isGap(outcome)) continue;
      this.#missing += 1;
      const { account, reason = '' } = outcome;
      const reasons = this.reasonsOf.get(account);
      reasons?.set(reason, (reasons.get(reason) ?? 0) + 1);
      yield outcome;
    }
  }

  /** `2,104 of 2,157 slots recorded (97.5 %)`; empty if none was expected. The share is rounded down: only all is 100 %. */
  sentence(): string {
    const all = this.#recorded + this.#missing;
    if (all === 0) return '';
    const [recorded, of] = [this.#recorded, all].map((count) => count.toLocaleString('en-US'));
    return `${recorded} of ${of} slots recorded (${(Math.floor((this.#recorded / all) * 1_000) / 10).toFixed(1)} %)\n`;
  }
}

/** What a reason means and what to do; empty for a code of a newer version. */
function explanationOf(reason: string): string {
  const text = textOf(reason);
  return text === undefined ? '' : `${reason}: ${text.happened} ${text.remedy}\n`;
}

/** A line that says what there was to look at; empty for a ledger without a schedule. */
function noGapIn(session: Session, accounts: readonly AccountName[], range: Range): string {
  const begin = beginning(session.catalog);
  if (begin === Infinity) return '';
  if (range.to <= begin)
    return `no slot was expected up to ${formatSecond(range.to)}: the ledger begins at ${formatSecond(begin)}\n`;
  const what = isAnyDue(session, accounts, range) ? 'no gap' : 'no slot was expected yet';
  return `${what} from ${formatSecond(range.from)} to ${formatSecond(range.to)}\n`;
}

/** `no gap` would mislead if no slot was expected. */
function isAnyDue({ catalog, now }: Session, accounts: readonly AccountName[], { from, to }: Range): boolean {
  return accounts.some((account) => countDue(expectedPeriods(catalog, account), from, to, now).count > 0);
}
