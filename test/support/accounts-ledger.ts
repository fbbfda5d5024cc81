import type { AccountEntry, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../lambda/core/instant.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from './memory-ledger.ts';

export const START = time('2026-11-22T00:00:00Z');
export const NOW = START + 3 * HOUR + 30 * MINUTE + 500;
export const MAIN: AccountEntry = { account: 'sg/main', since: START - DAY };
export const OLD: AccountEntry = { account: 'sg/old', since: START };
export const CLOSED: AccountEntry = { account: 'sg/closed', since: START, closedFrom: START + HOUR };
export const HOURLY: ScheduleEntry = {
  from: START - DAY,
  every: '1h',
  timeZone: 'Asia/Singapore',
  regions: ['sg', 'th'],
};
export const CATALOG = catalogOf([CLOSED, MAIN, OLD], [HOURLY]);
export const ENTRIES = [
  snapshot('sg/main', START + 2 * HOUR),
  failure('sg/main', START + 3 * HOUR, 'key.expired'),
  snapshot('sg/old', START + 3 * HOUR),
  failure('th/main', START + 3 * HOUR, 'keys.missing'),
];
export const LEDGER = memoryLedger(CATALOG, ENTRIES);

export const row = (account: string, since: string | null, more: object = {}) => ({
  account,
  since,
  closed_from: null,
  last_slot: null,
  last_failure: null,
  ...more,
});
