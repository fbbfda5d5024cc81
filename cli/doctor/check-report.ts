import { FAILURES, isFailureCode, remedyOf } from '../../lambda/core/failures.ts';
import { parseSecond } from '../../lambda/core/instant.ts';
import { EXPIRY_REMEDY, expiryText, isExpirySoon } from '../../lambda/core/key-expiry.ts';
import { isObject, type Parsed } from '../../lambda/core/parsed.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { type Echo, type Finding, ok, wrong } from './finding.ts';
import { NO_KEYS_YET } from './secret.ts';

/** The alarms that a key which expires soon raises, one after the other. */
const EXPIRY_ALARMS = ['key-expires', 'key-expires-soon', 'key-expires-tomorrow'];

/**
 * Evaluates a check report from any version of the collector: what an older one does not report is mentioned once, and
 * anything extra from a newer one is ignored. Returns a problem if it is not a check report.
 */
export function judgeReport(report: unknown): Parsed<Finding[]> {
  const accounts = isObject(report) && report['check'] === true ? report['accounts'] : undefined;
  if (!isObject(report) || !Array.isArray(accounts)) return { problem: 'its answer is not a check report' };
  const lines: unknown[] = accounts;
  const findings = [...judgeVersion(report['version']), ...judgeAddress(report), ...lines.flatMap(judgeLine)];
  return { value: findings };
}

function judgeVersion(version: unknown): Finding[] {
  if (version === VERSION) return [];
  const deployed =
    typeof version === 'string'
      ? `version ${version}`
      : 'older: it does not report its version, its address or when keys expire';
  return [
    wrong('version', `the deployed code is ${deployed}; this is ${VERSION}`, 'Deploy again: npx cdk deploy.'),
  ];
}

function judgeAddress({ address, addressIsFixed }: Readonly<Record<string, unknown>>): Finding[] {
  if (address === undefined) return [];
  if (typeof address !== 'string')
    return [ok('address', 'unknown; it matters only for keys that are bound to an address')];
  return [
    ok(
      'address',
      `Requests come from ${address}, ${addressIsFixed === true ? 'which is fixed' : 'which may change'}`,
    ),
  ];
}

function judgeLine(line: unknown): Finding[] {
  const { account, outcome, detail, remedy, currencies, daysToExpiry } = isObject(line) ? line : {};
  if (typeof account !== 'string' || typeof outcome !== 'string') return [];
  if (outcome !== 'ok') {
    const words = typeof detail === 'string' ? detail : undefined;
    const todo = typeof remedy === 'string' ? remedy : remedyOf(outcome);
    return [
      {
        ...wrong(account, whatFailed(outcome, words), todo),
        tells: [`${account} ${outcome}`, 'account-failed'],
        echoes: words === undefined ? [] : inSecret(account, outcome, words, todo),
      },
    ];
  }
  // In Korea an account of ours is one pocket: a transfer to another looks like a loss.
  const where = account.startsWith('kr/') ? ' in its pocket, the only one that this key sees' : '';
  const signsIn = `signs in, ${currencies === 1 ? '1 currency' : `${currencies} currencies`}${where}`;
  const expiresAt =
    isObject(line) && typeof line['expiresAt'] === 'string' ? parseSecond(line['expiresAt']) : undefined;
  if (expiresAt === undefined || typeof daysToExpiry !== 'number')
    return [ok(account, `${signsIn}; expiry unknown; add expiresOn to the secret to be warned`)];
  const found = `${signsIn}; the key expires at ${expiryText(expiresAt, daysToExpiry)}`;
  return [
    isExpirySoon(daysToExpiry)
      ? { ...wrong(account, found, EXPIRY_REMEDY), tells: EXPIRY_ALARMS }
      : ok(account, found),
  ];
}

/** What a finding about the secret may already say of an account without a usable key. */
function inSecret(account: string, outcome: string, detail: string, remedy: string | undefined): Echo[] {
  if (outcome !== 'keys.missing') return [{ of: detail }];
  // The remarks about the secret follow, as the likeliest reason.
  const [missing = '', ...remarks] = detail.split('; ');
  const instead = wrong(account, whatFailed(outcome, missing), remedy);
  return [{ of: NO_KEYS_YET }, { of: remarks.join('; '), instead }];
}

/** What the code means, with the detail. For an invalid key, only the detail says what is wrong. */
function whatFailed(code: string, detail: string | undefined): string {
  if (!isFailureCode(code) || (code === 'key.invalid' && detail !== undefined))
    return `${code}: ${detail ?? ''}`;
  const { happened } = FAILURES[code];
  return detail === undefined ? `${code}: ${happened}` : `${code}: ${happened} (${detail})`;
}
