import { type Instant, parseSecond } from '../../lambda/core/instant.ts';
import { covers, dayName } from '../../lambda/core/seal.ts';
import { isTimeZone, localMidnight, TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';
import { claimsOf, daysOf, type EvidenceFiles, isWholeClaim, startOf } from './claims.ts';
import { EXPLAINING, withExplanation } from './files.ts';
import type { EvidenceProblem } from './problem.ts';

/**
 * Checks what no hash in evidence covers: that its dates are those of its files, and that its page, its `check.sh` and its sums are what this
 * program would write.
 */
export function examineClaims(files: EvidenceFiles): EvidenceProblem[] {
  const claim = claimsOf(files);
  const [account, slot, day, zone] = [claim('account'), claim('slot'), claim('day'), claim('timeZone')];
  const problems: EvidenceProblem[] = [];
  const changed = (what: string) => problems.push({ day, account, problem: 'changed', what });

  const [first = '', ...rest] = daysOf(files);
  const last = rest.at(-1) ?? first;
  const begins = startOf(first);
  const recorded = parseSecond(slot);
  if (begins === undefined || recorded === undefined || !covers({ from: begins }, recorded))
    changed(`${slot} is not in the day of ${first}`);
  if (!isTimeZone(zone) || !isDay(begins, day, [zone])) changed(`${first} is not the day ${day} in ${zone}`);
  // After a change of time zone, that of the newest day is another.
  if (!isDay(startOf(last), claim('rootDay'), ALL_ZONES))
    changed(`${last} is not the day ${claim('rootDay')}`);
  if (!isWholeClaim(files)) changed('evidence.txt is not what this program would write');

  const written = withExplanation(files);
  for (const name of EXPLAINING)
    if (files.get(name) !== written.get(name))
      changed(`${name} is not what this program would write for this evidence`);
  return problems;
}

const ALL_ZONES = Object.keys(TIME_ZONES).filter(isTimeZone);

/** Whether this is the date of the day that begins then, in one of the time zones. */
function isDay(from: Instant | undefined, date: string, zones: readonly TimeZone[]): boolean {
  return (
    from !== undefined &&
    zones.some((timeZone) => localMidnight(timeZone, from) === from && dayName({ from, timeZone }) === date)
  );
}
