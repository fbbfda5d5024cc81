import pLimit from 'p-limit';
import { type AccountName, regionOf } from '../core/account.ts';
import type { Catalog } from '../core/catalog.ts';
import { type FailureCode, remedyOf } from '../core/failures.ts';
import { formatSecond, type Instant } from '../core/instant.ts';
import { type ApiKey, daysUntil } from '../core/keys.ts';
import type { Region, SigningAlgorithm } from '../core/regions.ts';
import { hasKey, rollCall, type Subject } from '../core/roll-call.ts';
import type { Refusal, Verdict } from '../core/verdict.ts';
import { CALL_TIMEOUT, CONCURRENT_CALLS } from './call-limits.ts';
import { explain, type KeyTrouble } from './key-trouble.ts';
import type { AskOverrides, CollectorParts, CollectorSettings } from './ports.ts';

/** What one account's key can do. */
export interface CheckLine {
  readonly account: AccountName;
  readonly outcome: 'ok' | FailureCode;
  readonly detail?: string;
  readonly remedy?: string;
  readonly currencies: number | null;
  /** When the key expires, as Upbit says, or else the secret: `2026-12-01T00:00:00Z`; null where neither does. */
  readonly expiresAt: string | null;
  /** Whole days until then; negative once it is past. */
  readonly daysToExpiry: number | null;
}

/** The state of every key. */
export interface CheckReport {
  readonly check: true;
  /** Of the code that checked. */
  readonly version: string;
  /** The address Upbit is asked from; null where nobody says. */
  readonly address: string | null;
  /** True where that address is ours to keep. */
  readonly addressIsFixed: boolean;
  /** In order of region and account. */
  readonly accounts: readonly CheckLine[];
  readonly remarks: readonly string[];
}

/** What a check is set to do, beside what a collector is. */
export interface CheckSettings extends CollectorSettings {
  readonly algorithm: (region: Region) => SigningAlgorithm;
  /** The address that stays ours; undefined where there is none. */
  readonly egressAddress: string | undefined;
}

/** What a check uses, beside what a collector does. */
export interface CheckParts extends CollectorParts {
  /** The address that others see; undefined where nobody says. Never throws. */
  readonly findAddress: () => Promise<string | undefined>;
}

/**
 * Signs in with every key of the configured regions, and says what became of it, why, and when the key expires.
 * Stores nothing. An account that Upbit has blocked is not asked; a block that this check meets is remembered for as
 * long as the process lives.
 *
 * @throws CodedError secret.* or ledger.* where the keys or the catalog cannot be read.
 */
export async function check(settings: CheckSettings, parts: CheckParts): Promise<CheckReport> {
  const now = parts.clock.now();
  const { egressAddress } = settings;
  // A person who checks has just changed the secret: what a warm process remembers is not good enough.
  const [keys, catalog, address] = await Promise.all([
    parts.keys.reload(),
    parts.catalog.get(),
    egressAddress ?? parts.findAddress(),
  ]);
  const subjects = settings.regions.flatMap((region) => rollCall(region, keys, catalog.value, now));
  const places = pLimit(CONCURRENT_CALLS);
  const checked = new Check(settings, parts, catalog.value, address);
  const accounts = await Promise.all(subjects.map((subject) => places(() => checked.line(subject))));
  return {
    check: true,
    version: settings.writer,
    address: address ?? null,
    addressIsFixed: egressAddress !== undefined,
    accounts,
    remarks: keys.remarks,
  };
}

/** One check: what it knows, and how it asks. */
class Check {
  readonly #settings: CheckSettings;
  readonly #parts: CheckParts;
  readonly #catalog: Catalog;
  readonly #address: string | undefined;

  constructor(settings: CheckSettings, parts: CheckParts, catalog: Catalog, address: string | undefined) {
    this.#settings = settings;
    this.#parts = parts;
    this.#catalog = catalog;
    this.#address = address;
  }

  async line({ account, key }: Subject): Promise<CheckLine> {
    if (!hasKey(key))
      return { ...failed(account, key.code, { ...key, remedy: remedyOf(key.code) }), ...NO_EXPIRY };
    const verdict = await this.#ask(account, key, {});
    if (verdict.kind === 'refusal')
      return {
        ...failed(account, verdict.code, await this.#explain(account, key, verdict)),
        ...this.#expiry(key.expiresOn),
      };
    return {
      account,
      outcome: 'ok',
      currencies: verdict.balances.length,
      ...this.#expiry((await this.#askExpiry(account, key)) ?? key.expiresOn),
    };
  }

  /** Asks, unless a block is known of; remembers a block that is met. */
  async #ask(account: AccountName, key: ApiKey, overrides: AskOverrides): Promise<Verdict> {
    const host = overrides.region ?? regionOf(account);
    const until = this.#blockedUntil(account, host);
    if (until > this.#parts.clock.now()) {
      const detail = `not asked: Upbit’s block lasts until ${formatSecond(until)}`;
      return { kind: 'refusal', code: 'upbit.blocked', detail, retry: 'never' };
    }
    const verdict = await this.#parts.exchange.ask(account, key, CALL_TIMEOUT, overrides);
    if (verdict.kind === 'refusal' && verdict.block !== undefined)
      this.#parts.blocks.note(account, host, verdict.block);
    return verdict;
  }

  async #askExpiry(account: AccountName, key: ApiKey): Promise<Instant | undefined> {
    const host = regionOf(account);
    if (this.#blockedUntil(account, host) > this.#parts.clock.now()) return undefined;
    const { expiresAt, block } = await this.#parts.exchange.expiry(account, key, CALL_TIMEOUT);
    if (block !== undefined) this.#parts.blocks.note(account, host, block);
    return expiresAt;
  }

  #blockedUntil(account: AccountName, host: Region): Instant {
    const inCatalog = this.#catalog.accounts.get(account)?.blockedUntil ?? 0;
    return Math.max(inCatalog, this.#parts.blocks.until(account, host) ?? 0);
  }

  async #explain(account: AccountName, key: ApiKey, refusal: Refusal): Promise<KeyTrouble> {
    const { regions, algorithm, egressAddress } = this.#settings;
    if (refusal.code === 'key.addressNotAllowed' && this.#address !== undefined)
      return notAllowed(refusal, this.#address, egressAddress !== undefined);
    return await explain(refusal, {
      account,
      regions,
      algorithm: algorithm(regionOf(account)),
      ask: (overrides) => this.#ask(account, key, overrides),
    });
  }

  #expiry(expiresAt: Instant | undefined): Pick<CheckLine, 'expiresAt' | 'daysToExpiry'> {
    if (expiresAt === undefined) return NO_EXPIRY;
    const daysToExpiry = daysUntil(expiresAt, this.#parts.clock.now());
    return { expiresAt: formatSecond(expiresAt), daysToExpiry };
  }
}

const NO_EXPIRY = { expiresAt: null, daysToExpiry: null } as const;

function notAllowed({ detail }: Refusal, address: string, isFixed: boolean): KeyTrouble {
  const register = `Register ${address} with the key at Upbit.`;
  // A fixed address stands in the detail already.
  if (isFixed) return { detail, remedy: register };
  return {
    detail: `${detail}, asked from ${address}`,
    remedy: `${register} It may be another one next time: set the configuration key egress to nat-instance or nat-gateway for one that stays, or leave the key’s list empty where Upbit allows it.`,
  };
}

function failed(account: AccountName, outcome: FailureCode, { detail, remedy }: KeyTrouble) {
  return { account, outcome, detail, ...(remedy === undefined ? {} : { remedy }), currencies: null };
}
