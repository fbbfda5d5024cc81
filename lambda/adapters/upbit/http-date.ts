import type { Instant } from '../../core/instant.ts';

/** The form of a date in a header, to the second: RFC 9110, section 5.6.7. Date.parse alone would find dates in any text. */
const HTTP_DATE = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The instant of a date as HTTP headers have it: `Sun, 22 Nov 2026 06:30:01 GMT`; undefined for any other text. */
export function parseHttpDate(text: string): Instant | undefined {
  const instant = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}
