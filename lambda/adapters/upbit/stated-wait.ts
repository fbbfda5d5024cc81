import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/instant.ts';
import type { Block } from '../../core/verdict.ts';
import type { UpbitAnswer } from './http-answer.ts';
import { parseHttpDate } from './http-date.ts';

// How long an answer asks us to wait. A 418 is documented to say so in its body, but not in which form, so every form
// that leaves no doubt is read; `Retry-After` is documented nowhere, but a gateway may send it.

/** Where a 418 does not say how long. */
const DEFAULT_BLOCK = 15 * MINUTE;
/** More is likelier misread than meant: an account is asked again after so long, whatever was read. */
const MAX_WAIT = 30 * DAY;
/** So much of a body is looked at, in bytes. */
const BYTES_READ = 4_096;

/** Who a 418 blocks, and until when: as it states, 15 minutes where it states nothing, 30 days at most. */
export function judgeBlock(answer: UpbitAnswer, arrivedAt: Instant): Block {
  const end = arrivedAt + (statedWait(answer, arrivedAt) ?? DEFAULT_BLOCK);
  return {
    // The catalog keeps whole seconds, and the block must not end early there.
    until: Math.ceil(end / SECOND) * SECOND,
    whom: /(?<![a-z])(ip|address)(?![a-z])|주소/i.test(textOf(answer)) ? 'address' : 'account',
  };
}

/**
 * In milliseconds from `arrivedAt`: by `Retry-After`, else by the body, which may name a time (ISO 8601 with its zone, or
 * since 1970) or a duration (in words, the sum of its parts, or a bare number of seconds). Undefined where it does
 * neither, or names a time that is past or has no zone.
 */
export function statedWait(answer: UpbitAnswer, arrivedAt: Instant): number | undefined {
  const header = retryAfter(answer, arrivedAt);
  if (header !== undefined) return header;
  const text = textOf(answer);
  const times = [...isoTimes(text), ...epochTimes(text)].filter((time) => time > arrivedAt);
  if (times.length > 0) return capped(Math.max(...times) - arrivedAt);
  const rest = text.replace(KOREAN_TIME, '');
  const parts = DURATIONS.flatMap(([form, ms]) => {
    const amount = form.exec(rest)?.[1];
    return amount === undefined ? [] : [Number(amount) * ms];
  });
  return parts.length === 0 ? undefined : capped(parts.reduce((sum, part) => sum + part, 0));
}

/** What the header `Retry-After` says, seconds or a date, in milliseconds from `arrivedAt`, 30 days at most. */
export function retryAfter({ retryAfter: header }: UpbitAnswer, arrivedAt: Instant): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return capped(Number(text) * SECOND);
  const time = parseHttpDate(text);
  return time === undefined ? undefined : capped(Math.max(0, time - arrivedAt));
}

const capped = (wait: number) => Math.min(wait, MAX_WAIT);

function textOf({ body }: UpbitAnswer): string {
  return new TextDecoder().decode(body?.subarray(0, BYTES_READ));
}

function isoTimes(text: string): number[] {
  const form = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/g;
  return (text.match(form) ?? []).map(Date.parse).filter((time) => !Number.isNaN(time));
}

/** Thirteen digits are milliseconds since 1970, ten are seconds. */
function epochTimes(text: string): number[] {
  return (text.match(/(?<![\d.])(?:\d{13}|\d{10})(?![\d.])/g) ?? []).map(
    (digits) => Number(digits) * (digits.length === 10 ? SECOND : 1),
  );
}

/** A date or a time of day in Korean, `11월 22일 15시 10분`: it has no zone, and its parts would be read as durations. */
const KOREAN_TIME = /\d+\s*월\s*\d+\s*일|\d+\s*일까지|\d+\s*시(?!간)(?:\s*\d+\s*분)?(?:\s*\d+\s*초)?/g;

const DURATIONS: readonly (readonly [form: RegExp, ms: number])[] = [
  [/(\d{1,9})\s*(?:ms\b|milliseconds?|밀리초)/i, 1],
  [/(\d{1,7})\s*(?:s\b|secs?\b|seconds?|초)/i, SECOND],
  [/(\d{1,6})\s*(?:m\b|mins?\b|minutes?|분)/i, MINUTE],
  [/(\d{1,4})\s*(?:h\b|hrs?\b|hours?|시간)/i, HOUR],
  [/(\d{1,3})\s*(?:d\b|days?|일)/i, DAY],
  // A body, or a field of it, that is a number of seconds.
  [/^\s*(\d{1,7})\s*$/, SECOND],
  [/"[a-z_-]*(?:seconds?|secs?|retry[_-]?after)"\s*:\s*"?(\d{1,7})(?!\d)/i, SECOND],
];
