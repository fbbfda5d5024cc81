import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccountEntry,
  closings,
  decodeCatalog,
  EMPTY_CATALOG,
  encodeAccountEntry,
  encodeScheduleEntry,
  isOpen,
  isSameSchedule,
  openAccounts,
  reopened,
  type ScheduleEntry,
  scheduleAt,
  withAccount,
  withSchedule,
} from '../../../lambda/core/catalog.ts';
import { REGION_IDS } from '../../../lambda/core/regions.ts';
import type { StoredItem } from '../../../lambda/core/stored.ts';
import { account, grid, must, wholeSecond } from '../../support/arbitraries.ts';

const SIX = Date.UTC(2026, 10, 22, 6);
const SEVEN = Date.UTC(2026, 10, 22, 7);
const EIGHT = Date.UTC(2026, 10, 22, 8);

const HOURLY: ScheduleEntry = { from: SIX, every: '1h', timeZone: 'UTC', regions: ['id', 'sg', 'th'] };
const DAILY: ScheduleEntry = { from: EIGHT, every: '1d', timeZone: 'Asia/Seoul', regions: ['kr'] };

describe('the item of an entry', () => {
  it('for an account is exactly as documented', () => {
    expect(encodeAccountEntry({ account: 'sg/main', since: SIX })).toStrictEqual({
      account: { S: '#catalog' },
      slot: { S: 'account#sg/main' },
      since: { S: '2026-11-22T06:00:00Z' },
    });
    expect(
      encodeAccountEntry({ account: 'sg/main', since: SIX, closedFrom: EIGHT, blockedUntil: SEVEN }),
    ).toStrictEqual({
      account: { S: '#catalog' },
      slot: { S: 'account#sg/main' },
      since: { S: '2026-11-22T06:00:00Z' },
      closedFrom: { S: '2026-11-22T08:00:00Z' },
      blockedUntil: { S: '2026-11-22T07:00:00Z' },
    });
    const closed = [
      { from: SIX, to: SEVEN },
      { from: SEVEN, to: EIGHT },
    ];
    expect(encodeAccountEntry({ account: 'sg/main', since: SIX, closed })['closed']).toStrictEqual({
      S: '2026-11-22T06:00:00Z/2026-11-22T07:00:00Z,2026-11-22T07:00:00Z/2026-11-22T08:00:00Z',
    });
  });

  it('for a schedule is exactly as documented', () => {
    expect(encodeScheduleEntry(HOURLY)).toStrictEqual({
      account: { S: '#catalog' },
      slot: { S: 'schedule#2026-11-22T06:00:00Z' },
      every: { S: '1h' },
      timeZone: { S: 'UTC' },
      regions: { S: 'id,sg,th' },
    });
  });

  it('never shortens a block', () => {
    const until = (blockedUntil: number) =>
      encodeAccountEntry({ account: 'sg/main', since: SIX, blockedUntil })['blockedUntil'];
    expect(until(SEVEN + 1)).toStrictEqual({ S: '2026-11-22T07:00:01Z' });
    expect(until(SEVEN + 999)).toStrictEqual({ S: '2026-11-22T07:00:01Z' });
    expect(until(SEVEN + 1_000)).toStrictEqual({ S: '2026-11-22T07:00:01Z' });
  });
});

describe('an account that is collected', () => {
  it('keeps its entry while it is open, or closes only later', () => {
    for (const entry of [
      { account: 'sg/main', since: SIX },
      { account: 'sg/main', since: SIX, closedFrom: EIGHT },
    ] as const)
      expect(reopened(entry, SEVEN)).toBe(entry);
  });

  it('is reopened from that slot if it was closed by then, and its closing is kept', () => {
    const closed = { account: 'sg/main', since: SIX, closedFrom: SEVEN, blockedUntil: EIGHT } as const;
    const open = { account: 'sg/main', since: SIX, blockedUntil: EIGHT };
    const again = reopened(closed, EIGHT);
    expect(again).toStrictEqual({ ...open, closed: [{ from: SEVEN, to: EIGHT }] });
    expect(reopened(closed, SEVEN)).toStrictEqual(open);
    expect(reopened({ ...again, closedFrom: EIGHT + 1_000 }, EIGHT + 2_000)).toStrictEqual({
      ...open,
      closed: [
        { from: SEVEN, to: EIGHT },
        { from: EIGHT + 1_000, to: EIGHT + 2_000 },
      ],
    });
  });
});

describe('the catalog', () => {
  const accountEntry: fc.Arbitrary<AccountEntry> = fc.record(
    {
      account,
      since: wholeSecond,
      closedFrom: wholeSecond,
      closed: fc
        .uniqueArray(fc.record({ from: wholeSecond, to: wholeSecond }, { noNullPrototype: true }), {
          minLength: 1,
          maxLength: 3,
          selector: ({ from }) => from,
        })
        .map((closings) => closings.toSorted((a, b) => a.from - b.from)),
      blockedUntil: wholeSecond,
    },
    { requiredKeys: ['account', 'since'], noNullPrototype: true },
  );
  const scheduleEntry: fc.Arbitrary<ScheduleEntry> = fc
    .tuple(grid, wholeSecond, fc.subarray(REGION_IDS.toSorted(), { minLength: 1 }))
    .map(([{ every, timeZone }, from, regions]) => ({ from, every, timeZone, regions }));

  it('is decoded equal and in order, whatever the order of its items', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(accountEntry, { selector: (entry) => entry.account }),
        fc.uniqueArray(scheduleEntry, { selector: (entry) => entry.from }),
        fc.nat(),
        (accounts, schedules, turn) => {
          const items = [...accounts.map(encodeAccountEntry), ...schedules.map(encodeScheduleEntry)];
          const cut = turn % (items.length + 1);
          const catalog = must(decodeCatalog([...items.slice(cut), ...items.slice(0, cut)]));
          const names = accounts.map((entry) => entry.account).sort();
          expect([...catalog.accounts.keys()]).toStrictEqual(names);
          for (const entry of accounts) expect(catalog.accounts.get(entry.account)).toStrictEqual(entry);
          expect(catalog.schedules).toStrictEqual(schedules.toSorted((a, b) => a.from - b.from));
        },
      ),
    );
  });

  it('without items is empty', () => {
    expect(must(decodeCatalog([]))).toStrictEqual(EMPTY_CATALOG);
  });

  it('skips entries of a kind that this version does not know', () => {
    const items = [
      { account: { S: '#catalog' }, slot: { S: 'seal#2026-11-22' } },
      { account: { S: '#catalog' }, slot: { N: '1' } },
      { account: { S: '#catalog' } },
      encodeScheduleEntry(HOURLY),
    ];
    expect(must(decodeCatalog(items))).toStrictEqual({ accounts: new Map(), schedules: [HOURLY] });
  });

  it('accepts the closings of an account in any order', () => {
    const [early, late] = [
      '2026-11-22T06:00:00Z/2026-11-22T07:00:00Z',
      '2026-11-22T07:00:00Z/2026-11-22T08:00:00Z',
    ];
    const item = {
      ...encodeAccountEntry({ account: 'sg/main', since: SIX }),
      closed: { S: `${late},${early}` },
    };
    expect(must(decodeCatalog([item])).accounts.get('sg/main')?.closed).toEqual([
      { from: SIX, to: SEVEN },
      { from: SEVEN, to: EIGHT },
    ]);
  });

  it('accepts a list of regions in any order, each once', () => {
    const item = { ...encodeScheduleEntry(HOURLY), regions: { S: 'th,sg,id,sg' } };
    expect(must(decodeCatalog([item])).schedules).toStrictEqual([HOURLY]);
  });

  const accountItem = encodeAccountEntry({ account: 'sg/main', since: SIX });
  const scheduleItem = encodeScheduleEntry(HOURLY);
  it.each<[string, StoredItem, string]>([
    [
      'an account of no region',
      { ...accountItem, slot: { S: 'account#us/main' } },
      'catalog entry account#us/main: not an account of the form <region>/<name>',
    ],
    [
      'an account without since',
      { ...accountItem, since: { N: '1' } },
      'catalog entry account#sg/main: its since is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'an account closed at no time',
      { ...accountItem, closedFrom: { S: 'yesterday' } },
      'catalog entry account#sg/main: its closedFrom is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'an account closed by a number',
      { ...accountItem, closedFrom: { N: '1' } },
      'catalog entry account#sg/main: its closedFrom is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'an account blocked until no time',
      { ...accountItem, blockedUntil: { S: '2026-02-30T00:00:00Z' } },
      'catalog entry account#sg/main: its blockedUntil is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'an account closed for a time without end',
      { ...accountItem, closed: { S: '2026-11-22T06:00:00Z' } },
      'catalog entry account#sg/main: its closed is not a list such as 2026-11-22T06:00:00Z/2026-11-23T06:00:00Z',
    ],
    [
      'an account closed for a time without beginning',
      { ...accountItem, closed: { S: 'x/2026-11-22T06:00:00Z' } },
      'catalog entry account#sg/main: its closed is not a list such as 2026-11-22T06:00:00Z/2026-11-23T06:00:00Z',
    ],
    [
      'an account closed for a time of three ends',
      { ...accountItem, closed: { S: Array(3).fill('2026-11-22T06:00:00Z').join('/') } },
      'catalog entry account#sg/main: its closed is not a list such as 2026-11-22T06:00:00Z/2026-11-23T06:00:00Z',
    ],
    [
      'a schedule from no time',
      { ...scheduleItem, slot: { S: 'schedule#now' } },
      'catalog entry schedule#now: its slot is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'a schedule of another cadence',
      { ...scheduleItem, every: { S: '7m' } },
      'catalog entry schedule#2026-11-22T06:00:00Z: its every is not a cadence',
    ],
    [
      'a schedule of another zone',
      { ...scheduleItem, timeZone: { S: 'Europe/Paris' } },
      'catalog entry schedule#2026-11-22T06:00:00Z: its timeZone is not supported',
    ],
    [
      'a schedule of another region',
      { ...scheduleItem, regions: { S: 'id,us' } },
      'catalog entry schedule#2026-11-22T06:00:00Z: its regions are not a list such as id,sg,th',
    ],
    [
      'a schedule of no region',
      { ...scheduleItem, regions: { S: '' } },
      'catalog entry schedule#2026-11-22T06:00:00Z: its regions are not a list such as id,sg,th',
    ],
  ])('with %s is rejected, naming the entry', (_, item, problem) => {
    expect(decodeCatalog([item])).toStrictEqual({ problem });
  });

  it.each([
    ['since', accountItem, 'account#sg/main: its since is not of the form 2026-11-22T06:00:00Z'],
    ['every', scheduleItem, 'schedule#2026-11-22T06:00:00Z: its every is not a cadence'],
    ['timeZone', scheduleItem, 'schedule#2026-11-22T06:00:00Z: its timeZone is not supported'],
    ['regions', scheduleItem, 'schedule#2026-11-22T06:00:00Z: its regions are not a list such as id,sg,th'],
  ])('with an entry without %s is rejected, naming the entry', (name, item, problem) => {
    const rest = Object.fromEntries(Object.entries(item).filter(([each]) => each !== name));
    expect(decodeCatalog([rest])).toStrictEqual({ problem: `catalog entry ${problem}` });
  });

  it('with a change is a new object, in order; the original is not modified', () => {
    const before = withAccount(EMPTY_CATALOG, { account: 'sg/main', since: SIX });
    const added = withAccount(before, { account: 'id/main', since: SEVEN });
    const changed = withAccount(added, { account: 'sg/main', since: SIX, blockedUntil: EIGHT });
    expect([...added.accounts.keys()]).toStrictEqual(['id/main', 'sg/main']);
    expect(changed.accounts.get('sg/main')?.blockedUntil).toBe(EIGHT);
    expect(added.accounts.get('sg/main')).toStrictEqual({ account: 'sg/main', since: SIX });
    expect([...before.accounts.keys()]).toStrictEqual(['sg/main']);
    expect(EMPTY_CATALOG.accounts.size).toBe(0);
  });

  it('with a schedule of the same first slot has it instead of the other', () => {
    const catalog = withSchedule(withSchedule(EMPTY_CATALOG, DAILY), HOURLY);
    expect(catalog.schedules).toStrictEqual([HOURLY, DAILY]);
    const slower: ScheduleEntry = { ...HOURLY, every: '2h' };
    expect(withSchedule(catalog, slower).schedules).toStrictEqual([slower, DAILY]);
  });
});

describe('the schedule in force', () => {
  const catalog = withSchedule(withSchedule(EMPTY_CATALOG, DAILY), HOURLY);

  it('is the last one that begins at or before the slot', () => {
    expect(scheduleAt(catalog, SIX - 1)).toBeUndefined();
    expect(scheduleAt(catalog, SIX)).toBe(HOURLY);
    expect(scheduleAt(catalog, EIGHT - 1)).toBe(HOURLY);
    expect(scheduleAt(catalog, EIGHT)).toBe(DAILY);
    expect(scheduleAt(catalog, EIGHT + 1e12)).toBe(DAILY);
  });

  it('is the same as another if cadence, zone and regions are', () => {
    const later: ScheduleEntry = { ...HOURLY, from: EIGHT };
    expect(isSameSchedule(HOURLY, later)).toBe(true);
    expect(isSameSchedule(HOURLY, { ...HOURLY, every: '2h' })).toBe(false);
    expect(isSameSchedule(HOURLY, { ...HOURLY, timeZone: 'Asia/Seoul' })).toBe(false);
    expect(isSameSchedule(HOURLY, { ...HOURLY, regions: ['id', 'sg'] })).toBe(false);
  });
});

describe('an account', () => {
  it('is open from its first slot', () => {
    const entry: AccountEntry = { account: 'sg/main', since: SIX };
    expect(isOpen(entry, SIX - 1)).toBe(false);
    expect(isOpen(entry, SIX)).toBe(true);
    expect(isOpen(entry, EIGHT + 1e12)).toBe(true);
  });

  it('is no longer open at the slot from which it is closed', () => {
    const entry: AccountEntry = { account: 'sg/main', since: SIX, closedFrom: EIGHT };
    expect(isOpen(entry, EIGHT - 1)).toBe(true);
    expect(isOpen(entry, EIGHT)).toBe(false);
  });

  it('is open before and after a closing, and not during it', () => {
    const closed = [{ from: SEVEN, to: EIGHT }];
    const entry: AccountEntry = { account: 'sg/main', since: SIX, closed };
    expect([SIX, SEVEN - 1, SEVEN, EIGHT - 1, EIGHT].map((slot) => isOpen(entry, slot))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(closings(entry)).toEqual(closed);
    expect(closings({ ...entry, closedFrom: EIGHT + 1 })).toEqual([
      ...closed,
      { from: EIGHT + 1, to: Infinity },
    ]);
    expect(closings({ account: 'sg/main', since: SIX })).toEqual([]);
  });

  it('is among the open ones of its own region only, in order', () => {
    const entries: AccountEntry[] = [
      { account: 'sg/b', since: SIX },
      { account: 'sg/a', since: SIX, blockedUntil: EIGHT },
      { account: 'sg/closed', since: SIX, closedFrom: SEVEN },
      { account: 'sg/new', since: EIGHT },
      { account: 'id/main', since: SIX },
    ];
    const catalog = entries.reduce(withAccount, EMPTY_CATALOG);
    expect(openAccounts(catalog, 'sg', SIX)).toStrictEqual(['sg/a', 'sg/b', 'sg/closed']);
    expect(openAccounts(catalog, 'sg', SEVEN)).toStrictEqual(['sg/a', 'sg/b']);
    expect(openAccounts(catalog, 'sg', EIGHT)).toStrictEqual(['sg/a', 'sg/b', 'sg/new']);
    expect(openAccounts(catalog, 'th', SIX)).toStrictEqual([]);
  });
});
