import { formatSecond } from '../../lambda/core/instant.ts';
import type { ReadTimestamp } from '../../lambda/core/seal.ts';
import { claimsOf, daysOf, type EvidenceFiles, textIn } from './claims.ts';
import type { EvidenceProblem } from './problem.ts';

/**
 * Checks the time-stamp token in evidence, if it has one: that it is for the day it is named after, and agrees with evidence.txt.
 */
export async function examineToken(
  files: EvidenceFiles,
  readTimestamp: ReadTimestamp,
): Promise<EvidenceProblem[]> {
  const claim = claimsOf(files);
  const name = claim('token');
  if (name === '') return [];
  const problem = (what: string): EvidenceProblem[] => [
    { day: claim('day'), account: undefined, problem: 'timestamp', what },
  ];
  const token = files.get(name);
  const day = name.replace(/tst$/, 'txt');
  if (token === undefined || typeof token === 'string' || !daysOf(files).includes(day))
    return problem(`${name} is not the token of a day in this folder`);
  const { value, problem: why } = await readTimestamp(token, textIn(files, day));
  if (why !== undefined) return problem(`${name} ${why}`);
  if (formatSecond(value.at) !== claim('signedAt') || value.authority !== claim('authority'))
    return problem(
      `${name} was signed at ${formatSecond(value.at)} by ${value.authority}, but evidence.txt says otherwise`,
    );
  return [];
}
