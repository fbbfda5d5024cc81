/** The text of each file of an evidence folder, by its path in the folder. */
export type EvidenceFiles = ReadonlyMap<string, string>;

/** The claims in evidence.txt, by name; empty text for one that is not there. */
export function claimsOf(evidence: EvidenceFiles): (name: string) => string {
  const lines = (evidence.get('evidence.txt') ?? '').split('\n').map((line) => line.split(' '));
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

/** evidence.txt: a line `name value` for each claim. */
export function claimsText(claims: Readonly<Record<(typeof CLAIMS)[number], string>>): string {
  return CLAIMS.map((name) => `${name} ${claims[name]}\n`).join('');
}

/** Whether evidence.txt has each claim once, in order, and nothing else. */
export function isWholeClaim(evidence: EvidenceFiles): boolean {
  const claim = claimsOf(evidence);
  return evidence.get('evidence.txt') === CLAIMS.map((name) => `${name} ${claim(name)}\n`).join('');
}

/** The files of the days, in order. */
export function daysOf(evidence: EvidenceFiles): readonly string[] {
  return [...evidence.keys()].filter((name) => name.startsWith('days/')).sort();
}
