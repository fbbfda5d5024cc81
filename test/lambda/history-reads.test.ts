import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import type { Cadence } from '../../lambda/core/slots.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { at, type LedgerReader, type Range, slots } from '../../lambda/history.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../support/memory-ledger.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 20 * HOUR + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START };

function schedule(from: Instant, every: Cadence): ScheduleEntry {
  return { from, every, timeZone: 'UTC', regions: ['sg'] };
}

/** Four grids one after the other: what is asked about one of them must not read about the others. */
const GRIDS = catalogOf(
  [MAIN],
  [
    schedule(START, '1h'),
    schedule(START + 4 * HOUR, '2h'),
    schedule(START + 8 * HOUR, '1h'),
    schedule(START + 12 * HOUR, '2h'),
  ],
);

/** The slots of a range, and what the ledger was asked for meanwhile, in hours. */
async function reading(range: Range, entries: readonly Entry[] = [], now = NOW) {
  const ledger = memoryLedger(GRIDS, entries);
  const [newest, ranges]: [number[], [number, number][]] = [[], []];
  const hours = (instant: Instant) => (instant - START) / HOUR;
  const reader: LedgerReader = {
    ...ledger,
    newest: (account, time) => {
      newest.push(time);
      return ledger.newest(account, time);
    },
    entries: (account, from, to) => {
      ranges.push([hours(from), hours(to)]);
      return ledger.entries(account, from, to);
    },
  };
  const found: string[] = [];
  for await (const { slot, outcome } of slots(reader, GRIDS, ['sg/main'], range, now))
    found.push(`${hours(slot)} ${outcome}`);
  return { found, newest, ranges };
}

describe('the slots of a range', () => {
  it('are read from the range alone, and the end of a grid is sought only where it may be the reason', async () => {
    const { found, newest, ranges } = await reading({ from: START + 4 * HOUR, to: START + 8 * HOUR });
    expect(found).toEqual(['4 missing', '6 missing']);
    expect(newest).toEqual([START + 8 * HOUR - SECOND]);
    expect(ranges).toEqual([[4, 8]]);
  });

  it('are read from the first that is expected, where the range begins before', async () => {
    const { found, ranges } = await reading({ from: START - 9 * HOUR, to: START + 2 * HOUR });
    expect(found).toEqual(['0 missing', '1 missing']);
    expect(ranges).toEqual([[0, 2]]);
  });

  it('of the grid that holds are never laid to a change', async () => {
    const { newest } = await reading({ from: START + 12 * HOUR, to: START + 16 * HOUR });
    expect(newest).toEqual([]);
  });

  it.each([0, 1, -HOUR])(
    'are none where the range has no length, or ends before it begins: %i',
    async (length) => {
      const from = START + 4 * HOUR + (length === 1 ? 1 : 0);
      expect(await reading({ from, to: from + length })).toEqual({ found: [], newest: [], ranges: [] });
    },
  );

  it('have the one of this very moment where it has its item already', async () => {
    const now = START + 14 * HOUR;
    const range = { from: now - HOUR, to: now + HOUR };
    expect((await reading(range, [], now)).found).toEqual([]);
    expect((await reading(range, [snapshot('sg/main', now)], now)).found).toEqual(['14 snapshot']);
  });
});

describe('at the time of a failure', () => {
  it('the newest success is the one before it, and not one a second later', async () => {
    const before = snapshot('sg/main', START + HOUR);
    const later = snapshot('sg/main', START + 2 * HOUR + SECOND, [], { manual: true });
    const entries = [before, failure('sg/main', START + 2 * HOUR), later];
    const [found] = await at(memoryLedger(GRIDS, entries), GRIDS, ['sg/main'], START + 2 * HOUR, NOW);
    expect(found?.snapshot).toEqual(before);
  });
});
