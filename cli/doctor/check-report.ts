import { FAILURES, isFailureCode, remedyOf } from '../../lambda/core/failures.ts';
import { parseSecond } from '../../lambda/core/instant.ts';
import { EXPIRY_REMEDY, expiryText, isExpirySoon } from '../../lambda/core/key-expiry.ts';
import { isObject, type Parsed } from '../../lambda/core/parsed.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { type Finding, ok, wrong } from './finding.ts';

/**
 * Judges the report of a check, whichever version of the collector made it: what an older one does not say is told
 * once, and what a newer one says more is passed over. A problem where it is no such report at all.
 */
export function judgeReport(report: unknown): Parsed<Finding[]> {
  const accounts = isObject(report) && report['check'] === true ? report['accounts'] : undefined;
  if (!isObject(report) || !Array.isArray(accounts)) return { problem: 'its answer is no report of a check' };
  const lines: unknown[] = accounts;
  const findings = [...judgeVersion(report['version']), ...judgeAddress(report), ...lines.flatMap(judgeLine)];
  return { value: findings };
}

function judgeVersion(version: unknown): Finding[] {
  if (version === VERSION) return [];
  const deployed =
    typeof version === 'string'
      ? `of version ${version}`
      : 'older: it does not tell its version, its address or when keys expire';
  return [
    wrong(
      'version',
      `the code that runs is ${deployed}; this is ${VERSION}`,
      'Deploy again: npx cdk deploy.',
    ),
  ];
}

function judgeAddress({ address, addressIsFixed }: Readonly<Record<string, unknown>>): Finding[] {
  if (address === undefined) return [];
  if (typeof address !== 'string')
    return [ok('address', 'not known; it matters only for keys that are bound to one')];
  return [
    ok(
      'address',
      `Upbit is asked from ${address}, ${addressIsFixed === true ? 'which stays' : 'which may change'}`,
    ),
  ];
}

function judgeLine(line: unknown): Finding[] {
  const { account, outcome, detail, remedy, currencies, daysToExpiry } = isObject(line) ? line : {};
  if (typeof account !== 'string' || typeof outcome !== 'string') return [];
  if (outcome !== 'ok') {
    const words = typeof detail === 'string' ? detail : undefined;
    return [
      wrong(account, whatFailed(outcome, words), typeof remedy === 'string' ? remedy : remedyOf(outcome)),
    ];
  }
  const signsIn = `signs in, ${currencies === 1 ? '1 currency' : `${currencies} currencies`}`;
  const expiresAt =
    isObject(line) && typeof line['expiresAt'] === 'string' ? parseSecond(line['expiresAt']) : undefined;
  if (expiresAt === undefined || typeof daysToExpiry !== 'number')
    return [ok(account, `${signsIn}; nobody says when the key expires: expiresOn in the secret would`)];
  const found = `${signsIn}; the key expires at ${expiryText(expiresAt, daysToExpiry)}`;
  return [isExpirySoon(daysToExpiry) ? wrong(account, found, EXPIRY_REMEDY) : ok(account, found)];
}

/** What the code means, and what exactly was met. Of a key that is invalid, only the latter says in which way. */
function whatFailed(code: string, detail: string | undefined): string {
  if (!isFailureCode(code) || (code === 'key.invalid' && detail !== undefined))
    return `${code}: ${detail ?? ''}`;
  const { happened } = FAILURES[code];
  return detail === undefined ? `${code}: ${happened}` : `${code}: ${happened} (${detail})`;
}
