import type { AccountName } from '../../lambda/core/account.ts';
import { isGap, type SlotOutcome } from '../../lambda/core/completeness.ts';
import type { LedgerView, Range } from '../../lambda/history/reader.ts';
import { slots } from '../../lambda/history/slots.ts';

/** The expected slots that are due and have no snapshot, as `balances gaps` lists them. */
export async function* gaps(
  view: LedgerView,
  accounts: readonly AccountName[],
  range: Range,
): AsyncGenerator<SlotOutcome> {
  for await (const outcome of slots(view, accounts, range)) if (isGap(outcome)) yield outcome;
}
