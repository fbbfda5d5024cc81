import { type Entry, isFailure } from './snapshot.ts';

/**
 * True where an entry may take the place of a failure already recorded for its slot: a snapshot always, a failure
 * only where Upbit was asked in time. A snapshot is never replaced by anything.
 */
export function mayReplaceFailure(entry: Entry): boolean {
  return !isFailure(entry) || (entry.attempts > 0 && entry.failure !== 'late');
}
