import { gather } from '../../cli/report/gather.ts';
import type { NumberColumn } from '../../cli/report/numbers.ts';
import { type AccountRecord, holdingAt, type ReportRecord } from '../../cli/report/record.ts';
import type { SealsShown } from '../../cli/report/seals.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import type { ScheduleEntry } from '../../lambda/core/catalog.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import type { PriceSheet } from '../../lambda/core/prices.ts';
import { slotsBetween } from '../../lambda/core/slots.ts';
import type { Entry, Found } from '../../lambda/core/snapshot.ts';
import type { FoundPrices, LedgerReader, Range } from '../../lambda/history/reader.ts';
import { catalogOf, failure, line, memoryLedger, sheet, snapshot, time } from './memory-ledger.ts';
import { SEAL } from './seals.ts';

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

/** The slots of which no prices of sg were recorded. */
export const UNPRICED: readonly Instant[] = [0, 1, 2, 3, 4, 5].map((hours) => BEGIN + 5 * DAY + hours * HOUR);

/** The prices of that month, different in each slot; none for a currency that would run as a script. */
export function marchSheets(): PriceSheet[] {
  return [...slotsBetween(HOURLY, BEGIN, END + 1)].flatMap((slot) => {
    const hours = (slot - BEGIN) / HOUR;
    const sg = sheet('sg', slot, {
      'SGD-BTC': `${84_000 + ((hours * 37) % 4_001)}.5`,
      'SGD-ETH': `${3_900 + ((hours * 13) % 211)}`,
      'SGD-USDT': [`1.3${String(10 + (hours % 50)).padStart(2, '0')}`, slot - 5 * HOUR],
      'USDT-XRP': `0.5${String(hours % 1_000).padStart(3, '0')}1`,
      'USDT-BTC': `${64_000 + hours}`,
    });
    const th = sheet('th', slot, { 'THB-BTC': `${2_300_000 + hours * 50}`, 'THB-USDT': '34.81' });
    return UNPRICED.includes(slot) ? [th] : [sg, th];
  });
}

/** What a report gathers from such entries, thinned at least to such an interval. */
export async function recordOf(
  entries: readonly Found[],
  names: readonly AccountName[] = ['sg/main', 'th/main'],
  schedules: readonly ScheduleEntry[] = [HOURLY],
  range: Range = { from: BEGIN, to: NOW },
  thinnedTo = 0,
  sheets: readonly FoundPrices[] = [],
): Promise<ReportRecord> {
  const catalog = catalogOf(
    names.map((account) => ({ account, since: BEGIN })),
    schedules,
  );
  const reader = memoryLedger(catalog, entries, sheets);
  const about = { timeZone: 'UTC', currencies: undefined } as const;
  const view = { reader, catalog, now: NOW };
  const unit = names.every((name) => name.startsWith('sg/')) ? 'SGD' : 'USDT';
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
    unit,
    prices: gathered.prices,
  };
}

/** The seals of that month: the last day is not over for an hour, and one day was not sealed. */
export const MARCH_SEALS: SealsShown = {
  days: {
    sealed: 29,
    newest: { ...SEAL, from: END - 2 * DAY, sealedAt: END - 23 * HOUR },
    others: [
      { why: 'none', first: '2026-03-11', last: '2026-03-11', count: 1 },
      { why: 'pending', first: '2026-03-31', last: '2026-04-01', count: 2 },
    ],
  },
  ledgerWords: ['--local'],
};

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
    marchSheets(),
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

/** A record as plain data, with its columns read out. */
export function plain({ accounts, prices, ...about }: ReportRecord) {
  return {
    ...about,
    prices: [...prices].map(([region, { slots, markets }]) => ({
      region,
      slots,
      markets: [...markets].map(([name, { price, tradedAt }]) => ({
        name,
        price: numbersOf(price),
        tradedAt: tradedAt && numbersOf(tradedAt),
      })),
    })),
    accounts: accounts.map(({ currencies, ...account }) => ({
      ...account,
      currencies: [...currencies].map(([name, column]) => ({
        name,
        holdings: Array.from({ length: column.balance.length }, (_, index) => holdingAt(column, index)),
      })),
    })),
  };
}

function numbersOf(column: NumberColumn): (string | undefined)[] {
  return Array.from({ length: column.length }, (_, index) => {
    const number = column.at(index);
    return number && formatDecimal(number);
  });
}
