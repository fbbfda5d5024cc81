import type { Balance } from '../../lambda/core/balances.ts';
import type { ExpectedSlot } from '../../lambda/core/completeness.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { CADENCES, isDue } from '../../lambda/core/slots.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import type { Lacking, Taken } from './record.ts';

/** One slot of an account as it was read. */
export type Reading =
  | { readonly moment: Omit<Taken, 'index'>; readonly balances: readonly Balance[] }
  | { readonly moment: Lacking };

/**
 * Every slot of an account with what became of it, in order of time, in one pass: entries and expected slots are read in
 * step, and none is kept. A slot without an entry is left out until it is due, as in `slots`.
 *
 * @param pauses the edges of each time in which nothing is expected: they break the line of the chart.
 * @param entries the account's, in order of slot.
 */
export async function* momentsOf(
  expected: Iterable<ExpectedSlot>,
  pauses: readonly Instant[],
  entries: AsyncIterable<Found>,
  now: Instant,
): AsyncGenerator<Reading> {
  const grid = merged(expected, pauses);
  let next = grid.next();
  for await (const entry of entries) {
    if (entry.slot === undefined) continue;
    for (; next.done !== true && next.value.slot < entry.slot; next = grid.next()) {
      yield* unrecorded(next.value, now);
    }
    const mark = next.done === true ? undefined : next.value;
    const isScheduled = isUnreadable(entry) || !entry.manual;
    const own = isScheduled && isExpected(mark) && mark.slot === entry.slot ? mark : undefined;
    yield recorded(entry, entry.slot, own, now);
    if (own !== undefined) next = grid.next();
  }
  for (; next.done !== true; next = grid.next()) yield* unrecorded(next.value, now);
}

type Mark = ExpectedSlot | { readonly slot: Instant };

function isExpected(mark: Mark | undefined): mark is ExpectedSlot {
  return mark !== undefined && 'every' in mark;
}

function* merged(expected: Iterable<ExpectedSlot>, pauses: readonly Instant[]): Generator<Mark> {
  let place = 0;
  for (const mark of expected) {
    for (let slot = pauses[place]; slot !== undefined && slot < mark.slot; slot = pauses[place]) {
      yield { slot };
      place += 1;
    }
    yield mark;
  }
  for (const slot of pauses.slice(place)) yield { slot };
}

function recorded(entry: Found, slot: Instant, own: ExpectedSlot | undefined, now: Instant): Reading {
  // An unreadable item may be anything, even a snapshot: nothing is known about the slot.
  if (isUnreadable(entry)) return lacking('unreadable', slot, own, 'unreadable', entry.problem);
  if (isFailure(entry)) {
    const due = own === undefined || isDue(own.every, slot, now);
    return lacking('failure', slot, own, entry.failure, entry.detail, due);
  }
  const { observedAt, balances } = entry;
  return { moment: { kind: 'snapshot', slot, expected: own !== undefined, observedAt }, balances };
}

function* unrecorded(mark: Mark, now: Instant): Generator<Reading> {
  if (!isExpected(mark)) yield lacking('pause', mark.slot, undefined, '');
  else if (isDue(mark.every, mark.slot, now)) yield lacking('missing', mark.slot, mark, mark.ifMissing);
}

function lacking(
  kind: Lacking['kind'],
  slot: Instant,
  own: ExpectedSlot | undefined,
  reason: string,
  detail = '',
  due = true,
): Reading {
  const every = own === undefined ? 0 : CADENCES[own.every];
  return {
    moment: { kind, slot, expected: own !== undefined, due, reason, detail, count: 1, span: 0, every },
  };
}
