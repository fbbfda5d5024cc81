import { sha256 } from '../../lambda/adapters/sha256.ts';
import { canonicalJson, isList, type Plain } from '../../lambda/core/canonical.ts';
import { claimsOf, daysOf, type EvidenceFiles, textIn } from './claims.ts';
import { examineClaims } from './examine-claims.ts';
import type { EvidenceProblem } from './problem.ts';

/**
 * Checks evidence as `check.sh` does without certificates; then, if nothing is wrong, what only explains the rest: the claimed
 * dates, the page and `check.sh`, which must be what this program would write.
 *
 * @param expected the kept root of one of its days; any root if undefined.
 */
export function examineEvidence(files: EvidenceFiles, expected?: string): EvidenceProblem[] {
  const problems = [...examineRecord(files), ...examineDays(files, expected), ...examineTokenFile(files)];
  return problems.length > 0 ? problems : examineClaims(files);
}

/** The hash of the record is in the lines of the account, and the hash of those is in the first day. */
function examineRecord(files: EvidenceFiles): EvidenceProblem[] {
  const claim = claimsOf(files);
  const [account, slot, day] = [claim('account'), claim('slot'), claim('day')];
  const problems: EvidenceProblem[] = [];
  const changed = (what: string) => problems.push({ day, account, problem: 'changed', what });
  if (claim('form') !== '1') changed('evidence.txt is not of form 1');
  const item = textIn(files, 'item.json');
  const record = parsed(item);
  if (canonicalJson(record) !== item)
    changed('item.json is not canonical JSON, so it can be read in two ways');
  if (record['account'] !== account) changed(`item.json is not of the account ${account}`);
  if (record['slot'] !== slot) changed(`item.json is not of the slot ${slot}`);
  const lines = textIn(files, 'account.txt');
  if (!isOnlyLine(slot, sha256(item), lines))
    changed(`item.json does not have the hash that account.txt lists for ${slot}`);
  const [first] = daysOf(files);
  if (first !== undefined && !isOnlyLine(account, sha256(lines), textIn(files, first)))
    changed(`account.txt does not have the hash that ${first} lists for ${account}`);
  return problems;
}

/** Each day begins with the root of the day before it, and the last has the root that is claimed. */
function examineDays(files: EvidenceFiles, expected: string | undefined): EvidenceProblem[] {
  const claim = claimsOf(files);
  const problems: EvidenceProblem[] = [];
  const chain = (day: string, what: string) =>
    problems.push({ day, account: undefined, problem: 'chain', what });
  let previous: string | undefined;
  const roots = new Set<string>();
  for (const name of daysOf(files)) {
    const text = textIn(files, name);
    if (previous !== undefined && text.split('\n')[0] !== previous)
      chain(dateIn(name), `${name} does not begin with the root of the day before it, ${previous}`);
    previous = sha256(text);
    roots.add(previous);
  }
  const root = claim('root');
  if (previous === undefined) chain(claim('day'), 'there is no file in days');
  else if (previous !== root)
    chain(claim('rootDay'), `the last day has the root ${previous}, but evidence.txt says ${root}`);
  if (expected !== undefined && !roots.has(expected))
    chain(claim('rootDay'), `no day of this evidence has the root ${expected}`);
  return problems;
}

/** The token of a time-stamp authority is the one that is claimed. What it says is not looked at here. */
function examineTokenFile(files: EvidenceFiles): EvidenceProblem[] {
  const claim = claimsOf(files);
  const name = claim('token');
  const token = files.get(name);
  if (name === '' || (token !== undefined && sha256(token) === claim('tokenHash'))) return [];
  const what = `${name} does not have the hash that evidence.txt gives for it`;
  return [{ day: claim('day'), account: undefined, problem: 'timestamp', what }];
}

/** Whether a text has one line of this name, and that has this hash: two would let the same root stand for two records. */
function isOnlyLine(name: string, hash: string, text: string): boolean {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith(`${name} `));
  return lines.length === 1 && lines[0] === `${name} ${hash}`;
}

/** The record; empty if it is not one. */
function parsed(item: string): Readonly<Record<string, Plain>> {
  try {
    const value: Plain = JSON.parse(item);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: Plain): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !isList(value);
}

function dateIn(file: string): string {
  return file.slice('days/'.length, 'days/2026-11-22'.length);
}
