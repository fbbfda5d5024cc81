import type { AccountEntry, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../lambda/core/instant.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { catalogOf, line, memoryLedger, snapshot, time } from './memory-ledger.ts';
import { typed } from './typed.ts';

export const START = time('2026-11-20T16:00:00Z');
export const NOW = START + 2 * DAY + 30 * MINUTE;
export const MAIN: AccountEntry = { account: 'sg/main', since: START };
/** START is midnight in its zone. */
export const HOURLY: ScheduleEntry = {
  from: START,
  every: '1h',
  timeZone: 'Asia/Singapore',
  regions: ['sg'],
};
export const BOTH: ScheduleEntry = { ...HOURLY, regions: ['sg', 'th'] };
const CATALOG = catalogOf([MAIN], [HOURLY]);

export const ledgerOf = (entries: readonly Entry[], catalog = CATALOG) => memoryLedger(catalog, entries);
export const hourly = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) =>
    snapshot('sg/main', START + (first + index) * HOUR, [line('BTC', `${first + index}`, '0.5')]),
  );
export const WHOLE = ledgerOf(hourly(49));

/** What `balances history` prints, and its rows. */
export async function historyRows(commandLine: string, ledger = WHOLE) {
  const ran = await typed(`history --real --format json ${commandLine}`.trim(), ledger, { now: NOW });
  return { ...ran, rows: JSON.parse(ran.stdout) as Record<string, unknown>[] };
}

export const slotsOf = (list: readonly Record<string, unknown>[]) => list.map(({ slot }) => slot);
