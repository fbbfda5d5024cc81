import { type Instant, parseSecond } from '../../lambda/core/instant.ts';

/** The files of an evidence folder, by their path in it: texts, and a time-stamp token as bytes. */
export type EvidenceFiles = ReadonlyMap<string, string | Uint8Array>;

/** The text of a file; empty if it is not there, or is not text. */
export function textIn(evidence: EvidenceFiles, name: string): string {
  const text = evidence.get(name);
  return typeof text === 'string' ? text : '';
}

/** The claims in evidence.txt, by name; empty text for one that is not there. */
export function claimsOf(evidence: EvidenceFiles): (name: string) => string {
  const lines = textIn(evidence, 'evidence.txt')
    .split('\n')
    .map((line) => line.split(' '));
  const claims = new Map(lines.map(([name = '', ...value]) => [name, value.join(' ')]));
  return (name) => claims.get(name) ?? '';
}

/** The names of the claims, in order. */
const CLAIMS = [
  'form',
  'account',
  'slot',
  'day',
  'timeZone',
  'sealedAt',
  'root',
  'rootDay',
  'simulated',
] as const;

/** The names of the claims about a time-stamp token, in order: its file, the SHA-256 of that, and what it says. All or none. */
const STAMP_CLAIMS = ['token', 'tokenHash', 'signedAt', 'authority'] as const;

/** What evidence.txt says about a time-stamp token. */
export type StampClaims = Readonly<Record<(typeof STAMP_CLAIMS)[number], string>>;

/** evidence.txt: a line `name value` for each claim. */
export function claimsText(
  claims: Readonly<Record<(typeof CLAIMS)[number], string>>,
  stamp: StampClaims | undefined,
): string {
  return (
    CLAIMS.map((name) => lineOf(name, claims[name])).join('') +
    (stamp === undefined ? '' : STAMP_CLAIMS.map((name) => lineOf(name, stamp[name])).join(''))
  );
}

/** Whether evidence.txt has each claim once, in order, and nothing else. */
export function isWholeClaim(evidence: EvidenceFiles): boolean {
  const claim = claimsOf(evidence);
  const names = claim('token') === '' ? CLAIMS : [...CLAIMS, ...STAMP_CLAIMS];
  return evidence.get('evidence.txt') === names.map((name) => lineOf(name, claim(name))).join('');
}

function lineOf(name: string, value: string): string {
  return `${name} ${value}\n`;
}

/** The files of the days, in order. */
export function daysOf(evidence: EvidenceFiles): readonly string[] {
  return [...evidence.keys()].filter((name) => /^days\/[^./][^/]*\.txt$/.test(name)).sort();
}

/** When the day of a file begins, which its name says: `days/2026-03-31T0000Z.txt`. */
export function startOf(file: string): Instant | undefined {
  return parseSecond(file.slice('days/'.length).replace(/^(.*T\d\d)(\d\d)Z\.txt$/, '$1:$2:00Z'));
}
