import { DAY, type Instant, MINUTE, SECOND } from '../../core/instant.ts';
import type { Block } from '../../core/verdict.ts';
import { durations } from './durations.ts';
import type { UpbitAnswer } from './http-answer.ts';
import { parseHttpDate } from './http-date.ts';

// How long an answer asks us to wait. A 418 is documented to say so in its body, but not in which form; `Retry-After` is
// documented nowhere, but a gateway may send it. A call during a block makes the block longer, so of everything that a 418
// may mean, the longest counts. A 429 or 5xx has no such penalty, and a wait that is read too long costs the slot, so only
// what clearly asks to wait counts.

/** The shortest block, whatever a 418 says. */
const MIN_BLOCK = 15 * MINUTE;
/** A longer wait is more likely misread than meant. */
const MAX_WAIT = 30 * DAY;
/** How much of a body is examined, in bytes. */
const BYTES_READ = 4_096;

/** A time in ISO 8601: in UTC if it has no zone, and the end of the day if it is only a date. */
const ISO_TIME = /(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?/g;
/** Thirteen digits are milliseconds since 1970, ten are seconds. */
const EPOCH_TIME = /(?<![\d.])(?:\d{13}|\d{10})(?![\d.])/g;

/**
 * Whom a 418 blocks, and until when: the longest wait in `Retry-After` and in the body, where it may be a duration or a time,
 * but at least 15 minutes and at most 30 days.
 */
export function judgeBlock(answer: UpbitAnswer, arrivedAt: Instant): Block {
  const text = textOf(answer);
  const waits = [
    retryAfter(answer, arrivedAt) ?? 0,
    ...durations(text).map(({ ms }) => ms),
    ...times(text).map((time) => time - arrivedAt),
  ];
  const end = arrivedAt + capped(Math.max(MIN_BLOCK, ...waits));
  return {
    // The catalog keeps whole seconds, and the block must not end early there.
    until: Math.ceil(end / SECOND) * SECOND,
    whom: /(?<![a-z])(ips?|address(?:es)?)(?![a-z])|주소/i.test(text) ? 'address' : 'account',
  };
}

/**
 * How long a 429 asks to wait, in milliseconds from `arrivedAt`, at most 30 days: the longer of `Retry-After` and a body that
 * clearly asks to (`try again in 5 seconds`, `5초 후`, `"retry_after":5`); 0 if neither does. `30 requests per 1 second` asks
 * for nothing.
 */
export function statedWait(answer: UpbitAnswer, arrivedAt: Instant): number {
  const asked = durations(textOf(answer)).filter(
    ({ before, after }) => /(?:again|retry|wait)[^.\d]*$/i.test(before) || /^\s*(?:후|뒤)/.test(after),
  );
  return capped(Math.max(retryAfter(answer, arrivedAt) ?? 0, ...asked.map(({ ms }) => ms)));
}

/**
 * The `Retry-After` header in milliseconds from `arrivedAt`, at most 30 days, and 0 for a time that is past; undefined if it
 * has neither form of RFC 9110, section 10.2.3: seconds, or a date.
 */
export function retryAfter({ retryAfter: header }: UpbitAnswer, arrivedAt: Instant): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return capped(Number(text) * SECOND);
  const time = parseHttpDate(text, arrivedAt);
  return time === undefined ? undefined : capped(Math.max(0, time - arrivedAt));
}

function capped(wait: number): number {
  return Math.min(wait, MAX_WAIT);
}

/** The start of the body, with the characters that JSON may have escaped. */
function textOf({ body }: UpbitAnswer): string {
  return new TextDecoder()
    .decode(body?.subarray(0, BYTES_READ))
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function times(text: string): Instant[] {
  // A day ends at its 24:00.
  const iso = Array.from(text.matchAll(ISO_TIME), ([, date, time = '24:00', zone = 'Z']) =>
    Date.parse(`${date}T${time}${zone}`),
  );
  const epoch = Array.from(
    text.matchAll(EPOCH_TIME),
    ([digits]) => Number(digits) * (digits.length === 10 ? SECOND : 1),
  );
  return [...iso.filter((time) => !Number.isNaN(time)), ...epoch];
}
