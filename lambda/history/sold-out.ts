import type { AccountName } from '../core/account.ts';
import type { Instant } from '../core/instant.ts';
import { byCodeOrder } from '../core/order.ts';
import { isUnreadable, type Snapshot } from '../core/snapshot.ts';
import type { Stream } from './read-ahead.ts';
import type { LedgerReader } from './reader.ts';

/** A snapshot of an answer about one account. */
export interface Shown {
  readonly snapshot: Snapshot;
  /** The currencies, in order, that an earlier snapshot listed and this one does not: the account held 0 of them. */
  readonly soldOut: readonly string[];
}

/**
 * Adds to each snapshot of an account, in order of time, what it no longer lists: a snapshot lists every currency that the
 * account holds, so a currency that is not in it is 0, and that is a fact, not silence.
 *
 * @param listedBefore the currencies that the answer counts as listed before its first snapshot.
 * @returns what `snapshots` returns.
 */
export async function* withSoldOut<T extends { readonly snapshot: Snapshot }, R>(
  snapshots: Stream<T, R>,
  listedBefore: Iterable<string>,
): AsyncGenerator<T & Shown, R> {
  const known = new Set(listedBefore);
  try {
    let next = await snapshots.next();
    for (; next.done !== true; next = await snapshots.next()) {
      const { snapshot } = next.value;
      const listed = new Set(snapshot.balances.map(({ currency }) => currency));
      yield {
        ...next.value,
        soldOut: [...known].filter((currency) => !listed.has(currency)).sort(byCodeOrder),
      };
      for (const currency of listed) known.add(currency);
    }
    return next.value;
  } finally {
    await snapshots.return?.();
  }
}

/** The currencies that the last snapshot before `before` lists; none if there is none, or if it cannot be read. */
export async function lastListed(
  reader: LedgerReader,
  account: AccountName,
  before: Instant,
): Promise<readonly string[]> {
  const last = await reader.newestSnapshot(account, before - 1);
  return last === undefined || isUnreadable(last) ? [] : last.balances.map(({ currency }) => currency);
}

/**
 * Those of the named currencies, in any case, that a snapshot before `before` lists, each as it is listed. Usually the last
 * snapshot lists them, and one item is read.
 */
export async function everListed(
  reader: LedgerReader,
  account: AccountName,
  before: Instant,
  named: readonly string[],
): Promise<readonly string[]> {
  const wanted = new Set(named.map((currency) => currency.toUpperCase()));
  const found = (await lastListed(reader, account, before)).filter((currency) =>
    wanted.has(currency.toUpperCase()),
  );
  for (const currency of found) wanted.delete(currency.toUpperCase());
  if (wanted.size === 0) return found;
  const spellings = new Set(
    named
      .filter((currency) => wanted.has(currency.toUpperCase()))
      .flatMap((currency) => [currency.toUpperCase(), currency, currency.toLowerCase()]),
  );
  return [...found, ...(await reader.listed(account, before - 1, [...spellings]))];
}
