import { formatSecond, type Instant, MINUTE, parseSecond } from './instant.ts';
import { isObject, kindOf, type Parsed } from './parsed.ts';

/** How far the time of an event may be ahead of our clock. */
const CLOCK_ALLOWANCE = MINUTE;

const ALLOWED = 'allowed is {"seal":"2026-11-22T01:00:00Z"}';

/**
 * Parses the event of one invocation of the sealer: the time up to which days are sealed. Rejects any other field, a time that is
 * not UTC to the second, and one more than 60 s ahead of `now`: a day that is not over would be sealed with what it has so far.
 */
export function parseSealEvent(event: unknown, now: Instant): Parsed<Instant> {
  if (!isObject(event)) return { problem: `the event is ${kindOf(event)}; ${ALLOWED}` };
  if (Object.keys(event).join() !== 'seal')
    return { problem: `the event does not have exactly one field, seal; ${ALLOWED}` };
  const { seal: text } = event;
  const at = typeof text === 'string' ? parseSecond(text) : undefined;
  if (at === undefined) return { problem: `the event's seal is not a UTC time to the second; ${ALLOWED}` };
  if (at > now + CLOCK_ALLOWANCE) {
    return {
      problem: `the event's seal ${formatSecond(at)} is more than 60 s ahead of this host's clock, ${formatSecond(now)}`,
    };
  }
  return { value: at };
}
