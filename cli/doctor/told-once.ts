import type { Finding } from './finding.ts';

/**
 * The findings, each fact reported once: what another finding reports is left out, and parts that could not be checked for the same
 * reason share a line. The order is kept.
 */
export function toldOnce(findings: readonly Finding[]): Finding[] {
  return merged(findings.flatMap((finding) => withoutEcho(finding, findings)));
}

function withoutEcho(finding: Finding, all: readonly Finding[]): Finding[] {
  const others = all.filter((other) => other !== finding);
  const echo = finding.echoes?.find(({ of }) => others.some(({ tells }) => tells?.includes(of)));
  if (echo === undefined) return [finding];
  return echo.instead === undefined ? [] : [echo.instead];
}

function merged(findings: readonly Finding[]): Finding[] {
  const lines = new Map<string, Finding>();
  for (const finding of findings) {
    // Two lines may say the same of two accounts; only a shared reason not to know is one fact.
    const key = finding.state === 'unknown' ? finding.found : String(lines.size);
    const before = lines.get(key);
    const lookedAt = before === undefined ? finding.lookedAt : `${before.lookedAt}, ${finding.lookedAt}`;
    lines.set(key, { ...(before ?? finding), lookedAt });
  }
  return [...lines.values()];
}
