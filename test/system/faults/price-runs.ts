import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorParts, Ticker } from '../../../lambda/collector/ports.ts';
import { PriceSource } from '../../../lambda/collector/price-source.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

/** Waits in virtual time, until the signal is aborted at the longest. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** What may go wrong besides the ticker. */
export interface Surroundings {
  /** What a put of prices does, in place of storing them. */
  readonly recordPrices?: (wait: Wait, timeoutMs: number) => Promise<never>;
  /** Accounts whose items cannot be written. */
  readonly unwritable?: readonly AccountName[];
}

/** Everything about a run that no price may change, with virtual times; and the prices. */
export interface Ran {
  /** Each item of an account, as it is stored, with the time of its put. */
  readonly items: readonly string[];
  readonly catalog: readonly string[];
  /** The report, or the error that the run threw. */
  readonly result: string;
  /** The metrics, each with its time. */
  readonly emitted: readonly string[];
  /** The log but for the lines of prices. */
  readonly logged: readonly string[];
  readonly sheets: readonly PriceSheet[];
}

const ACCOUNTS = [
  'sg/well',
  'sg/slow',
  'sg/heals-second',
  'sg/heals-last',
  'sg/down',
  'sg/expired',
  'sg/limited',
  'th/well',
  'th/blocked',
] as const satisfies readonly AccountName[];

/** How Upbit answers the n-th call for an account, and after how many milliseconds. */
function upbit(account: AccountName, nth: number) {
  const well = holding({ BTC: `1.${nth}`, ADA: '2', DOGE: '0' });
  const down = refusal('upbit.unavailable', 'later');
  switch (account) {
    case 'sg/slow':
      return { after: 4_900, verdict: well };
    case 'sg/heals-second':
      return { after: 300, verdict: nth === 1 ? down : well };
    case 'sg/heals-last':
      return { after: 310, verdict: nth < 5 ? down : well };
    case 'sg/down':
      return { after: 320, verdict: down };
    case 'sg/expired':
      return { after: 80, verdict: refusal('key.expired', 'never') };
    case 'sg/limited':
      return {
        after: 90,
        verdict: refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 20 * SECOND }),
      };
    case 'th/blocked': {
      const block = { until: SLOT + 60 * MINUTE, whom: 'account' } as const;
      return { after: 70, verdict: refusal('upbit.blocked', 'never', { block }) };
    }
    default:
      return { after: account === 'th/well' ? 60 : 50, verdict: well };
  }
}

/**
 * Runs a slot of nine accounts in two regions, some of which fail and heal, on a virtual clock, beside such a ticker; or
 * without one.
 */
export async function runBeside(
  ticker: ((wait: Wait) => Ticker['ask']) | undefined,
  { recordPrices, unwritable = [] }: Surroundings = {},
): Promise<Ran> {
  const clock = new VirtualClock(SLOT + SECOND);
  const wait: Wait = (ms, signal) =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
      if (signal?.aborted === true) resolve();
    });
  const memory = new MemoryParts(secret(...ACCOUNTS));
  const [items, emitted]: [string[], string[]] = [[], []];
  const asked = new Map<AccountName, number>();
  const timed = { now: clock.now, sleep: wait };
  const { ledger, ...rest } = memory.parts;
  const parts: CollectorParts = {
    ...rest,
    clock: timed,
    exchange: {
      ask: async (account) => {
        const nth = (asked.get(account) ?? 0) + 1;
        asked.set(account, nth);
        const { after, verdict } = upbit(account, nth);
        await wait(after);
        return verdict;
      },
      expiry: async () => ({}),
    },
    ledger: {
      ...ledger,
      record: async (entry, timeoutMs) => {
        await wait(7);
        if (unwritable.includes(entry.account)) throw new CodedError('ledger.unavailable', 'gone');
        items.push(JSON.stringify([clock.now(), encodeItem(entry)]));
        return await ledger.record(entry, timeoutMs);
      },
      recordPrices: async (sheet, timeoutMs) => {
        await wait(7);
        if (recordPrices !== undefined) return await recordPrices(wait, timeoutMs);
        return await ledger.recordPrices(sheet, timeoutMs);
      },
    },
    prices: ticker && new PriceSource({ ask: ticker(wait) }, timed),
    emit: (metrics) => emitted.push(JSON.stringify([clock.now(), metrics])),
  };
  const settings = { ...SETTINGS, regions: ['sg', 'th'] } as const;
  let result = 'it never ended';
  const run = collect({ slot: SLOT, manual: false }, settings, parts, SLOT + 5 * MINUTE).then(
    (report) => {
      result = JSON.stringify(report);
    },
    (error: unknown) => {
      result = `threw ${String(error)}`;
    },
  );
  await clock.run(() => false);
  await Promise.race([run, new Promise(setImmediate)]);
  return {
    items,
    catalog: [...memory.catalog.accounts.values()].map((entry) => JSON.stringify(entry)),
    result,
    emitted,
    logged: memory.logged.filter(({ message }) => message !== 'prices').map((line) => JSON.stringify(line)),
    sheets: [...memory.sheets.values()],
  };
}
