import { type AccountName, regionOf } from '../core/account.ts';
import type { Catalog } from '../core/catalog.ts';
import { formatSecond, type Instant } from '../core/instant.ts';
import type { Region } from '../core/regions.ts';
import type { Block } from '../core/verdict.ts';

/** What is recorded or reported in place of a call during a block. */
export interface Skipped {
  readonly code: 'upbit.blocked';
  readonly detail: string;
}

/**
 * The blocks (418) that this process knows: those it has met in any run or check, and those in the catalog. A call
 * to Upbit looks here when it is its turn.
 *
 * A block of an account applies to that account. One that names the address applies to every account of the region, for as
 * long as this process lives: its address stays the same. Another process may have another address, so the catalog gets such
 * a block only for the accounts that met it.
 */
export class Blocks {
  readonly #until = new Map<AccountName | Region, Instant>();

  /** Adds the blocks in the catalog. */
  learn({ accounts }: Pick<Catalog, 'accounts'>): void {
    for (const { account, blockedUntil } of accounts.values())
      if (blockedUntil !== undefined) this.#lengthen(account, blockedUntil);
  }

  /** Adds a block that a call for an account to a region's host has met. */
  note(account: AccountName, host: Region, { until, whom }: Block): void {
    if (whom === 'address') this.#lengthen(host, until);
    // At the host of another region the address is blocked, and the account’s own host may still be called.
    if (whom === 'account' || host === regionOf(account)) this.#lengthen(account, until);
  }

  /** Until when the account itself is blocked; undefined if no block is known. The catalog should have it. */
  ofAccount(account: AccountName): Instant | undefined {
    return this.#until.get(account);
  }

  /** Until when the region's host blocks this address; 0 if no such block is known. */
  ofAddress(host: Region): Instant {
    return this.#until.get(host) ?? 0;
  }

  /** Until when the region's host must not be called for the account: the later end; 0 if no block is known. */
  until(account: AccountName, host: Region = regionOf(account)): Instant {
    return Math.max(this.#until.get(account) ?? 0, this.#until.get(host) ?? 0);
  }

  /** Why the region's host must not be called for the account now; undefined if it may be. */
  reasonToSkip(account: AccountName, now: Instant, host?: Region): Skipped | undefined {
    const until = this.until(account, host);
    if (until <= now) return undefined;
    const whose = until === this.ofAccount(account) ? 'block' : 'block of this address';
    return { code: 'upbit.blocked', detail: `skipped: Upbit’s ${whose} lasts until ${formatSecond(until)}` };
  }

  #lengthen(whose: AccountName | Region, until: Instant): void {
    this.#until.set(whose, Math.max(until, this.#until.get(whose) ?? until));
  }
}
