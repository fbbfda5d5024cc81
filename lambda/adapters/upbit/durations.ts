import { DAY, HOUR, MINUTE, SECOND } from '../../core/instant.ts';

/** A duration found in a text. */
export interface Duration {
  readonly ms: number;
  /** The end of the text before it, and the start of the text after it. */
  readonly before: string;
  readonly after: string;
}

/** How much of the text around a duration is kept, in characters. */
const CONTEXT = 60;

/** `3600.5` or `1,200`. */
const NUMBER = String.raw`(?<!\d)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const UNITS: readonly (readonly [words: string, ms: number])[] = [
  ['milliseconds?|millis|msecs?|ms|밀리초', 1],
  ['seconds?|secs?|s|초', SECOND],
  ['minutes?|mins?|m|분', MINUTE],
  ['hours?|hrs?|h|시간', HOUR],
  // Not the day of a date: 11월 22일, 22일까지, 22일 오후, 22일 15시.
  [String.raw`days?|d|(?<!월\s*\d+\s*)일(?!\s*(?:까지|오[전후]|\d+\s*시(?!간)))`, DAY],
  ['weeks?|w|주일', 7 * DAY],
  ['months?|개월', 30 * DAY],
];
const ANY_UNIT = UNITS.map(([words]) => `(${words})`).join('|');
const PART = new RegExp(`(${NUMBER})\\s*(?:${ANY_UNIT})(?![a-z])`, 'gi');
/** What may come between the parts of one duration: 2 hours, 30 minutes and 5 seconds. */
const JOINT = /^(?:\s|,|and|및)*$/i;
/**
 * A member of JSON, in seconds unless its name or value says otherwise: `"retry_after":300`, `"remainingMinutes":"5"`,
 * `"retry_after":"2 hours"`. A number of ten digits or more is a time.
 */
const MEMBER = new RegExp(
  `"[\\w-]*?(?:retry[_-]?(?:after|in)|remaining[_-]?time|ttl|(?:[_-]|(?=[A-Z])|(?<="))(milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?))"\\s*:\\s*"?(?!\\d{10})(${NUMBER})\\s*([a-z]*)`,
  'gi',
);
/** A text that is a number of seconds. */
const BARE = new RegExp(`^\\s*"?(${NUMBER})"?\\s*$`);

/**
 * Every duration in a text, in English or Korean words, as a member of JSON or as a bare number of seconds; the parts of one
 * (`1 hour 30 minutes`) together. A member and a bare number count as a wait that was asked for in words (`wait 300 s`).
 */
export function durations(text: string): Duration[] {
  const words = text
    .replace(BARE, 'wait $1 s')
    .replace(
      MEMBER,
      (_, unit: string | undefined, amount: string, its: string) =>
        ` wait ${amount} ${its || (unit ?? 's')} `,
    );
  const found: (Pick<Duration, 'ms'> & { readonly start: number; readonly end: number })[] = [];
  for (const match of words.matchAll(PART)) {
    const [part, amount = '', ...units] = match;
    const { index: start } = match;
    const end = start + part.length;
    const ms = Number(amount.replaceAll(',', '')) * (UNITS[units.findIndex(Boolean)]?.[1] ?? 0);
    const last = found.at(-1);
    if (last !== undefined && JOINT.test(words.slice(last.end, start)))
      found.splice(-1, 1, { start: last.start, end, ms: last.ms + ms });
    else found.push({ start, end, ms });
  }
  return found.map(({ start, end, ms }) => ({
    ms,
    before: words.slice(Math.max(0, start - CONTEXT), start),
    after: words.slice(end, end + CONTEXT),
  }));
}
