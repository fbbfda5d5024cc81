import type { AccountName } from '../../lambda/core/account.ts';
import { countDue, expectedPeriods, type SlotOutcome } from '../../lambda/core/completeness.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { gaps } from '../../lambda/history/slots.ts';
import { sayIfCurrencyIsIdle, withCurrencyOption } from '../ledger/currency.ts';
import { withCommonOptions } from '../ledger/options.ts';
import { beginning, withRange, withRangeOptions } from '../ledger/range.ts';
import type { Io, Session } from '../ledger/session.ts';
import { gapClause, note, simulatedClauses } from '../print/notes.ts';
import { textOf } from '../print/reason.ts';
import type { AddCommand } from './add-command.ts';
import { printOutcomes, SLOT_WIDTH, type SlotOptions, sayIfNothingIsExpected, type View } from './slots.ts';

const GAPS_VIEW: View = {
  columns: ['account', 'slot', 'reason'],
  row: ({ account, slot, reason }) => ({ account, slot: formatSecond(slot), reason: reason ?? null }),
  titles: ['account', 'slot', 'reason'],
  widths: [SLOT_WIDTH],
  cells: ({ account, slot, reason = '' }) => [account, formatSecond(slot), reason],
};

export const addGaps: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('gaps')
    .description('the expected slots without a snapshot; exit code 3 if any');
  withRangeOptions(withCurrencyOption(withCommonOptions(command)), now)
    .addHelpText('after', '\nExample: balances gaps --local --from 30d')
    .action((options: SlotOptions) => finish(printGaps(options, io)));
};

/** `balances gaps`: the expected slots that have no snapshot and will not get one. Exit code 3 if there are any. */
function printGaps(options: SlotOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, range, io) => {
    sayIfNothingIsExpected(session, io);
    sayIfCurrencyIsIdle(options, io);
    const found = gaps(session, accounts, range);
    const reasonsOf = new Map(accounts.map((account) => [account, new Map<string, number>()]));
    await printOutcomes(GAPS_VIEW, countReasons(found, reasonsOf), options, io, session, accounts);
    for (const [account, reasons] of reasonsOf) {
      const clauses = reasons.size === 0 ? [] : [gapClause(reasons)];
      io.stderr.write(note(account, [...simulatedClauses(session.simulated), ...clauses]));
    }
    const met = new Set([...reasonsOf.values()].flatMap((reasons) => [...reasons.keys()]));
    for (const reason of [...met].sort(byCodeOrder)) io.stderr.write(explanationOf(reason));
    if ([...reasonsOf.values()].some((reasons) => reasons.size > 0)) return 3;
    if (session.isWhole()) io.stderr.write(noGapIn(session, accounts, range));
    return 0;
  });
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

/** Passes the gaps through, counting the reasons of each account. */
async function* countReasons(
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
