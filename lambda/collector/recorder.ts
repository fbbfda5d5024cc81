import type { AccountName } from '../core/account.ts';
import type { Answer } from '../core/balances.ts';
import { type AccountEntry, type Catalog, reopened, withAccount } from '../core/catalog.ts';
import { CodedError } from '../core/error.ts';
import { type FailureCode, remedyOf } from '../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import { encodeItem } from '../core/item.ts';
import { byCodeOrder } from '../core/order.ts';
import type { Subject } from '../core/roll-call.ts';
import { type Entry, type Failure, isFailure, type Snapshot } from '../core/snapshot.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../core/stored.ts';
import type { CollectorParts } from './ports.ts';
import type { Run } from './run.ts';

/** What a run did about one account. */
export interface ReportLine {
  readonly account: AccountName;
  /** `ok`: recorded; `duplicate`: the slot had its record already; a failure code; or `unrecorded`. */
  readonly outcome: 'ok' | 'duplicate' | 'unrecorded' | FailureCode;
  /** How many times Upbit was asked. */
  readonly attempts: number;
  /** From the beginning of the run to the record. */
  readonly milliseconds: number;
  /** How many currencies the account holds; null where that is not known. */
  readonly currencies: number | null;
}

/** Why an account has no snapshot; `block` is to be remembered in the catalog. */
export interface Reason {
  readonly code: FailureCode;
  readonly detail: string;
  readonly block?: { readonly until: Instant };
}

/** Whose outcome it is. */
type Who = Pick<Subject, 'account' | 'named'>;

/** How Upbit was asked: how often, and last with which key. */
export interface Asking {
  readonly attempts: number;
  readonly accessKey?: string;
}

/** How often the catalog is read again where an account’s entry was changed by others at the same time. */
const MAX_READS = 3;

/** Upbit's clock shows whole seconds and its answer travels: less than this is no difference. */
const CLOCK_DIFFERENCE = 2 * SECOND;

/**
 * Writes the outcome of each account of one run, the catalog's entry before the account's first item, and remembers
 * what it did. A write that fails costs its own account only, but the run must then be tried again.
 */
export class Recorder {
  readonly #run: Run;
  readonly #parts: CollectorParts;
  readonly #catalog: Map<AccountName, AccountEntry>;
  readonly #lines: ReportLine[] = [];
  readonly #trouble = new AbortController();
  #firstError: unknown;

  constructor(run: Run, parts: CollectorParts, catalog: Catalog) {
    this.#run = run;
    this.#parts = parts;
    this.#catalog = new Map(catalog.accounts);
  }

  /** Aborted once a write has failed: waiting longer would only cost the time to try the run again. */
  get trouble(): AbortSignal {
    return this.#trouble.signal;
  }

  /** What became of the accounts so far, in order of name. */
  get lines(): readonly ReportLine[] {
    return this.#lines.toSorted((a, b) => byCodeOrder(a.account, b.account));
  }

  /** Until when Upbit must not be asked about the account, where the catalog knows of such a time. */
  blockedUntil(account: AccountName): Instant | undefined {
    return this.#catalog.get(account)?.blockedUntil;
  }

  /** Records an answer that came in time; one too large for an item is a failure. */
  async snapshot(
    who: Who,
    asking: Required<Asking>,
    observedAt: Instant,
    answer: Answer & { readonly serverDate?: Instant },
  ): Promise<void> {
    const { balances, unknownFields, serverDate } = answer;
    const clockDiffers = serverDate !== undefined && Math.abs(serverDate - observedAt) > CLOCK_DIFFERENCE;
    const snapshot: Snapshot = {
      ...this.#recorded(who, observedAt),
      balances,
      unknownFields,
      keyId: this.#parts.fingerprint(asking.accessKey),
      ...(clockDiffers ? { serverDate } : {}),
    };
    const bytes = itemBytes(encodeItem(snapshot));
    if (bytes > MAX_ITEM_BYTES) {
      const detail = `the snapshot of ${balances.length} currencies has about ${bytes} bytes, and an item holds ${MAX_ITEM_BYTES}`;
      await this.failure(who, asking, { code: 'response.tooLarge', detail });
      return;
    }
    await this.#write(who, asking, snapshot, 'ok');
  }

  /** Records why there is no snapshot. */
  async failure(who: Who, asking: Asking, reason: Reason): Promise<void> {
    const failure: Failure = {
      ...this.#recorded(who, this.#parts.clock.now()),
      failure: reason.code,
      detail: reason.detail,
      attempts: asking.attempts,
      ...(asking.accessKey === undefined ? {} : { keyId: this.#parts.fingerprint(asking.accessKey) }),
    };
    await this.#write(who, asking, failure, reason.code, reason.block?.until);
  }

  /**
   * Enters a block into the catalog that no failure tells of. Where that is not possible, this process alone knows of
   * it: a snapshot is not to be lost for that.
   */
  async block(account: AccountName, until: Instant): Promise<void> {
    try {
      await this.#announce({ account, named: true }, until);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#parts.log({ level: 'WARN', message: 'block', account, detail: error.message });
    }
  }

  /** @throws CodedError `run.unrecorded` where the outcome of an account is not known to be in the ledger. */
  throwIfUnrecorded(): void {
    const unrecorded = this.lines.filter((line) => line.outcome === 'unrecorded').map((line) => line.account);
    if (unrecorded.length === 0) return;
    throw new CodedError(
      'run.unrecorded',
      `${unrecorded.length} of ${this.#lines.length} accounts could not be recorded for ${formatSecond(this.#run.slot)}, and the run must be tried again: ${unrecorded.join(', ')}`,
      { cause: this.#firstError },
    );
  }

  #recorded({ account }: Who, observedAt: Instant) {
    const { slot, manual, settings } = this.#run;
    return { account, slot, observedAt, manual, writer: settings.writer };
  }

  async #write(
    who: Who,
    { attempts }: Asking,
    entry: Entry,
    outcome: ReportLine['outcome'],
    blockedUntil?: Instant,
  ): Promise<void> {
    try {
      await this.#announce(who, blockedUntil);
      const recorded = await this.#parts.ledger.record(entry, this.#timeLeft());
      const duplicate = recorded.kind === 'duplicate';
      this.#note(who, attempts, entry, duplicate ? 'duplicate' : outcome, duplicate && recorded.differs);
    } catch (error) {
      // Whatever it was, this account is not known to be recorded; the others go on, and the run throws at its end.
      this.#firstError ??= error;
      this.#trouble.abort();
      this.#note(who, attempts, entry, 'unrecorded', false, error);
    }
  }

  /** Sees to it that the catalog knows the account, that it is open, and until when it is blocked. */
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
        // Another run, or a person, has changed the entry meanwhile: what they entered stands, and ours is added to it.
        const isChanged = error instanceof CodedError && error.code === 'ledger.changed';
        if (!isChanged || read === MAX_READS) throw error;
        known = (await this.#parts.catalog.reload()).accounts.get(account);
      }
    }
    if (known !== undefined) this.#catalog.set(account, known);
  }

  #timeLeft(): number {
    return this.#run.writesEnd - this.#parts.clock.now();
  }

  #note(
    { account }: Who,
    attempts: number,
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
      ...(differs
        ? { detail: 'the slot’s snapshot has other amounts than this answer; the first one stays' }
        : {}),
      ...(error instanceof Error ? { detail: error.message } : {}),
      ...(!isFailure(entry) && entry.serverDate !== undefined
        ? { clockSkew: Math.round((entry.serverDate - entry.observedAt) / SECOND) }
        : {}),
      ...(entry.keyId === undefined ? {} : { keyId: entry.keyId }),
    });
  }
}

/** What the catalog is to have about an account that is collected at `slot`: the entry itself where that says it all. */
function announced(
  known: AccountEntry | undefined,
  account: AccountName,
  slot: Instant,
  blockedUntil: Instant | undefined,
): AccountEntry {
  if (known === undefined)
    return { account, since: slot, ...(blockedUntil === undefined ? {} : { blockedUntil }) };
  // An account whose key is in the secret is collected, so it is open again; losing its balances would be worse.
  const entry = reopened(known, slot);
  const isLonger = blockedUntil !== undefined && blockedUntil > (known.blockedUntil ?? -Infinity);
  return isLonger ? { ...entry, blockedUntil } : entry;
}
