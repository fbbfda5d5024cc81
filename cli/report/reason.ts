import { FAILURES, isFailureCode } from '../../lambda/core/failures.ts';
import type { Lack } from './record.ts';

const HAPPENED: Readonly<Record<string, string>> = {
  missing: 'Nothing was recorded for this slot: the schedule or the function did not run.',
  scheduleChanged:
    'The schedule was changed around this slot, and nobody knows whether it was still meant to run.',
};

/** What happened, in a sentence; undefined for a code that this version does not know. */
export function happened({ reason }: Pick<Lack, 'reason'>): string | undefined {
  return isFailureCode(reason) ? FAILURES[reason].happened : HAPPENED[reason];
}

/** The code with what exactly happened behind it, where that is known: `upbit.timeout (no answer within 5 s)`. */
export function reasonWithDetail({ reason, detail }: Pick<Lack, 'reason' | 'detail'>): string {
  return detail === '' ? reason : `${reason} (${detail})`;
}
