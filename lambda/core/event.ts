import { formatSecond, type Instant, MINUTE, parseSecond, SECOND } from './instant.ts';
import { isObject, kindOf, type Parsed } from './parsed.ts';
import { type Grid, isOnGrid } from './slots.ts';

/** The events the collector accepts. */
export type CollectorEvent =
  /** Take the snapshot of a scheduled slot. */
  | { readonly kind: 'slot'; readonly slot: Instant }
  /** Take a snapshot now, outside the schedule. */
  | { readonly kind: 'manual'; readonly slot: Instant }
  /** Sign in with every key and report; store nothing. */
  | { readonly kind: 'check' };

/** How far a slot may be ahead of our clock, and how far a manual time may differ from it. */
const CLOCK_ALLOWANCE = MINUTE;

const ALLOWED =
  'allowed are {"slot":"2026-11-22T06:00:00Z"}, {"manual":true}, {"manual":"2026-11-22T06:12:34Z"} and {"check":true}';

/**
 * Parses the event of one invocation. Rejects anything but exactly one of `slot`, `manual` and `check`, and no other
 * field; a slot that is not on the grid or more than 60 s ahead of `now`; a manual time more than 60 s from `now`.
 * Accepts a slot in the past: the collector decides and records whether it is too late.
 *
 * A manual time is the snapshot's key, so that a retried call takes the same snapshot; a second on the grid belongs to
 * the schedule, so the manual snapshot moves to the next second.
 */
export function parseEvent(event: unknown, grid: Grid, now: Instant): Parsed<CollectorEvent> {
  if (!isObject(event)) return { problem: `the event is ${kindOf(event)}; ${ALLOWED}` };
  switch (Object.keys(event).join()) {
    case 'slot':
      return parseSlot(event['slot'], grid, now);
    case 'manual':
      return parseManual(event['manual'], grid, now);
    case 'check':
      if (event['check'] === true) return { value: { kind: 'check' } };
      return { problem: `the event's check is not true; ${ALLOWED}` };
    default:
      return { problem: `the event does not have exactly one field, slot, manual or check; ${ALLOWED}` };
  }
}

function parseSlot(text: unknown, grid: Grid, now: Instant): Parsed<CollectorEvent> {
  const slot = typeof text === 'string' ? parseSecond(text) : undefined;
  if (slot === undefined) return { problem: `the event's slot is not a UTC time to the second; ${ALLOWED}` };
  if (!isOnGrid(grid, slot)) {
    return {
      problem: `the event's slot ${formatSecond(slot)} is not on the grid of every ${grid.every} from midnight in ${grid.timeZone}`,
    };
  }
  if (slot > now + CLOCK_ALLOWANCE) {
    return {
      problem: `the event's slot ${formatSecond(slot)} is more than 60 s ahead of this host's clock, ${formatSecond(now)}`,
    };
  }
  return { value: { kind: 'slot', slot } };
}

function parseManual(given: unknown, grid: Grid, now: Instant): Parsed<CollectorEvent> {
  const asked =
    given === true ? now - (now % SECOND) : typeof given === 'string' ? parseSecond(given) : undefined;
  if (asked === undefined)
    return { problem: `the event's manual is neither true nor a UTC time to the second; ${ALLOWED}` };
  if (Math.abs(asked - now) > CLOCK_ALLOWANCE) {
    return {
      problem: `the event's manual time ${formatSecond(asked)} is more than 60 s from this host's clock, ${formatSecond(now)}`,
    };
  }
  return { value: { kind: 'manual', slot: isOnGrid(grid, asked) ? asked + SECOND : asked } };
}
