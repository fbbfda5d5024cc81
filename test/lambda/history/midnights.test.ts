import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { Catalog } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { midnights } from '../../../lambda/history/midnights.ts';
import type { LedgerReader, Range } from '../../../lambda/history/reader.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';

const START = time('2026-11-01T00:00:00Z');
const NOW = START + 1_000 * DAY;
const HOURLY = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
const OPEN = catalogOf([{ account: 'sg/cold', since: START }], [HOURLY]);

interface Question {
  readonly catalog?: Catalog;
  readonly range?: Range;
  readonly timeZone?: TimeZone;
  readonly now?: Instant;
  readonly account?: AccountName;
}

/** The midnights in days and hours after the start, with their snapshots; and how many slots each call requested. */
async function read(entries: readonly Entry[], question: Question = {}) {
  const {
    catalog = OPEN,
    range = { from: START, to: START + 3 * DAY },
    timeZone = 'UTC',
    now = NOW,
    account = 'sg/cold',
  } = question;
  const sizes: number[] = [];
  const ledger = memoryLedger(catalog, entries);
  const reader: LedgerReader = {
    ...ledger,
    get: (account, slots) => {
      sizes.push(slots.length);
      return ledger.get(account, slots);
    },
  };
  const found: [hours: number, snapshot: Entry | undefined][] = [];
  for await (const { slot, snapshot } of midnights({ reader, catalog, now }, account, range, timeZone))
    found.push([(slot - START) / HOUR, snapshot]);
  return { found, hours: found.map(([hours]) => hours), sizes };
}

describe('the midnights of a range', () => {
  it('each have the snapshot of exactly that slot, never of another', async () => {
    const first = snapshot('sg/cold', START);
    const entries = [
      first,
      snapshot('sg/cold', START + DAY + HOUR),
      snapshot('sg/cold', START + 2 * DAY - HOUR),
    ];
    expect((await read(entries)).found).toEqual([
      [0, first],
      [24, undefined],
      [48, undefined],
    ]);
  });

  it('never have a failure or a manual snapshot', async () => {
    const entries = [
      failure('sg/cold', START),
      snapshot('sg/cold', START + DAY, [], { manual: true }),
      failure('sg/cold', START + 2 * DAY, 'late', { manual: true }),
    ];
    expect((await read(entries)).found.map(([, found]) => found)).toEqual([undefined, undefined, undefined]);
  });

  it('are local to the zone, including the start and excluding the end', async () => {
    const range = { from: START + 15 * HOUR, to: START + 39 * HOUR };
    expect((await read([], { range, timeZone: 'Asia/Seoul' })).hours).toEqual([15]);
    expect((await read([], { range: { ...range, to: range.to + 1 }, timeZone: 'Asia/Seoul' })).hours).toEqual(
      [15, 39],
    );
    expect(
      (await read([], { range: { ...range, from: range.from + 1 }, timeZone: 'Asia/Seoul' })).hours,
    ).toEqual([]);
  });

  it('begin with the account, and end when it is closed', async () => {
    const entry = { account: 'sg/cold', since: START + DAY, closedFrom: START + 3 * DAY } as const;
    const catalog = catalogOf([entry], [HOURLY]);
    const range = { from: START - 5 * DAY, to: START + 9 * DAY };
    expect((await read([], { catalog, range })).hours).toEqual([24, 48]);
  });

  it('skip the time the account was closed, and continue when it was reopened', async () => {
    const closed = [{ from: START + DAY, to: START + 2 * DAY + 1 }];
    const catalog = catalogOf([{ account: 'sg/cold', since: START, closed }], [HOURLY]);
    const range = { from: START, to: START + 5 * DAY };
    expect((await read([], { catalog, range })).hours).toEqual([0, 72, 96]);
  });

  it('of a default account are those of the time in which it stands for its region', async () => {
    const range = { from: START - 5 * DAY, to: START + 5 * DAY };
    const account = 'sg/main';
    expect((await read([], { catalog: catalogOf([], [HOURLY]), range, account })).hours).toEqual([
      0, 24, 48, 72, 96,
    ]);
    const known = catalogOf([{ account: 'sg/cold', since: START + 2 * DAY }], [HOURLY]);
    expect((await read([], { catalog: known, range, account })).hours).toEqual([0, 24]);
    expect((await read([], { catalog: catalogOf([], []), range, account })).hours).toEqual([]);
  });

  it('are none while the region is not scheduled', async () => {
    const without = { ...HOURLY, from: START + DAY, regions: ['id'] } as const;
    const again = { ...HOURLY, from: START + 3 * DAY };
    const catalog = catalogOf([{ account: 'sg/cold', since: START }], [HOURLY, without, again]);
    const range = { from: START, to: START + 5 * DAY };
    expect((await read([], { catalog, range })).hours).toEqual([0, 72, 96]);
  });

  it('are never later than now, but may be now', async () => {
    expect((await read([], { now: START + DAY })).hours).toEqual([0, 24]);
    expect((await read([], { now: START + DAY - 1 })).hours).toEqual([0]);
  });

  it('are read by their keys, a hundred at a time', async () => {
    const { hours, sizes } = await read([], { range: { from: START, to: START + 250 * DAY } });
    expect(hours).toHaveLength(250);
    expect(sizes).toEqual([100, 100, 50]);
  });
});
