import { type AccountName, regionOf } from '../core/account.ts';
import { type FailureCode, remedyOf } from '../core/failures.ts';
import { formatSecond, type Instant } from '../core/instant.ts';
import { type ApiKey, daysUntil } from '../core/keys.ts';
import { REGIONS, type Region, type SigningAlgorithm } from '../core/regions.ts';
import { hasKey, rollCall, type Subject } from '../core/roll-call.ts';
import type { Refusal, Verdict } from '../core/verdict.ts';
import { CALL_TIMEOUT, CONCURRENT_CALLS } from './call-limits.ts';
import { FairShares } from './fair-shares.ts';
import { explain, type KeyTrouble } from './key-trouble.ts';
import type { AskOverrides, CollectorParts, CollectorSettings } from './ports.ts';

/** What one account's key can do. */
export interface CheckLine {
  readonly account: AccountName;
  readonly outcome: 'ok' | FailureCode;
  readonly detail?: string;
  readonly remedy?: string;
  readonly currencies: number | null;
  /** When the key expires, from Upbit or else from the secret: `2026-12-01T00:00:00Z`; null if unknown. */
  readonly expiresAt: string | null;
  /** Whole days until then; negative once it is past. */
  readonly daysToExpiry: number | null;
}

/** The state of every key. */
export interface CheckReport {
  readonly check: true;
  /** Version of the code that ran the check. */
  readonly version: string;
  /** The address our requests come from; null if unknown. */
  readonly address: string | null;
  /** True if that address does not change. */
  readonly addressIsFixed: boolean;
  /** In order of region and account. */
  readonly accounts: readonly CheckLine[];
  readonly remarks: readonly string[];
}

/** The settings of a check: those of a collector, and these. */
export interface CheckSettings extends CollectorSettings {
  readonly algorithm: (region: Region) => SigningAlgorithm;
  /** Our fixed address; undefined if there is none. */
  readonly egressAddress: string | undefined;
}

/** The parts of a check: those of a collector, and these. */
export interface CheckParts extends CollectorParts {
  /** Our public address; undefined if unknown. Never throws. */
  readonly findAddress: () => Promise<string | undefined>;
}

/**
 * Signs in with every key of the configured regions, and reports the outcome, its cause, and when the key expires.
 * Stores nothing. Skips accounts that Upbit has blocked; remembers a new block for as long as the process lives.
 *
 * @throws CodedError secret.* or ledger.* if the keys or the catalog cannot be read.
 */
export async function check(settings: CheckSettings, parts: CheckParts): Promise<CheckReport> {
  const now = parts.clock.now();
  const { egressAddress } = settings;
  // A user who runs a check has probably just changed the secret, so do not use cached keys.
  const [keys, catalog, address] = await Promise.all([
    parts.keys.reload(),
    parts.catalog.get(),
    egressAddress ?? parts.findAddress(),
  ]);
  parts.blocks.learn(catalog.value);
  const checked = new Check(settings, parts, address);
  const shares = new FairShares(CONCURRENT_CALLS);
  const lines = await Promise.all(
    settings.regions.map((region) =>
      shares.enter((limit) =>
        Promise.all(
          rollCall(region, keys, catalog.value, now).map((subject) => limit(() => checked.line(subject))),
        ),
      ),
    ),
  );
  return {
    check: true,
    version: settings.writer,
    address: address ?? null,
    addressIsFixed: egressAddress !== undefined,
    accounts: lines.flat(),
    remarks: keys.remarks,
  };
}

class Check {
  readonly #settings: CheckSettings;
  readonly #parts: CheckParts;
  readonly #address: string | undefined;

  constructor(settings: CheckSettings, parts: CheckParts, address: string | undefined) {
    this.#settings = settings;
    this.#parts = parts;
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

  /** Calls Upbit unless a block is known; remembers a new block. */
  async #ask(account: AccountName, key: ApiKey, overrides: AskOverrides): Promise<Verdict> {
    const host = overrides.region ?? regionOf(account);
    const { blocks, clock, exchange } = this.#parts;
    const skipped = blocks.reasonToSkip(account, clock.now(), host);
    if (skipped !== undefined) return { kind: 'refusal', ...skipped, retry: 'never' };
    const verdict = await exchange.ask(account, key, CALL_TIMEOUT, overrides);
    if (verdict.kind === 'refusal' && verdict.block !== undefined) blocks.note(account, host, verdict.block);
    return verdict;
  }

  async #askExpiry(account: AccountName, key: ApiKey): Promise<Instant | undefined> {
    const { blocks, clock, exchange } = this.#parts;
    if (blocks.until(account) > clock.now()) return undefined;
    const { expiresAt, block } = await exchange.expiry(account, key, CALL_TIMEOUT);
    if (block !== undefined) blocks.note(account, regionOf(account), block);
    return expiresAt;
  }

  async #explain(account: AccountName, key: ApiKey, refusal: Refusal): Promise<KeyTrouble> {
    const { regions, algorithm, egressAddress } = this.#settings;
    if (refusal.code === 'key.addressNotAllowed' && this.#address !== undefined)
      return notAllowed(refusal, regionOf(account), this.#address, egressAddress !== undefined);
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

function notAllowed({ detail }: Refusal, region: Region, address: string, isFixed: boolean): KeyTrouble {
  const register = `Register ${address} with the key at Upbit.`;
  // The detail already names a fixed address.
  if (isFixed) return { detail, remedy: register };
  return {
    detail: `${detail}, asked from ${address}`,
    remedy: `${register} It may change: set the configuration key egress to nat-instance or nat-gateway for a fixed one${
      REGIONS[region].listsAddresses ? '' : ', or leave the key’s list empty where Upbit allows it'
    }.`,
  };
}

function failed(account: AccountName, outcome: FailureCode, { detail, remedy }: KeyTrouble) {
  return { account, outcome, detail, ...(remedy === undefined ? {} : { remedy }), currencies: null };
}
