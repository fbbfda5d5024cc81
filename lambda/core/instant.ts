/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The last supported second: years have four digits. */
export const END_OF_TIME: Instant = Date.UTC(9999, 11, 31, 23, 59, 59);

/** For a sum: a supported time plus a second, or plus a time zone, may be later than {@link END_OF_TIME}, which it then is. */
export function atMostEnd(instant: Instant): Instant {
  return Math.min(instant, END_OF_TIME);
}

/** Rounded up to a whole second, as slots are; never later than {@link END_OF_TIME}. */
export function secondFrom(instant: Instant): Instant {
  return atMostEnd(Math.ceil(instant / SECOND) * SECOND);
}

const ISO_SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const ISO_MILLISECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** `2026-11-22T06:00:00Z`; fractions of a second are dropped. Throws RangeError outside the years 0 to 9999. */
export function formatSecond(instant: Instant): string {
  return `${formatMillisecond(instant).slice(0, 19)}Z`;
}

/** `2026-11-22T06:00:01.234Z`. Throws RangeError outside the years 0 to 9999. */
export function formatMillisecond(instant: Instant): string {
  const text = new Date(instant).toISOString();
  if (text.length !== 24) throw new RangeError(`the year of instant ${instant} does not have four digits`);
  return text;
}

/** Parses exactly the form of {@link formatSecond}; undefined for anything else, including dates that do not exist. */
export function parseSecond(text: string): Instant | undefined {
  return ISO_SECOND.test(text) ? existing(text) : undefined;
}

/** Parses exactly the form of {@link formatMillisecond}; undefined for anything else. */
export function parseMillisecond(text: string): Instant | undefined {
  return ISO_MILLISECOND.test(text) ? existing(text) : undefined;
}

/** Date.parse moves 30 February to March and 24:00 to the next day, so reject what does not print as it was read. */
function existing(text: string): Instant | undefined {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) return undefined;
  return new Date(instant).toISOString().startsWith(text.slice(0, -1)) ? instant : undefined;
}
