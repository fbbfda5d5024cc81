import { Blocks } from '../../lambda/collector/blocks.ts';
import type {
  CollectorParts,
  CollectorSettings,
  LogFields,
  Metrics,
  Ticker,
  WriteResult,
} from '../../lambda/collector/ports.ts';
import { PriceSource } from '../../lambda/collector/price-source.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import { parseBalances } from '../../lambda/core/balances.ts';
import {
  type AccountEntry,
  type Catalog,
  EMPTY_CATALOG,
  type ScheduleEntry,
  withAccount,
  withSchedule,
} from '../../lambda/core/catalog.ts';
import type { Clock } from '../../lambda/core/clock.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { formatSecond, type Instant, parseSecond } from '../../lambda/core/instant.ts';
import { type Keys, parseKeys } from '../../lambda/core/keys.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import { type Entry, isFailure, mayReplaceFailure } from '../../lambda/core/snapshot.ts';
import type { KeyExpiry, Refusal, Verdict } from '../../lambda/core/verdict.ts';

/** A time as written in tests. */
export function at(text: string): Instant {
  const instant = parseSecond(text);
  if (instant === undefined) throw new Error(`${text} is not a time`);
  return instant;
}

export const SETTINGS: CollectorSettings = { every: '1h', timeZone: 'UTC', regions: ['sg'], writer: 'test' };
export const SLOT = at('2026-11-22T06:00:00Z');

/** A secret with these accounts, each with its own key. */
export function secret(...accounts: AccountName[]): string {
  const regions: Record<string, Record<string, unknown>> = {};
  for (const account of accounts) {
    const [region = '', name = ''] = account.split('/');
    regions[region] = {
      ...regions[region],
      [name]: { accessKey: `fake-access-${region}-${name}`, secretKey: `fake-secret-${region}-${name}` },
    };
  }
  return JSON.stringify(regions);
}

export function keysOf(text: string): Keys {
  const keys = parseKeys(text);
  if (keys.problem !== undefined) throw new Error(keys.problem);
  return keys.value;
}

/** The verdict for an account that holds these amounts. */
export function holding(amounts: Record<string, string>): Verdict {
  const lines = Object.entries(amounts).map(([currency, balance]) => ({
    currency,
    balance,
    locked: '0',
    avg_buy_price: '0',
    avg_buy_price_modified: false,
    unit_currency: 'SGD',
  }));
  const answer = parseBalances(lines);
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return { kind: 'balances', ...answer.value };
}

export function refusal(
  code: Refusal['code'],
  retry: Refusal['retry'],
  more: Partial<Refusal> = {},
): Refusal {
  return { kind: 'refusal', code, retry, detail: `told ${code}`, ...more };
}

/** One call of Upbit. */
interface CallOfUpbit {
  readonly account: AccountName;
  readonly at: Instant;
  readonly accessKey: string;
  readonly timeoutMs: number;
}

/** How Upbit answers the n-th call (from 1) for an account, at a time. */
export type Script = (account: AccountName, call: number, now: Instant) => Verdict | Promise<Verdict>;

/** The collector's ports in memory, on a clock that moves only while waiting. */
export class MemoryParts {
  now: Instant;
  keysText: string | (() => string);
  keysEarlier = false;
  catalog: Catalog = EMPTY_CATALOG;
  script: Script = () => holding({ BTC: '1' });
  /** What Upbit says about when an account's key expires. */
  expiry: (account: AccountName) => KeyExpiry | Promise<KeyExpiry> = () => ({});
  /** Whether writes for an account, of the schedule, or of prices, throw. */
  broken: (account: AccountName | 'schedule' | 'prices') => boolean = () => false;
  readonly items = new Map<string, Entry>();
  /** The subject of every applied write, in order. */
  readonly writes: string[] = [];
  readonly calls: CallOfUpbit[] = [];
  readonly expiryCalls: CallOfUpbit[] = [];
  readonly blocks = new Blocks();
  /** The public ticker; undefined where no prices are taken. */
  ticker: Ticker['ask'] | undefined;
  /** The prices of regions and slots: `sg 2026-11-22T06:00:00Z`. */
  readonly sheets = new Map<string, PriceSheet>();
  readonly logged: LogFields[] = [];
  readonly emitted: Metrics[] = [];
  reloads = 0;
  underWay = 0;
  mostUnderWay = 0;

  constructor(keysText: string | (() => string), now: Instant = SLOT) {
    this.keysText = keysText;
    this.now = now;
  }

  get parts(): CollectorParts {
    return {
      exchange: {
        ask: async (account, key, timeoutMs) => {
          this.calls.push({ account, at: this.now, accessKey: key.accessKey, timeoutMs });
          this.underWay += 1;
          this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
          await new Promise(setImmediate);
          this.underWay -= 1;
          return await this.script(
            account,
            this.calls.filter((call) => call.account === account).length,
            this.now,
          );
        },
        expiry: async (account, key, timeoutMs) => {
          this.expiryCalls.push({ account, at: this.now, accessKey: key.accessKey, timeoutMs });
          return await this.expiry(account);
        },
      },
      keys: {
        get: async () => ({ value: this.#keys(), earlier: this.keysEarlier }),
        reload: async () => {
          this.reloads += 1;
          return this.#keys();
        },
      },
      catalog: {
        get: async () => ({ value: this.catalog }),
        reload: async () => this.catalog,
        update: () => undefined,
      },
      ledger: {
        record: async (entry) => this.#record(entry),
        putAccount: async (before, after) =>
          this.#catalogWrite(after.account, () => this.#putAccount(before, after)),
        addSchedule: async (entry) => this.#catalogWrite('schedule', () => this.#schedule(entry)),
        recordPrices: async (sheet) => this.#recordPrices(sheet),
      },
      blocks: this.blocks,
      prices: this.ticker && new PriceSource({ ask: this.ticker }, this.#clock),
      clock: this.#clock,
      random: () => 0.5,
      fingerprint: (accessKey) => `of ${accessKey}`,
      log: (fields) => this.logged.push(fields),
      emit: (metrics) => this.emitted.push(metrics),
    };
  }

  /** The item of an account, by default for the slot most tests use. */
  item(account: AccountName, slot: Instant = SLOT): Entry | undefined {
    return this.items.get(`${account} ${formatSecond(slot)}`);
  }

  /** The item in one word: `ok`, a failure code, or nothing. */
  outcome(account: AccountName, slot: Instant = SLOT): string | undefined {
    const item = this.item(account, slot);
    return item === undefined ? undefined : isFailure(item) ? item.failure : 'ok';
  }

  get #clock(): Clock {
    return {
      now: () => this.now,
      sleep: async (ms, signal) => {
        await new Promise(setImmediate);
        if (!signal.aborted) this.now += ms;
      },
    };
  }

  #recordPrices(sheet: PriceSheet): Pick<WriteResult, 'kind'> {
    this.#break('prices');
    const key = `${sheet.region} ${formatSecond(sheet.slot)}`;
    if (this.sheets.has(key)) return { kind: 'duplicate' };
    this.sheets.set(key, sheet);
    return { kind: 'recorded' };
  }

  #keys(): Keys {
    return keysOf(typeof this.keysText === 'string' ? this.keysText : this.keysText());
  }

  #record(entry: Entry): WriteResult {
    this.#break(entry.account);
    const key = `${entry.account} ${formatSecond(entry.slot)}`;
    const there = this.items.get(key);
    if (there !== undefined && !(isFailure(there) && mayReplaceFailure(entry)))
      return { kind: 'duplicate', differs: false };
    this.items.set(key, entry);
    this.writes.push(`item ${entry.account}`);
    return { kind: 'recorded' };
  }

  async #catalogWrite(about: AccountName | 'schedule', write: () => void): Promise<void> {
    this.#break(about);
    write();
    this.writes.push(`catalog ${about}`);
  }

  #break(about: AccountName | 'schedule' | 'prices'): void {
    if (this.broken(about)) throw new CodedError('ledger.unavailable', `no write about ${about}`);
  }

  #putAccount(before: AccountEntry | undefined, after: AccountEntry): void {
    const there = this.catalog.accounts.get(after.account);
    if (JSON.stringify(there) !== JSON.stringify(before))
      throw new CodedError('ledger.changed', `${after.account} has been changed`);
    this.catalog = withAccount(this.catalog, after);
  }

  #schedule(entry: ScheduleEntry): void {
    this.catalog = withSchedule(this.catalog, entry);
  }
}
