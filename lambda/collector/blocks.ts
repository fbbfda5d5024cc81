import { type AccountName, regionOf } from '../core/account.ts';
import type { Instant } from '../core/instant.ts';
import type { Region } from '../core/regions.ts';
import type { Block } from '../core/verdict.ts';

/**
 * The blocks (418) that this process has met. A run also writes the block of an account into the catalog, for other
 * processes; a check, which stores nothing, leaves it here alone, and so does a run whose write fails, until the next
 * one. A block that names the address is one of a whole region: while this process lives, its address is the same.
 */
export class Blocks {
  readonly #until = new Map<AccountName | Region, Instant>();

  /** Remembers what a call about an account to the host of a region was answered; of two blocks, the longer one. */
  note(account: AccountName, host: Region, { until, whom }: Block): void {
    const whose = whom === 'address' ? host : account;
    this.#until.set(whose, Math.max(until, this.#until.get(whose) ?? until));
  }

  /** Until when the account itself is blocked; undefined where nothing is known. */
  ofAccount(account: AccountName): Instant | undefined {
    return this.#until.get(account);
  }

  /** Until when the host of a region must not be asked about the account; undefined where nothing is known. */
  until(account: AccountName, host: Region = regionOf(account)): Instant | undefined {
    const known = [this.#until.get(account), this.#until.get(host)].filter((until) => until !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  }
}
