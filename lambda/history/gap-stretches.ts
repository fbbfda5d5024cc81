import type { AccountName } from '../core/account.ts';
import { isGap, type SlotOutcome } from '../core/completeness.ts';
import type { Instant } from '../core/instant.ts';
import { byCodeOrder } from '../core/order.ts';

/** Neighbouring slots without a snapshot, for the same reason, of one or more accounts. */
export interface GapStretch {
  readonly reason: string;
  /** The first and the last slot. */
  readonly from: Instant;
  readonly to: Instant;
  /** How many slots, of each account. */
  readonly count: number;
  /** In the order in which they came. */
  readonly accounts: readonly AccountName[];
}

type Open = { reason: string; from: Instant; to: Instant; count: number; readonly account: AccountName };

/**
 * Joins gaps: neighbouring slots of an account with the same reason become one stretch, and accounts with the same stretch share
 * it. Give it every outcome of a range, as `slots` yields them: only a slot with another outcome tells that two gaps are apart.
 */
export class GapStretches {
  readonly #done: Open[] = [];
  #open: Open | undefined;

  add(outcome: SlotOutcome): void {
    const { account, slot, reason = '' } = outcome;
    const open = this.#open;
    const isOne = isGap(outcome);
    if (isOne && open?.account === account && open.reason === reason) {
      open.to = slot;
      open.count += 1;
      return;
    }
    if (open !== undefined) this.#done.push(open);
    this.#open = isOne ? { account, reason, from: slot, to: slot, count: 1 } : undefined;
  }

  /** The stretches so far, by time and then by reason. */
  joined(): GapStretch[] {
    const found = new Map<string, GapStretch & { readonly accounts: AccountName[] }>();
    for (const { account, ...stretch } of [
      ...this.#done,
      ...(this.#open === undefined ? [] : [this.#open]),
    ]) {
      // Accounts on different grids can have the same ends with another number of slots between.
      const key = `${stretch.from} ${stretch.to} ${stretch.count} ${stretch.reason}`;
      const same = found.get(key);
      if (same === undefined) found.set(key, { ...stretch, accounts: [account] });
      else same.accounts.push(account);
    }
    return [...found.values()].sort(
      (a, b) => a.from - b.from || a.to - b.to || byCodeOrder(a.reason, b.reason),
    );
  }
}
