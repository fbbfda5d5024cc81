import { type Instant, parseSecond } from '../../core/instant.ts';

/** The names of the months, at their place in the year. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A year of two digits is never further ahead than this, in years. */
const MAX_AHEAD = 50;

/** The three forms of a date in a header, to the second: RFC 9110, section 5.6.7. Date.parse finds dates in any text. */
const FORMS = [
  // Sun, 22 Nov 2026 06:30:01 GMT
  /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>[\d:]{8}) GMT$/,
  // RFC 850: Sunday, 22-Nov-26 06:30:01 GMT
  /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>[\d:]{8}) GMT$/,
  // asctime: Sun Nov 22 06:30:01 2026, with a space before a day of one digit
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>[\d:]{8}) (?<year>\d{4})$/,
];

/**
 * Parses a date in an HTTP header, in any of the three forms that RFC 9110 tells recipients to accept; undefined for any
 * other text, and for a date that does not exist. A leap second is read as the second before it.
 *
 * @param now decides the century of a year with two digits: the latest that is at most 50 years ahead.
 */
export function parseHttpDate(text: string, now: Instant): Instant | undefined {
  const { day = '', month = '', year = '', time = '' } = matched(text);
  const date = `${fullYear(year, now)}-${twoDigits(MONTHS.indexOf(month) + 1)}-${day.replace(' ', '0')}`;
  return parseSecond(`${date}T${time.replace(/60$/, '59')}Z`);
}

function matched(text: string): Readonly<Record<string, string>> {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined) return groups;
  }
  return {};
}

function fullYear(year: string, now: Instant): string {
  if (year.length !== 2) return year;
  const latest = new Date(now).getUTCFullYear() + MAX_AHEAD;
  return String(latest - ((latest - Number(year)) % 100));
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
