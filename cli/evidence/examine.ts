import { sha256 } from '../../lambda/adapters/sha256.ts';
import { claimsOf, daysOf, type EvidenceFiles, isWholeClaim } from './claims.ts';
import { withExplanation } from './files.ts';

/** What in an evidence folder does not fit. */
export interface EvidenceProblem {
  /** The date it is about, as `evidence.txt` or the file of the day has it. */
  readonly day: string;
  /** Undefined if it is about a day as a whole. */
  readonly account: string | undefined;
  readonly problem: 'changed' | 'chain';
  /** One sentence. */
  readonly what: string;
}

/** The files without which there is nothing to check, besides those in `days/`. */
export const NEEDED = ['evidence.txt', 'item.json', 'account.txt'] as const;

/**
 * Checks evidence as `check.sh` does, and that its page and its `check.sh` are what this program would write.
 *
 * @param expected the root of one of its days, as somebody kept it; any if undefined.
 */
export function examineEvidence(files: EvidenceFiles, expected?: string): EvidenceProblem[] {
  const claim = claimsOf(files);
  const text = (name: string) => files.get(name) ?? '';
  const [account, slot, day] = [claim('account'), claim('slot'), claim('day')];
  const problems: EvidenceProblem[] = [];
  const changed = (what: string) => problems.push({ day, account, problem: 'changed', what });
  const chain = (where: string, what: string) =>
    problems.push({ day: where, account: undefined, problem: 'chain', what });

  if (claim('form') !== '1') changed('evidence.txt is not of form 1');
  const item = text('item.json');
  if (!item.includes(`"account":"${account}"`)) changed(`item.json is not of the account ${account}`);
  if (!item.includes(`"slot":"${slot}"`)) changed(`item.json is not of the slot ${slot}`);
  if (!isOnlyLine(slot, sha256(item), text('account.txt')))
    changed(`item.json does not have the hash that account.txt has for ${slot}`);

  const days = daysOf(files);
  const [first] = days;
  if (first === undefined) chain(day, 'there is no file in days');
  else if (!isOnlyLine(account, sha256(text('account.txt')), text(first)))
    changed(`account.txt does not have the hash that ${first} has for ${account}`);
  let previous: string | undefined;
  const roots = new Set<string>();
  for (const name of days) {
    if (previous !== undefined && text(name).split('\n')[0] !== previous)
      chain(dateIn(name), `${name} does not begin with the root of the day before it, ${previous}`);
    previous = sha256(text(name));
    roots.add(previous);
  }
  const root = claim('root');
  if (previous !== undefined && previous !== root)
    chain(claim('rootDay'), `the last day has the root ${previous}, and evidence.txt says ${root}`);
  if (expected !== undefined && !roots.has(expected))
    chain(claim('rootDay'), `no day of this evidence has the root ${expected}`);
  if (problems.length > 0) return problems;

  if (!isWholeClaim(files)) changed('evidence.txt is not what this program writes');

  const evidence = new Map([...files].filter(([name]) => name !== 'check.sh' && name !== 'evidence.html'));
  const written = withExplanation(evidence);
  for (const name of ['check.sh', 'evidence.html'])
    if (files.get(name) !== written.get(name))
      changed(`${name} is not what this program writes to this evidence`);
  return problems;
}

/** Whether a text has one line of this name, and that has this hash: two would let the same root stand for two records. */
function isOnlyLine(name: string, hash: string, text: string): boolean {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith(`${name} `));
  return lines.length === 1 && lines[0] === `${name} ${hash}`;
}

function dateIn(file: string): string {
  return file.slice('days/'.length, 'days/2026-11-22'.length);
}
