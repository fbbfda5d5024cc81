import { HOUR, type Instant } from '../../lambda/core/instant.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time, unreadable } from './memory-ledger.ts';
import { typed } from './typed.ts';

export const BEGIN = time('2026-11-22T00:00:00Z');
export const NOW = time('2026-11-22T04:30:00Z');
export const at = (hour: number): Instant => BEGIN + hour * HOUR;
export const CATALOG = catalogOf(
  [
    { account: 'id/main', since: BEGIN },
    { account: 'sg/main', since: BEGIN },
  ],
  [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['id', 'sg'] }],
);
export const held = [line('BTC', '2')];
const OTHERS = [0, 1, 2, 3, 4].map((hour) => snapshot('id/main', at(hour)));

/** sg/main has unreadable items at these hours, a failure at 3 if that is not one of them, and otherwise snapshots. */
export function ledgerWith(...hours: number[]) {
  const own = [0, 1, 2, 3, 4].map((hour) => {
    if (hours.includes(hour)) return unreadable('sg/main', at(hour));
    return hour === 3 ? failure('sg/main', at(hour)) : snapshot('sg/main', at(hour), held);
  });
  return memoryLedger(CATALOG, [...OTHERS, ...own]);
}
/** What a command line answers on a ledger with unreadable items at these hours. */
export const ask = (commandLine: string, ...hours: number[]) =>
  typed(commandLine, ledgerWith(...hours), { now: NOW });
export const rowsOf = (stdout: string) => JSON.parse(stdout) as { account: string; slot: string }[];
/** The hours of the rows of an account. */
export const hoursOf = (stdout: string, account: string) =>
  rowsOf(stdout)
    .filter((row) => row.account === account)
    .map(({ slot }) => Number(slot.slice(11, 13)));
