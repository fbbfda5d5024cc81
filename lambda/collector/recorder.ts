import pLimit from 'p-limit';
import { type AccountName, regionOf } from '../core/account.ts';
import { type Answer, type Balance, held } from '../core/balances.ts';
import { type AccountEntry, type Catalog, reopened, withAccount } from '../core/catalog.ts';
import { isZero } from '../core/decimal.ts';
import { CodedError } from '../core/error.ts';
import { type FailureCode, remedyOf } from '../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import { encodeItem } from '../core/item.ts';
import { byCodeOrder } from '../core/order.ts';
import type { Region } from '../core/regions.ts';
import type { Subject } from '../core/roll-call.ts';
import { type Entry, type Failure, isFailure, type Snapshot } from '../core/snapshot.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../core/stored.ts';
import type { RefusedAnswer, ServerClock } from '../core/verdict.ts';
import { CONCURRENT_WRITES } from './call-limits.ts';
import type { CollectorParts } from './ports.ts';
import type { Run } from './run.ts';

/** What a run did for one account. */
export interface ReportLine {
  readonly account: AccountName;
  /** `ok`: recorded; `duplicate`: the slot was already recorded; a failure code; or `unrecorded`. */
  readonly outcome: 'ok' | 'duplicate' | 'unrecorded' | FailureCode;
  /** How many calls to Upbit were made. */
  readonly attempts: number;
  /** From the start of the run to the record. */
  readonly milliseconds: number;
  /** How many currencies the account holds; null if unknown. */
  readonly currencies: number | null;
}

/** Why an account has no snapshot; `block` is saved to the catalog, `answer` with the failure. */
export interface Reason {
  readonly code: FailureCode;
  readonly detail: string;
  readonly answer?: RefusedAnswer;
  readonly block?: { readonly until: Instant };
}

/** The account of an outcome. */
type Who = Pick<Subject, 'account' | 'named'>;

/** How many calls were made, with which key the last one, and how far Upbit's clock was ahead in it, if it differed. */
export interface Asking {
  readonly attempts: number;
  readonly accessKey?: string;
  /** In milliseconds. */
  readonly clockSkew?: number;
}

/** How many times the catalog is reread when another writer changes an account’s entry at the same time. */
const MAX_READS = 3;

/**
 * How long writes may still wait and run once one has failed and none has succeeded since, in milliseconds. If DynamoDB is
 * gone the run then throws soon, which leaves the platform time to retry it.
 */
const AFTER_FAILURE = 5 * SECOND;

/** Upbit's clock shows whole seconds and its answer takes time to arrive: smaller differences are ignored. */
const CLOCK_DIFFERENCE = 2 * SECOND;

/**
 * Writes the outcome of each account of one run, with the catalog entry before the account's first item, and keeps a
 * report of what it wrote. A failed write affects only its own account, but the run must then be retried.
 */
export class Recorder {
  readonly #run: Run;
  readonly #parts: CollectorParts;
  readonly #catalog: Map<AccountName, AccountEntry>;
  readonly #lines: ReportLine[] = [];
  readonly #held = new Map<Region, Set<string>>();
  readonly #trouble = new AbortController();
  /** A write gets its turn, and its time is counted from then on. */
  readonly #turn = pLimit(CONCURRENT_WRITES);
  /** No write continues after this. */
  #lastWrite: Instant;
  #firstError: unknown;

  constructor(run: Run, parts: CollectorParts, catalog: Catalog) {
    this.#run = run;
    this.#parts = parts;
    this.#catalog = new Map(catalog.accounts);
    this.#lastWrite = run.writesEnd;
  }

  /** Aborted once a write has failed: waiting longer would only delay the retry of the run. */
  get trouble(): AbortSignal {
    return this.#trouble.signal;
  }

  /** True once no write can succeed any more: a call to Upbit would be for nothing, and would delay the retry of the run. */
  hasGivenUp(): boolean {
    return this.#timeLeft() <= 0;
  }

  /** The currencies that the region's accounts hold, by the answers so far. */
  heldIn(region: Region): ReadonlySet<string> {
    return this.#held.get(region) ?? new Set();
  }

  /** The outcomes so far, in order of account name. */
  get lines(): readonly ReportLine[] {
    return this.#lines.toSorted((a, b) => byCodeOrder(a.account, b.account));
  }

  /** Records an answer that arrived in time; one too large for an item is recorded as a failure. */
  async snapshot(
    who: Who,
    asking: Asking & { readonly accessKey: string },
    observedAt: Instant,
    answer: Answer & { readonly serverClock?: ServerClock },
  ): Promise<void> {
    const { balances, unknownFields, serverClock } = answer;
    const differing =
      serverClock !== undefined && Math.abs(serverClock.skew) > CLOCK_DIFFERENCE ? serverClock : undefined;
    const snapshot: Snapshot = {
      ...this.#recorded(who, observedAt),
      balances,
      unknownFields,
      keyId: this.#parts.fingerprint(asking.accessKey),
      ...(differing === undefined ? {} : { serverDate: differing.date }),
    };
    const bytes = itemBytes(encodeItem(snapshot));
    if (bytes > MAX_ITEM_BYTES) {
      const detail = `the snapshot of ${balances.length} currencies has about ${bytes} bytes; the limit is ${MAX_ITEM_BYTES}`;
      await this.failure(who, asking, { code: 'response.tooLarge', detail });
      return;
    }
    this.#noteHeld(regionOf(who.account), balances);
    const told = differing === undefined ? asking : { ...asking, clockSkew: differing.skew };
    await this.#write(who, told, snapshot, 'ok');
  }

  /** Records why there is no snapshot. */
  async failure(who: Who, asking: Asking, reason: Reason): Promise<void> {
    const failure: Failure = {
      ...this.#recorded(who, this.#parts.clock.now()),
      failure: reason.code,
      detail: reason.detail,
      attempts: asking.attempts,
      ...(asking.accessKey === undefined ? {} : { keyId: this.#parts.fingerprint(asking.accessKey) }),
      ...(reason.answer === undefined ? {} : { answer: reason.answer }),
    };
    await this.#write(who, asking, failure, reason.code, reason.block?.until);
  }

  /**
   * Saves a block to the catalog when there is no failure to record. If that fails, only this process knows of the
   * block: a snapshot must not be lost over it.
   */
  async block(account: AccountName, until: Instant): Promise<void> {
    try {
      await this.#announce({ account, named: true }, until);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#parts.log({ level: 'WARN', message: 'block', account, detail: error.message });
    }
  }

  /** @throws CodedError `run.unrecorded` if any account's outcome is not known to be in the ledger. */
  throwIfUnrecorded(): void {
    const unrecorded = this.lines.filter((line) => line.outcome === 'unrecorded').map((line) => line.account);
    if (unrecorded.length === 0) return;
    throw new CodedError(
      'run.unrecorded',
      `${unrecorded.length} of ${this.#lines.length} accounts could not be recorded for ${formatSecond(this.#run.slot)}, and the run must be retried: ${unrecorded.join(', ')}`,
      { cause: this.#firstError },
    );
  }

  #recorded({ account }: Who, observedAt: Instant) {
    const { slot, manual, settings } = this.#run;
    return { account, slot, observedAt, manual, writer: settings.writer };
  }

  async #write(
    who: Who,
    asking: Asking,
    entry: Entry,
    outcome: ReportLine['outcome'],
    blockedUntil?: Instant,
  ): Promise<void> {
    try {
      const recorded = await this.#turn(async () => {
        await this.#announce(who, blockedUntil);
        return await this.#parts.ledger.record(entry, this.#timeLeft());
      });
      // It was that one write, and not DynamoDB.
      this.#lastWrite = this.#run.writesEnd;
      const duplicate = recorded.kind === 'duplicate';
      this.#note(who, asking, entry, duplicate ? 'duplicate' : outcome, duplicate && recorded.differs);
    } catch (error) {
      // Whatever it was, this account may not be recorded; the others continue, and the run throws at its end.
      this.#firstError ??= error;
      this.#lastWrite = Math.min(this.#lastWrite, this.#parts.clock.now() + AFTER_FAILURE);
      this.#trouble.abort();
      this.#note(who, asking, entry, 'unrecorded', false, error);
    }
  }

  /** Makes sure the catalog has the account, open, with its block if any. */
  async #announce({ account, named }: Who, blockedUntil: Instant | undefined): Promise<void> {
    if (!named) return;
    let known = this.#catalog.get(account);
    for (let read = 0; ; read += 1) {
      const entry = announced(known, account, this.#run.slot, blockedUntil);
      if (entry === known) break;
      try {
        await this.#parts.ledger.putAccount(known, entry, this.#timeLeft());
        known = entry;
        this.#parts.catalog.update((catalog) => withAccount(catalog, entry));
        break;
      } catch (error) {
        // Another run, or a person, changed the entry meanwhile: keep their change and add ours to it.
        const isChanged = error instanceof CodedError && error.code === 'ledger.changed';
        if (!isChanged || read === MAX_READS) throw error;
        known = (await this.#parts.catalog.reload()).accounts.get(account);
      }
    }
    if (known !== undefined) this.#catalog.set(account, known);
  }

  #noteHeld(region: Region, balances: readonly Balance[]): void {
    const currencies = this.#held.get(region) ?? new Set();
    for (const line of balances) if (!isZero(held(line))) currencies.add(line.currency);
    this.#held.set(region, currencies);
  }

  #timeLeft(): number {
    return this.#lastWrite - this.#parts.clock.now();
  }

  #note(
    { account }: Who,
    { attempts, clockSkew }: Asking,
    entry: Entry,
    outcome: ReportLine['outcome'],
    differs: boolean,
    error?: unknown,
  ): void {
    const line: ReportLine = {
      account,
      outcome,
      attempts,
      milliseconds: this.#parts.clock.now() - this.#run.startedAt,
      currencies: isFailure(entry) ? null : entry.balances.length,
    };
    this.#lines.push(line);
    const remedy = isFailure(entry) ? remedyOf(entry.failure) : undefined;
    this.#parts.log({
      level:
        outcome === 'unrecorded' ? 'ERROR' : isFailure(entry) && outcome !== 'duplicate' ? 'WARN' : 'INFO',
      message: 'account',
      slot: formatSecond(this.#run.slot),
      ...line,
      ...(isFailure(entry) ? { detail: entry.detail } : {}),
      ...(remedy === undefined ? {} : { remedy }),
      ...(differs ? { detail: 'this answer differs from the slot’s snapshot; the first is kept' } : {}),
      ...(error instanceof Error ? { detail: error.message } : {}),
      ...(clockSkew === undefined ? {} : { clockSkew: Math.round(clockSkew / SECOND) }),
      ...(entry.keyId === undefined ? {} : { keyId: entry.keyId }),
    });
  }
}

/** The catalog entry an account collected at `slot` should have; `known` itself if nothing changes. */
function announced(
  known: AccountEntry | undefined,
  account: AccountName,
  slot: Instant,
  blockedUntil: Instant | undefined,
): AccountEntry {
  if (known === undefined)
    return { account, since: slot, ...(blockedUntil === undefined ? {} : { blockedUntil }) };
  // An account whose key is in the secret is collected, so reopen it; losing its balances would be worse.
  const entry = reopened(known, slot);
  const isLonger = blockedUntil !== undefined && blockedUntil > (known.blockedUntil ?? -Infinity);
  return isLonger ? { ...entry, blockedUntil } : entry;
}
