import { gather } from '../../cli/report/gather.ts';
import type { AccountRecord, ReportRecord } from '../../cli/report/record.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import type { ScheduleEntry } from '../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import { slotsBetween } from '../../lambda/core/slots.ts';
import type { Entry, Found } from '../../lambda/core/snapshot.ts';
import type { LedgerReader, Range } from '../../lambda/history/reader.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from './memory-ledger.ts';

/** A currency that would run as a script if it were not escaped. */
export const HOSTILE = '<img src=x onerror=alert(1)>';

export const BEGIN = time('2026-03-01T00:00:00Z');
export const END = time('2026-04-01T00:00:00Z');
export const NOW = END + 30 * MINUTE;
export const HOURLY: ScheduleEntry = { from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg', 'th'] };

/** The slots of sg/main that failed, those that are missing, and a single snapshot between two failures. */
export const FAILED: readonly Instant[] = [8, 9, 10, 12, 13].map((hours) => BEGIN + 20 * DAY + hours * HOUR);
export const MISSING: readonly Instant[] = [BEGIN + 10 * DAY, BEGIN + 10 * DAY + HOUR];

function held(day: number, hour: number): Balance[] {
  return [
    line(HOSTILE, '7'),
    line('BTC', `0.${String(50_000_000 + day * 1_000_003 + hour)}`, day % 2 === 0 ? '0.05' : '0'),
    line('ETH', String(6 + day)),
    ...(day < 15 ? [line('XRP', '2150.5')] : []),
  ];
}

/** A month of hourly slots of two accounts, with gaps in the first. */
export function marchEntries(): Entry[] {
  const slots = [...slotsBetween(HOURLY, BEGIN, END + 1)];
  return slots.flatMap((slot): Entry[] => {
    const [day, hour] = [Math.floor((slot - BEGIN) / DAY), ((slot - BEGIN) % DAY) / HOUR];
    const thai = snapshot('th/main', slot, [line('BTC', '1.00000001'), line('THB', '88410.12', '5000')]);
    if (MISSING.includes(slot)) return [thai];
    if (FAILED.includes(slot)) return [thai, failure('sg/main', slot, 'upbit.timeout')];
    return [thai, snapshot('sg/main', slot, held(day, hour))];
  });
}

/** What a report gathers from such entries, thinned at least to such an interval. */
export async function recordOf(
  entries: readonly Found[],
  names: readonly AccountName[] = ['sg/main', 'th/main'],
  schedules: readonly ScheduleEntry[] = [HOURLY],
  range: Range = { from: BEGIN, to: NOW },
  thinnedTo = 0,
): Promise<ReportRecord> {
  const catalog = catalogOf(
    names.map((account) => ({ account, since: BEGIN })),
    schedules,
  );
  const reader = memoryLedger(catalog, entries);
  const about = { timeZone: 'UTC', currencies: undefined } as const;
  const view = { reader, catalog, now: NOW };
  const gathered = await gather(view, { accounts: names, range, ...about });
  while (gathered.interval < thinnedTo && gathered.coarsen());
  return {
    label: 'the demo ledger',
    simulated: true,
    readAt: NOW,
    ...range,
    ...about,
    interval: gathered.interval,
    accounts: gathered.accounts,
  };
}

/** The ledger of {@link marchEntries}. */
export function marchLedger(): LedgerReader {
  return memoryLedger(
    catalogOf(
      [
        { account: 'sg/main', since: BEGIN },
        { account: 'th/main', since: BEGIN },
      ],
      [HOURLY],
    ),
    marchEntries(),
  );
}

export function accountOf({ accounts }: ReportRecord, name = 'sg/main'): AccountRecord {
  const found = accounts.find(({ account }) => account === name);
  if (found === undefined) throw new RangeError(`no ${name}`);
  return found;
}

/** The opening tag of the element that contains the record. */
export const DATA = '<script type="application/json" id="record">';

/** The content of the first script or style element of a kind. */
export function inlined(html: string, opening: string): string {
  const begin = html.indexOf(opening) + opening.length;
  return html.slice(begin, html.indexOf(opening.startsWith('<style') ? '</style>' : '</script>', begin));
}

/** A record as plain data, with its currencies read out. */
export function plain({ accounts, ...about }: ReportRecord) {
  return {
    ...about,
    accounts: accounts.map(({ currencies, ...account }) => ({
      ...account,
      currencies: [...currencies].map(([name, { repeats }]) => ({ name, repeats })),
    })),
  };
}
