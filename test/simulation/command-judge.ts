import Big from 'big.js';
import type { AccountName } from '../../lambda/core/account.ts';
import { type Instant, MINUTE } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { typed } from '../support/typed.ts';
import { textOf } from './calendar.ts';
import type { Item } from './expressions.ts';
import type { Findings } from './findings.ts';
import type { Invariant } from './mix.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** What is to be said of one account: worked out from the raw items, not by the code under test. */
export interface Truth {
  readonly account: AccountName;
  /** Neither closed now nor a default account that is no longer expected. */
  readonly isShownNow: boolean;
  /** Its expected slots that are due and have no snapshot, in order. */
  readonly gaps: readonly { readonly slot: Instant; readonly reason: string }[];
}

/** How far ahead of now a slot may be and still be shown by `latest`. */
const AHEAD = 2 * MINUTE;

/** Types the commands that a person would, and compares what they print with the raw items. */
export class CommandJudge {
  readonly #findings: Findings;
  readonly #table: SimulatedTable;
  readonly #reader: LedgerReader;

  constructor(findings: Findings, table: SimulatedTable, reader: LedgerReader) {
    this.#findings = findings;
    this.#table = table;
    this.#reader = reader;
  }

  /** @param begin the first instant of the catalog, where a range without `--from` begins. */
  async judge(truths: readonly Truth[], begin: Instant, now: Instant): Promise<void> {
    if (begin >= now) return;
    await this.#gaps(truths, now);
    await this.#history(truths, begin, now);
    await this.#total(truths, now);
  }

  async #gaps(truths: readonly Truth[], now: Instant): Promise<void> {
    const ran = await typed('gaps --real --format json', this.#reader, { now });
    const said = rowsIn(ran.stdout).map(({ account, slot, reason }) => `${account} ${slot} ${reason}`);
    const right = truths.flatMap(({ account, gaps }) =>
      gaps.filter(({ slot }) => slot < now).map(({ slot, reason }) => `${account} ${textOf(slot)} ${reason}`),
    );
    this.#compare('gaps as typed', right, said, now);
    this.#compare('gaps as typed', [right.length > 0 ? '3' : '0'], [String(ran.exitCode)], now);
  }

  async #history(truths: readonly Truth[], begin: Instant, now: Instant): Promise<void> {
    const { stdout, stderr } = await typed('history --real --format json', this.#reader, { now });
    const said = rowsIn(stdout).map(
      ({ account, slot, currency, balance, locked }) => `${account} ${slot} ${currency} ${balance} ${locked}`,
    );
    const right = truths.flatMap(({ account }) => {
      const known = new Set<string>();
      return this.#snapshots(account, begin, now - 1).flatMap((item) => {
        const listed = holdings(item);
        const gone = [...known].filter((currency) => !listed.has(currency)).map((it) => `${it} 0 0`);
        for (const currency of listed.keys()) known.add(currency);
        const lines = [...listed].map(([currency, its]) => `${currency} ${its.balance} ${its.locked}`);
        const rows = [...lines, ...gone].sort((a, b) => byCode(a.split(' ')[0], b.split(' ')[0]));
        const empty = listed.size === 0 ? ['null null null'] : [];
        return [...empty, ...rows].map((row) => `${account} ${item['slot']?.S} ${row}`);
      });
    });
    this.#compare('history as typed', right, said, now);
    const noted = truths.map(({ account }) => {
      const line = stderr.find((text) => text.startsWith(`${account}: `));
      return `${account} ${/(\d+) of \d+ expected slots/.exec(line ?? '')?.[1] ?? 0}`;
    });
    const counted = truths.map(
      ({ account, gaps }) => `${account} ${gaps.filter(({ slot }) => slot < now).length}`,
    );
    this.#compare('history counts the gaps', counted, noted, now);
  }

  async #total(truths: readonly Truth[], now: Instant): Promise<void> {
    const { stdout, exitCode } = await typed('latest --real --total --format json', this.#reader, { now });
    const sums = new Map<string, Big>();
    let isComplete = true;
    for (const { account, gaps } of truths.filter(({ isShownNow }) => isShownNow)) {
      const newest = this.#snapshots(account, 0, now + AHEAD).at(-1);
      const slot = newest === undefined ? 0 : slotOf(newest);
      if (gaps.some((gap) => gap.slot > slot && gap.reason !== 'scheduleChanged')) isComplete = false;
      for (const [currency, { balance, locked }] of newest === undefined ? [] : holdings(newest))
        sums.set(currency, new Big(balance).plus(locked).plus(sums.get(currency) ?? 0));
    }
    const right = [...sums]
      .sort(([a], [b]) => byCode(a, b))
      .map(([currency, sum]) => `${currency} ${sum.toFixed()}`);
    const said = rowsIn(stdout).map(({ currency, total }) => `${currency} ${total}`);
    this.#compare('the total as typed', right, said, now);
    this.#compare('the total as typed', [isComplete ? '0' : '3'], [String(exitCode)], now);
  }

  /** The items of an account that have balances, from ≤ slot ≤ to. */
  #snapshots(account: AccountName, from: Instant, to: Instant): readonly Item[] {
    return this.#table
      .partition(account)
      .filter((item) => item['failure'] === undefined && slotOf(item) >= from && slotOf(item) <= to);
  }

  #compare(what: Invariant, right: readonly string[], said: readonly string[], now: Instant): void {
    const length = Math.max(right.length, said.length);
    const differs = Array.from({ length }, (_, index) => index).find((index) => right[index] !== said[index]);
    this.#findings.check(what, differs === undefined, () => {
      const [is, should] = [said[differs ?? 0] ?? 'nothing', right[differs ?? 0] ?? 'nothing'];
      return `at ${textOf(now)} says ${is}, not ${should}`;
    });
  }
}

function slotOf(item: Item): Instant {
  return Date.parse(item['slot']?.S ?? '');
}

/** Amounts as plain decimals, by currency. */
function holdings(item: Item): Map<string, { readonly balance: string; readonly locked: string }> {
  const plain = (amount = '0') => new Big(amount).toFixed();
  return new Map(
    Object.entries(item['balance']?.M ?? {}).map(([currency, { N }]) => [
      currency,
      { balance: plain(N), locked: plain(item['locked']?.M?.[currency]?.N) },
    ]),
  );
}

function rowsIn(json: string): readonly Record<string, unknown>[] {
  return JSON.parse(json);
}

function byCode(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
