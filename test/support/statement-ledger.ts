import { DEMO_GRID, DEMO_REGIONS, DEMO_SEED } from '../../infra/local/demo-accounts.ts';
import { simulatedMarket } from '../../infra/local/simulated-market.ts';
import { simulatedBalances } from '../../infra/local/simulated-portfolio.ts';
import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { type Balance, parseBalances } from '../../lambda/core/balances.ts';
import { HOUR, type Instant } from '../../lambda/core/instant.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { must } from './arbitraries.ts';
import { catalogOf, memoryLedger, sheet, snapshot, time } from './memory-ledger.ts';

const MARKET = simulatedMarket(DEMO_SEED);
const BEGIN = time('2026-10-30T00:00:00Z');
export const SLOT = time('2026-10-31T00:00:00Z');
export const NOW = SLOT + HOUR / 2;

/** A ledger of that many accounts in the demo's regions, with what the demo would have in them a day after it began. */
export function demoLike(accounts: number): LedgerReader {
  return ledgerOf(
    desksOf(accounts, BEGIN).map(({ account, balances }) => snapshot(account, SLOT, balances(SLOT))),
    pricesAt(SLOT),
  );
}

/** Accounts in the demo's regions, and what the demo would have in each of them at a time, if it began at another. */
export function desksOf(
  accounts: number,
  origin: Instant,
): readonly { readonly account: AccountName; readonly balances: (at: Instant) => readonly Balance[] }[] {
  return Array.from({ length: accounts }, (_, index) => {
    const region = DEMO_REGIONS[index % DEMO_REGIONS.length] ?? 'sg';
    const number = Math.floor(index / DEMO_REGIONS.length);
    const name = number === 0 ? 'main' : `desk-${String(number)}`;
    const account: AccountName = `${region}/${name}`;
    const simulated = simulatedBalances({ seed: DEMO_SEED, region, name, origin });
    return { account, balances: (at) => must(parseBalances(simulated(at))).balances };
  });
}

/** The prices that the demo has at a slot, of each of its regions. */
export function pricesAt(slot: Instant): PriceSheet[] {
  return DEMO_REGIONS.map((region) =>
    sheet(
      region,
      slot,
      Object.fromEntries(MARKET.prices(region, slot).map(({ market, price }) => [market, price])),
    ),
  );
}

/** A ledger with these snapshots and prices, on the demo's schedule. */
export function ledgerOf(snapshots: readonly Snapshot[], sheets: readonly PriceSheet[] = []): LedgerReader {
  const accounts = snapshots.map(({ account }) => ({ account, since: BEGIN }));
  const schedule = {
    ...DEMO_GRID,
    from: SLOT,
    regions: [...new Set(snapshots.map(({ account }) => regionOf(account)))],
  };
  return memoryLedger(catalogOf(accounts, [schedule]), snapshots, sheets);
}
