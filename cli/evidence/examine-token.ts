import { DAY, formatSecond } from '../../lambda/core/instant.ts';
import type { ReadTimestamp } from '../../lambda/core/seal.ts';
import { claimsOf, daysOf, type EvidenceFiles, startOf, textIn } from './claims.ts';
import type { EvidenceProblem } from './problem.ts';

/**
 * Checks the time-stamp token in evidence, if it has one: that it is for the day it is named after, and agrees with evidence.txt.
 *
 * @param isAsked whether there must be one: somebody gave certificates to check it with.
 */
export async function examineToken(
  files: EvidenceFiles,
  readTimestamp: ReadTimestamp,
  isAsked = false,
): Promise<EvidenceProblem[]> {
  const claim = claimsOf(files);
  const name = claim('token');
  const problem = (what: string): EvidenceProblem[] => [
    { day: claim('day'), account: undefined, problem: 'timestamp', what },
  ];
  if (name === '') return isAsked ? problem('this evidence has no token to check with certificates') : [];
  const token = files.get(name);
  const day = name.replace(/tst$/, 'txt');
  const begins = startOf(day);
  if (
    token === undefined ||
    typeof token === 'string' ||
    begins === undefined ||
    !daysOf(files).includes(day)
  )
    return problem(`${name} is not the token of a day in this folder`);
  const { value, problem: why } = await readTimestamp(token, textIn(files, day), begins + DAY);
  if (why !== undefined) return problem(`${name} ${why}`);
  if (formatSecond(value.at) !== claim('signedAt') || value.authority !== claim('authority'))
    return problem(
      `${name} was signed at ${formatSecond(value.at)} by ${value.authority}, but evidence.txt says otherwise`,
    );
  return [];
}
