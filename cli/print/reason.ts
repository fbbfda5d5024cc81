import { FAILURES, type FailureText, isFailureCode } from '../../lambda/core/failures.ts';

/** Reasons that are not failure codes: derived from the grid, or from an unreadable item. */
const OTHERS: Readonly<Record<string, FailureText>> = {
  missing: {
    happened: 'Nothing was recorded for this slot: the schedule or the function did not run.',
    remedy:
      'Check whether the schedule is enabled; the function’s log and the two dead-letter queues show what went wrong.',
  },
  scheduleChanged: {
    happened:
      'The schedule was changed around this slot, so it is unknown whether it was still meant to run.',
    remedy:
      'No action needed if runs arrived until the change. If they had stopped before it, these slots were lost to that outage: the function’s log and the two dead-letter queues show its cause.',
  },
  unreadable: {
    happened:
      'Something is recorded for this slot that this version cannot read; a newer version or another program wrote it.',
    remedy: 'Read the ledger with the version that wrote it.',
  },
};

/** Why a slot has no snapshot, in words; undefined for a code this version does not know. */
export function textOf(reason: string): FailureText | undefined {
  if (isFailureCode(reason)) return FAILURES[reason];
  return Object.hasOwn(OTHERS, reason) ? OTHERS[reason] : undefined;
}

/** The code, followed by the detail if there is one: `upbit.timeout (no answer within 5 s)`. */
export function reasonWithDetail({ reason, detail }: { reason: string; detail: string }): string {
  return detail === '' ? reason : `${reason} (${detail})`;
}
