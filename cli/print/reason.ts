import { FAILURES, type FailureText, isFailureCode } from '../../lambda/core/failures.ts';

/** Reasons that no item gives: what is told from the grid, and from an item that is not understood. */
const OTHERS: Readonly<Record<string, FailureText>> = {
  missing: {
    happened: 'Nothing was recorded for this slot: the schedule or the function did not run.',
    remedy:
      'See whether the schedule is enabled; the function’s log and the two dead-letter queues say what went wrong.',
  },
  scheduleChanged: {
    happened:
      'The schedule was changed around this slot, and nobody knows whether it was still meant to run.',
    remedy: 'Nothing needs to be done.',
  },
  unreadable: {
    happened:
      'Something is recorded for this slot that this version cannot read; a newer version or another program wrote it.',
    remedy: 'Read the ledger with the version that wrote it.',
  },
};

/** Why a slot has no snapshot, in words; undefined for a code that this version does not know. */
export function textOf(reason: string): FailureText | undefined {
  if (isFailureCode(reason)) return FAILURES[reason];
  return Object.hasOwn(OTHERS, reason) ? OTHERS[reason] : undefined;
}

/** The code with what exactly happened behind it, where that is known: `upbit.timeout (no answer within 5 s)`. */
export function reasonWithDetail({ reason, detail }: { reason: string; detail: string }): string {
  return detail === '' ? reason : `${reason} (${detail})`;
}
