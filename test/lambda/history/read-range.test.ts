import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import type { Entry, Found } from '../../../lambda/core/snapshot.ts';
import { readRange } from '../../../lambda/history/read-range.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from '../../support/arbitraries.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { allReadable } from '../../support/readable.ts';

const START = time('2026-01-01T00:00:00Z');
const NOW = START + 400 * DAY;
const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] };
const CATALOG = catalogOf([{ account: 'sg/main', since: START }], [HOURLY]);

async function all(entries: AsyncIterable<Found>): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of allReadable(entries)) found.push(entry);
  return found;
}

/** A ledger that only supports ranges, records them, and answers after a delay. */
function watched(ledger: LedgerReader) {
  const asked: { from: Instant; to: Instant }[] = [];
  let open = 0;
  let most = 0;
  const reader: LedgerReader = {
    ...ledger,
    async *entries(account, from, to) {
      asked.push({ from, to });
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      yield* ledger.entries(account, from, to);
    },
  };
  return { reader, asked, most: () => most };
}

describe('a range', () => {
  it('of 30 days of hourly slots is one query', async () => {
    const { reader, asked } = watched(memoryLedger(CATALOG, []));
    const range = { from: START + 5 * DAY, to: START + 35 * DAY };
    await all(readRange({ reader, catalog: CATALOG, now: NOW }, 'sg/main', range));
    expect(asked).toEqual([range]);
  });

  it('of a year is read in slices, eight at a time', async () => {
    const { reader, asked, most } = watched(memoryLedger(CATALOG, []));
    await all(
      readRange({ reader, catalog: CATALOG, now: NOW }, 'sg/main', { from: START, to: START + 365 * DAY }),
    );
    expect({ queries: asked.length, most: most() }).toEqual({ queries: 13, most: 8 });
  });

  it('beyond what the catalog expects costs one query at either end, ten thousand years or one', async () => {
    const { reader, asked } = watched(memoryLedger(CATALOG, []));
    const [from, to] = [time('0001-01-01T00:00:00Z'), time('9999-12-31T00:00:00Z')];
    const range = { from, to };
    await all(readRange({ reader, catalog: CATALOG, now: START + DAY }, 'sg/main', range));
    expect(asked).toEqual([
      { from, to: START },
      { from: START, to: START + DAY + 1 },
      { from: START + DAY + 1, to },
    ]);
  });

  it('is cut by the schedule in force, and its part before the account is one query', async () => {
    const daily: ScheduleEntry = { ...HOURLY, from: START + 40 * DAY, every: '1d' };
    const catalog = catalogOf([{ account: 'sg/cold', since: START + 2 * DAY }], [HOURLY, daily]);
    const { reader, asked } = watched(memoryLedger(catalog, []));
    await all(readRange({ reader, catalog, now: NOW }, 'sg/cold', { from: START, to: START + 400 * DAY }));
    const days = asked.map(({ from, to }) => [(from - START) / DAY, (to - START) / DAY]);
    expect(days).toEqual([
      [0, 2],
      [2, 32],
      [32, 40],
      [40, 400],
    ]);
  });

  it('of an account that is not in the catalog is read in slices from the first schedule on', async () => {
    const catalog = catalogOf([], [HOURLY]);
    const { reader, asked } = watched(memoryLedger(catalog, []));
    await all(readRange({ reader, catalog, now: NOW }, 'sg/main', { from: START, to: START + 60 * DAY }));
    expect(asked.map(({ from }) => (from - START) / DAY)).toEqual([0, 30]);
  });

  it('of an account that was closed at once is one query', async () => {
    const since = START + DAY;
    const catalog = catalogOf([{ account: 'sg/cold', since, closedFrom: since }], [HOURLY]);
    const { reader, asked } = watched(memoryLedger(catalog, []));
    const range = { from: START, to: START + 2 * DAY };
    await all(readRange({ reader, catalog, now: NOW }, 'sg/cold', range));
    expect(asked).toEqual([range]);
  });

  it('of a ledger without a schedule is one query', async () => {
    const catalog = catalogOf([{ account: 'sg/main', since: START }], []);
    const { reader, asked } = watched(memoryLedger(catalog, [snapshot('sg/main', START)]));
    const range = { from: START, to: NOW };
    expect(await all(readRange({ reader, catalog, now: NOW }, 'sg/main', range))).toHaveLength(1);
    expect(asked).toEqual([range]);
  });

  it('with a failing slice yields what came before it, and fails', async () => {
    const ledger = memoryLedger(
      CATALOG,
      [0, 40].map((day) => snapshot('sg/main', START + day * DAY)),
    );
    const reader: LedgerReader = {
      ...ledger,
      entries: (account, from, to) => {
        if (from > START) throw new Error('throttled');
        return ledger.entries(account, from, to);
      },
    };
    const seen: Instant[] = [];
    const reading = async () => {
      const range = { from: START, to: NOW };
      for await (const { slot } of allReadable(
        readRange({ reader, catalog: CATALOG, now: NOW }, 'sg/main', range),
      ))
        seen.push(slot);
    };
    await expect(reading()).rejects.toThrow('throttled');
    expect(seen).toEqual([START]);
  });

  const minute = fc.integer({ min: 0, max: 60 * 1440 }).map((count) => START + count * MINUTE);
  const schedule = fc.record({
    from: minute,
    every: fc.constantFrom(...ALL_CADENCES),
    timeZone: fc.constantFrom(...ALL_TIME_ZONES),
    regions: fc.constant(['sg'] as const),
  });
  const item = fc
    .record({ slot: minute, fails: fc.boolean(), manual: fc.boolean() })
    .map(({ slot, fails, manual }) =>
      fails
        ? failure('sg/main', slot, 'upbit.timeout', { manual })
        : snapshot('sg/main', slot, [], { manual }),
    );

  it('has the same items as one query, whatever the catalog says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(schedule, { maxLength: 4, selector: ({ from }) => from }),
        fc.option(fc.tuple(minute, fc.option(minute))),
        fc.uniqueArray(item, { maxLength: 60, selector: ({ slot }) => slot }),
        fc.tuple(minute, minute, minute, fc.integer({ min: 0, max: 2 * HOUR })),
        async (schedules, entry, items, [a, b, now, more]) => {
          const accounts: AccountEntry[] =
            entry === null
              ? []
              : [
                  {
                    account: 'sg/main',
                    since: entry[0],
                    ...(entry[1] === null ? {} : { closedFrom: entry[1] }),
                  },
                ];
          const catalog = catalogOf(accounts, schedules);
          const ledger = memoryLedger(catalog, items);
          const range = { from: Math.min(a, b), to: Math.max(a, b) + more };
          expect(await all(readRange({ reader: ledger, catalog, now }, 'sg/main', range))).toEqual(
            await all(ledger.entries('sg/main', range.from, range.to)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
