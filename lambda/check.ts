import pLimit from 'p-limit';
import type { AccountName } from './core/account.ts';
import type { Catalog } from './core/catalog.ts';
import { type FailureCode, remedyOf } from './core/failures.ts';
import { formatSecond, type Instant, SECOND } from './core/instant.ts';
import { hasKey, rollCall, type Subject } from './core/roll-call.ts';
import type { CollectorParts, CollectorSettings } from './ports.ts';

/** What one account's key can do. */
export interface CheckLine {
  readonly account: AccountName;
  readonly outcome: 'ok' | FailureCode;
  readonly detail?: string;
  readonly remedy?: string;
  readonly currencies: number | null;
}

/** The state of every key. */
export interface CheckReport {
  readonly check: true;
  readonly accounts: readonly CheckLine[];
  readonly remarks: readonly string[];
}

const PLACES = 50;
const ATTEMPT = 5 * SECOND;

/**
 * Signs in with every key of the configured regions, once, and says what became of it. Stores nothing. An account
 * that Upbit has blocked is not asked.
 *
 * @throws CodedError secret.* or ledger.* where the keys or the catalog cannot be read.
 */
export async function check(settings: CollectorSettings, parts: CollectorParts): Promise<CheckReport> {
  const now = parts.clock.now();
  // A person who checks has just changed the secret: what a warm process remembers is not good enough.
  const [keys, catalog] = await Promise.all([parts.keys.reload(), parts.catalog.get()]);
  const subjects = settings.regions.flatMap((region) => rollCall(region, keys, catalog.value, now));
  const places = pLimit(PLACES);
  const accounts = await Promise.all(
    subjects.map((subject) => places(() => checkOne(subject, catalog.value, parts, now))),
  );
  return { check: true, accounts, remarks: keys.remarks };
}

async function checkOne(
  subject: Subject,
  catalog: Catalog,
  parts: CollectorParts,
  now: Instant,
): Promise<CheckLine> {
  const { account, key } = subject;
  if (!hasKey(key)) return failed(account, key.code, key.detail);
  const blockedUntil = catalog.accounts.get(account)?.blockedUntil;
  if (blockedUntil !== undefined && blockedUntil > now) {
    return failed(
      account,
      'upbit.blocked',
      `not asked: Upbit’s block lasts until ${formatSecond(blockedUntil)}`,
    );
  }
  const verdict = await parts.exchange.ask(account, key, ATTEMPT);
  if (verdict.kind === 'refusal') return failed(account, verdict.code, verdict.detail);
  return { account, outcome: 'ok', currencies: verdict.balances.length };
}

function failed(account: AccountName, code: FailureCode, detail: string): CheckLine {
  const remedy = remedyOf(code);
  return { account, outcome: code, detail, ...(remedy === undefined ? {} : { remedy }), currencies: null };
}
