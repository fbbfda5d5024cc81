import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Grid } from '../../lambda/core/slots.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from './calendar.ts';
import type { Item } from './expressions.ts';
import { regionIn } from './names.ts';
import type { SimulatedTable } from './simulated-table.ts';

// Read from the raw items, independently of lambda/core/catalog.ts, so that a bug there shows.

export interface AccountRow {
  readonly account: AccountName;
  readonly since: Instant;
  /** The times at which it was closed and reopened, in order. */
  readonly turns: readonly Instant[];
  /** Infinity while it is open. */
  readonly closedFrom: Instant;
  /** 0 if it is not. */
  readonly blockedUntil: Instant;
}

export interface ScheduleRow extends Grid {
  readonly from: Instant;
  readonly regions: readonly string[];
}

export function accountRow(item: Item): AccountRow {
  const name = (item['slot']?.S ?? '').replace('account#', '');
  const region: Region = regionIn(name);
  return {
    account: `${region}/${name.slice(region.length + 1)}`,
    since: timeIn(item, 'since') ?? Number.NaN,
    turns: (item['closed']?.S ?? '').split(/[,/]/).filter(Boolean).map(Date.parse),
    closedFrom: timeIn(item, 'closedFrom') ?? Number.POSITIVE_INFINITY,
    blockedUntil: timeIn(item, 'blockedUntil') ?? 0,
  };
}

export function accountRows(table: SimulatedTable): AccountRow[] {
  return rows(table, 'account#').map(accountRow);
}

export function scheduleRows(table: SimulatedTable): ScheduleRow[] {
  return rows(table, 'schedule#').map((item) => {
    const every = ALL_CADENCES.find((cadence) => cadence === item['every']?.S);
    const timeZone = ALL_TIME_ZONES.find((zone) => zone === item['timeZone']?.S);
    if (every === undefined || timeZone === undefined) throw new Error('a schedule of no grid');
    const from = Date.parse((item['slot']?.S ?? '').replace('schedule#', ''));
    return { from, every, timeZone, regions: (item['regions']?.S ?? '').split(',') };
  });
}

function rows(table: SimulatedTable, prefix: string): Item[] {
  return table.partition('#catalog').filter((item) => item['slot']?.S?.startsWith(prefix) === true);
}

export function timeIn(item: Item, name: string): Instant | undefined {
  const text = item[name]?.S;
  return text === undefined ? undefined : Date.parse(text);
}
