import { type AccountName, parseAccountName, regionOf } from './account.ts';
import { formatSecond, type Instant, parseSecond, SECOND } from './instant.ts';
import { byCodeOrder } from './order.ts';
import type { Parsed } from './parsed.ts';
import { CATALOG_PARTITION } from './partitions.ts';
import { isRegion, type Region } from './regions.ts';
import { type Grid, isCadence, isTimeZone, type TimeZone } from './slots.ts';
import type { EncodedItem, StoredItem } from './stored.ts';

const ACCOUNT_PREFIX = 'account#';
const SCHEDULE_PREFIX = 'schedule#';

/** An account whose snapshots the ledger expects. */
export interface AccountEntry {
  readonly account: AccountName;
  /** The first slot it was seen at. */
  readonly since: Instant;
  /** The first slot at which it is no longer expected; absent while it is open. */
  readonly closedFrom?: Instant;
  /** Earlier periods in which it was closed, in order; absent if there are none. */
  readonly closed?: readonly Stretch[];
  /** Upbit must not be called for it before this time (418). */
  readonly blockedUntil?: Instant;
}

/** A period: from ≤ slot < to; Infinity if it has no end. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** Which slots are expected, from when, and of which regions. */
export interface ScheduleEntry extends Grid {
  /** The first slot of this schedule; it applies until the next entry's `from`. */
  readonly from: Instant;
  /** In code order, each once. */
  readonly regions: readonly Region[];
}

/** Accounts by name, schedules by `from`, both in order. */
export interface Catalog {
  readonly accounts: ReadonlyMap<AccountName, AccountEntry>;
  readonly schedules: readonly ScheduleEntry[];
  /**
   * The first item of each default account that the collector recorded while it knew no account of the region. No entry
   * has it: a reader looks it up; the collector does not need it and leaves it out.
   */
  readonly firstOfDefaults?: ReadonlyMap<AccountName, Instant>;
}

/**
 * A ledger in which nothing is expected yet.
 *
 * @internal exported for tests
 */
export const EMPTY_CATALOG: Catalog = { accounts: new Map(), schedules: [] };

/** The catalog with one account added or changed. */
export function withAccount(catalog: Catalog, entry: AccountEntry): Catalog {
  return inOrder(new Map(catalog.accounts).set(entry.account, entry).values(), catalog.schedules);
}

/** The catalog with one schedule added or changed. */
export function withSchedule(catalog: Catalog, entry: ScheduleEntry): Catalog {
  const others = catalog.schedules.filter((schedule) => schedule.from !== entry.from);
  return inOrder(catalog.accounts.values(), [...others, entry]);
}

function inOrder(accounts: Iterable<AccountEntry>, schedules: readonly ScheduleEntry[]): Catalog {
  const sorted = [...accounts].sort((a, b) => byCodeOrder(a.account, b.account));
  return {
    accounts: new Map(sorted.map((entry) => [entry.account, entry])),
    schedules: [...schedules].sort((a, b) => a.from - b.from),
  };
}

/** The schedule in force at `slot`: the last one that begins at or before it. */
export function scheduleAt(catalog: Catalog, slot: Instant): ScheduleEntry | undefined {
  return catalog.schedules.findLast((schedule) => schedule.from <= slot);
}

/** The first instant in the catalog: the start of a schedule, or of an account older than any; Infinity in an empty catalog. */
export function beginning({ accounts, schedules }: Pick<Catalog, 'accounts' | 'schedules'>): Instant {
  return Math.min(...schedules.map(({ from }) => from), ...[...accounts.values()].map(({ since }) => since));
}

/** The stack's time zone: that of its newest schedule, or UTC if there is none. */
export function stackTimeZone({ schedules }: Pick<Catalog, 'schedules'>): TimeZone {
  return schedules.at(-1)?.timeZone ?? 'UTC';
}

/** True if both expect the same slots of the same regions. */
export function isSameSchedule(a: Omit<ScheduleEntry, 'from'>, b: Omit<ScheduleEntry, 'from'>): boolean {
  return a.every === b.every && a.timeZone === b.timeZone && a.regions.join() === b.regions.join();
}

/**
 * True if the account is expected to have a snapshot for `slot`, provided its region is scheduled.
 *
 * @internal exported for its test
 */
export function isOpen(entry: AccountEntry, slot: Instant): boolean {
  return openTimes(entry).some(({ from, to }) => from <= slot && slot < to);
}

/** The periods in which the account is open, in order; the last one ends at Infinity unless the account is closed. */
export function openTimes({ since, closed = [], closedFrom = Infinity }: AccountEntry): Stretch[] {
  const begins = [since, ...closed.map(({ to }) => to)];
  const ends = [...closed.map(({ from }) => from), closedFrom];
  return begins
    .map((from, index) => ({ from, to: ends[index] ?? closedFrom }))
    .filter(({ from, to }) => from < to);
}

/** The periods in which the account is closed, in order. */
export function closings({ closed = [], closedFrom }: AccountEntry): Stretch[] {
  return closedFrom === undefined ? [...closed] : [...closed, { from: closedFrom, to: Infinity }];
}

/** The one of these closings that contains `instant`; undefined if the account is not closed then. */
export function closingAt(times: readonly Stretch[], instant: Instant): Stretch | undefined {
  return times.find(({ from, to }) => from <= instant && instant < to);
}

/** The entry of an account that is collected at `slot`: reopened from that slot if it was closed by then. */
export function reopened(entry: AccountEntry, slot: Instant): AccountEntry {
  const { closedFrom, ...open } = entry;
  if (closedFrom === undefined || closedFrom > slot) return entry;
  return closedFrom === slot
    ? open
    : { ...open, closed: [...(open.closed ?? []), { from: closedFrom, to: slot }] };
}

/** The accounts of a region that are open at `slot`, in order. */
export function openAccounts(catalog: Catalog, region: Region, slot: Instant): AccountName[] {
  return [...catalog.accounts.values()]
    .filter((entry) => regionOf(entry.account) === region && isOpen(entry, slot))
    .map((entry) => entry.account);
}

export function encodeAccountEntry(entry: AccountEntry): EncodedItem {
  return {
    account: { S: CATALOG_PARTITION },
    slot: { S: ACCOUNT_PREFIX + entry.account },
    since: { S: formatSecond(entry.since) },
    ...(entry.closedFrom === undefined ? {} : { closedFrom: { S: formatSecond(entry.closedFrom) } }),
    ...(entry.closed === undefined ? {} : { closed: { S: entry.closed.map(formatClosing).join(',') } }),
    // Rounded up: a block must not end early.
    ...(entry.blockedUntil === undefined
      ? {}
      : { blockedUntil: { S: formatSecond(entry.blockedUntil + SECOND - 1) } }),
  };
}

function formatClosing({ from, to }: Stretch): string {
  return `${formatSecond(from)}/${formatSecond(to)}`;
}

export function encodeScheduleEntry(entry: ScheduleEntry): EncodedItem {
  return {
    account: { S: CATALOG_PARTITION },
    slot: { S: SCHEDULE_PREFIX + formatSecond(entry.from) },
    every: { S: entry.every },
    timeZone: { S: entry.timeZone },
    regions: { S: entry.regions.join(',') },
  };
}

/** Reads the whole partition. Skips entries of a kind this version does not know; a broken entry is a problem. */
export function decodeCatalog(items: Iterable<StoredItem>): Parsed<Catalog> {
  const accounts: AccountEntry[] = [];
  const schedules: ScheduleEntry[] = [];
  for (const item of items) {
    const key = item['slot']?.S ?? '';
    if (key.startsWith(ACCOUNT_PREFIX)) {
      const entry = decodeAccountEntry(key.slice(ACCOUNT_PREFIX.length), item);
      if (entry.problem !== undefined) return { problem: `catalog entry ${key}: ${entry.problem}` };
      accounts.push(entry.value);
    } else if (key.startsWith(SCHEDULE_PREFIX)) {
      const entry = decodeScheduleEntry(key.slice(SCHEDULE_PREFIX.length), item);
      if (entry.problem !== undefined) return { problem: `catalog entry ${key}: ${entry.problem}` };
      schedules.push(entry.value);
    }
  }
  return { value: inOrder(accounts, schedules) };
}

function decodeAccountEntry(name: string, item: StoredItem): Parsed<AccountEntry> {
  const account = parseAccountName(name);
  if (account === undefined) return { problem: 'not an account of the form <region>/<name>' };
  const since = parseSecond(item['since']?.S ?? '');
  if (since === undefined) return { problem: 'its since is not of the form 2026-11-22T06:00:00Z' };
  const closedFrom = optionalInstant(item, 'closedFrom');
  if (closedFrom.problem !== undefined) return closedFrom;
  const blockedUntil = optionalInstant(item, 'blockedUntil');
  if (blockedUntil.problem !== undefined) return blockedUntil;
  const closed = optionalClosings(item);
  if (closed.problem !== undefined) return closed;
  return {
    value: {
      account,
      since,
      ...(closedFrom.value === undefined ? {} : { closedFrom: closedFrom.value }),
      ...(closed.value === undefined ? {} : { closed: closed.value }),
      ...(blockedUntil.value === undefined ? {} : { blockedUntil: blockedUntil.value }),
    },
  };
}

function decodeScheduleEntry(text: string, item: StoredItem): Parsed<ScheduleEntry> {
  const from = parseSecond(text);
  const every = item['every']?.S ?? '';
  const timeZone = item['timeZone']?.S ?? '';
  const regions = (item['regions']?.S ?? '').split(',');
  if (from === undefined) return { problem: 'its slot is not of the form 2026-11-22T06:00:00Z' };
  if (!isCadence(every)) return { problem: 'its every is not a cadence' };
  if (!isTimeZone(timeZone)) return { problem: 'its timeZone is not supported' };
  if (!regions.every(isRegion)) return { problem: 'its regions are not a list such as id,sg,th' };
  return { value: { from, every, timeZone, regions: [...new Set(regions)].sort(byCodeOrder) } };
}

function optionalInstant(item: StoredItem, name: string): Parsed<Instant | undefined> {
  if (item[name] === undefined) return { value: undefined };
  const instant = parseSecond(item[name].S ?? '');
  return instant === undefined
    ? { problem: `its ${name} is not of the form 2026-11-22T06:00:00Z` }
    : { value: instant };
}

function optionalClosings(item: StoredItem): Parsed<Stretch[] | undefined> {
  if (item['closed'] === undefined) return { value: undefined };
  const closings: Stretch[] = [];
  for (const part of (item['closed'].S ?? '').split(',')) {
    const [from, to, ...more] = part.split('/').map(parseSecond);
    if (from === undefined || to === undefined || more.length > 0)
      return { problem: 'its closed is not a list such as 2026-11-22T06:00:00Z/2026-11-23T06:00:00Z' };
    closings.push({ from, to });
  }
  return { value: closings.sort((a, b) => a.from - b.from) };
}
