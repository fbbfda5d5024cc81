import type { AccountEntry, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { DAY, MINUTE } from '../../lambda/core/instant.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import type { FoundPrices } from '../../lambda/history/reader.ts';
import { catalogOf, memoryLedger, time } from './memory-ledger.ts';

export const SLOT = time('2026-11-22T06:00:00Z');
export const NOW = SLOT + 30 * MINUTE;
export const HOURLY: ScheduleEntry = {
  from: SLOT - 2 * DAY,
  every: '1h',
  timeZone: 'Asia/Singapore',
  regions: ['sg', 'th'],
};
export const open = (...names: AccountEntry['account'][]) =>
  names.map((account) => ({ account, since: HOURLY.from }));

export const ledgerOf = (
  entries: readonly Entry[],
  accounts: readonly AccountEntry[] = open('sg/main', 'th/main'),
  sheets: readonly FoundPrices[] = [],
) => memoryLedger(catalogOf(accounts, [HOURLY]), entries, sheets);
