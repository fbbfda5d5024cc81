import type { AccountName } from '../core/account.ts';
import type { Instant } from '../core/instant.ts';
import { addSums, type Sum } from '../core/worth.ts';
import type { Worth } from './worth.ts';

/** What accounts were worth together at one point of an answer. */
export interface PointSum {
  readonly point: Instant;
  /** The oldest slot of the snapshots that it counts. */
  readonly slot: Instant;
  readonly sum: Sum;
  /** What it counts, by account, in the order in which they came. */
  readonly accounts: ReadonlyMap<AccountName, Sum>;
}

/** Adds up what accounts were worth, point by point. Only sums are kept, so memory grows with points × accounts alone. */
export class WorthSums {
  readonly #points = new Map<Instant, { slot: Instant; readonly accounts: Map<AccountName, Sum> }>();

  /** Counts an account at a point; the account's snapshot may be of a later slot. */
  add(point: Instant, { account, snapshot, sum }: Pick<Worth, 'account' | 'snapshot' | 'sum'>): void {
    const at = this.#points.get(point) ?? { slot: snapshot.slot, accounts: new Map() };
    at.slot = Math.min(at.slot, snapshot.slot);
    at.accounts.set(account, sum);
    this.#points.set(point, at);
  }

  /** The sums, in order of time. */
  points(): PointSum[] {
    return [...this.#points]
      .sort(([a], [b]) => a - b)
      .map(([point, { slot, accounts }]) => ({
        point,
        slot,
        accounts,
        sum: addSums([...accounts.values()]),
      }));
  }
}
