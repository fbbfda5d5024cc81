import { DEMO_GRID, DEMO_REGIONS } from '../../infra/local/demo-accounts.ts';
import { regionOf } from '../../lambda/core/account.ts';
import { DAY, HOUR, MINUTE } from '../../lambda/core/instant.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from './memory-ledger.ts';
import { desksOf, pricesAt } from './statement-ledger.ts';

const END = time('2026-10-30T12:00:00Z');

/** Half an hour after the last slot of {@link fleetLedger}. */
export const FLEET_NOW = END + 30 * MINUTE;

/** Days of hours of that many accounts in the demo's regions; Thailand's site was down for six of them. */
export function fleetLedger(accounts: number, days: number): LedgerReader {
  const begin = END - days * DAY;
  const slots = Array.from({ length: (END - begin) / HOUR + 1 }, (_, hour) => begin + hour * HOUR);
  const isDown = (slot: number) => slot >= END - 5 * DAY && slot < END - 5 * DAY + 6 * HOUR;
  const desks = desksOf(accounts, begin);
  const entries = desks.flatMap(({ account, balances }) =>
    slots.map(
      (slot): Entry =>
        regionOf(account) === 'th' && isDown(slot)
          ? failure(account, slot, 'upbit.unavailable')
          : snapshot(account, slot, balances(slot)),
    ),
  );
  return memoryLedger(
    catalogOf(
      desks.map(({ account }) => ({ account, since: begin })),
      [{ ...DEMO_GRID, from: begin, regions: DEMO_REGIONS }],
    ),
    entries,
    slots.flatMap(pricesAt),
  );
}
