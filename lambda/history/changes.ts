import type { AccountName } from '../core/account.ts';
import { held } from '../core/balances.ts';
import { type Decimal, isZero, subtract, ZERO } from '../core/decimal.ts';
import type { Instant } from '../core/instant.ts';
import { byCodeOrder } from '../core/order.ts';
import { isUnreadable, type Snapshot } from '../core/snapshot.ts';
import { at, type Reading } from './latest.ts';
import type { LedgerReader, LedgerView, Range } from './reader.ts';

/** How much an account's holding of one currency changed; held is available plus locked. */
export interface Change {
  readonly currency: string;
  readonly before: Decimal;
  readonly after: Decimal;
  /** after − before; never zero. */
  readonly change: Decimal;
}

/** What changed in one account between two times. */
export interface AccountChanges {
  readonly account: AccountName;
  /** What the ledger has at the earlier time, and at the later one. */
  readonly before: Reading;
  readonly after: Reading;
  /**
   * The snapshots that were compared. If there is none at the earlier time, the account's first one after it is used;
   * undefined if there is none at all, or if an unreadable item hides which ones they are.
   */
  readonly compared: { readonly from: Snapshot; readonly to: Snapshot } | undefined;
  /** By currency, in order. Unchanged currencies are left out. */
  readonly changes: readonly Change[];
  /** How much it held of a currency in the compared snapshots, changed or not; undefined if none were compared. */
  readonly held: (currency: string) => Pick<Change, 'before' | 'after'> | undefined;
}

/**
 * Compares, for each account, the newest success at `to` with the newest one at `from`, each as {@link at} finds it, so
 * that the changes of two adjacent ranges add up to those of the whole.
 */
export async function changes(
  view: LedgerView,
  accounts: readonly AccountName[],
  { from, to }: Range,
): Promise<AccountChanges[]> {
  const [earlier, later] = await Promise.all([at(view, accounts, from), at(view, accounts, to)]);
  const found: AccountChanges[] = [];
  for (const [index, before] of earlier.entries()) {
    const after = later[index];
    if (after === undefined) continue;
    const { account } = before;
    const first =
      after.snapshot && before.unreadable === undefined
        ? (before.snapshot ?? (await firstSnapshot(view.reader, account, from, to)))
        : undefined;
    const compared = first && after.snapshot && { from: first, to: after.snapshot };
    found.push({
      account,
      before,
      after,
      compared,
      ...compare(compared && [holdings(compared.from), holdings(compared.to)]),
    });
  }
  return found;
}

async function firstSnapshot(
  reader: LedgerReader,
  account: AccountName,
  from: Instant,
  to: Instant,
): Promise<Snapshot | undefined> {
  const found = await reader.oldestSnapshot(account, from, to);
  // An unreadable item may be the first snapshot.
  return found === undefined || isUnreadable(found) ? undefined : found;
}

/** A snapshot lists every currency held, so one that is not in it is no longer, or not yet, held. */
function compare(
  both: readonly [before: Holdings, after: Holdings] | undefined,
): Pick<AccountChanges, 'changes' | 'held'> {
  if (both === undefined) return { changes: [], held: () => undefined };
  const [before, after] = both;
  const held = (currency: string) => ({
    before: before.get(currency) ?? ZERO,
    after: after.get(currency) ?? ZERO,
  });
  const currencies = [...new Set([...before.keys(), ...after.keys()])].sort(byCodeOrder);
  const changes = currencies.flatMap((currency) => {
    const its = held(currency);
    const change = subtract(its.after, its.before);
    return isZero(change) ? [] : [{ currency, ...its, change }];
  });
  return { changes, held };
}

type Holdings = ReadonlyMap<string, Decimal>;

function holdings({ balances }: Snapshot): Holdings {
  return new Map(balances.map((line) => [line.currency, held(line)]));
}
