import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSealedDays } from '../../../cli/report/sealed-days.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { dayName, type Seal } from '../../../lambda/core/seal.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { type FoundSeal, type StoredLedger, sealSlot } from '../../../lambda/history/stored-ledger.ts';
import { catalogOf, memoryLedger, time } from '../../support/memory-ledger.ts';
import { SEAL } from '../../support/seals.ts';
import { NOTHING_STORED, typed } from '../../support/typed.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const day = (number: number): Instant => BEGIN + (number - 1) * DAY;

const LEDGER = memoryLedger(catalogOf([{ account: 'sg/main', since: BEGIN }], []), []);

function seal(from: Instant, timeZone: TimeZone = 'UTC'): Seal {
  return { ...SEAL, from, timeZone, sealedAt: from + 25 * HOUR };
}

function storing(...found: readonly FoundSeal[]): StoredLedger {
  return {
    ...NOTHING_STORED,
    async *seals(from) {
      for (const one of found) if (from === undefined || sealSlot(one) >= formatSecond(from)) yield one;
    },
  };
}

/** Read in the afternoon of 6 March. */
const REQUEST = {
  range: { from: day(1), to: day(6) + 15 * HOUR },
  beginning: BEGIN,
  timeZone: 'UTC',
  now: day(6) + 15 * HOUR,
} as const;

const FIVE = [1, 2, 3, 4, 5].map((number) => seal(day(number)));

describe('the days of a range', () => {
  it('are sealed up to yesterday; today is still to come', async () => {
    expect(await readSealedDays(storing(...FIVE), REQUEST)).toEqual({
      sealed: 5,
      newest: FIVE.at(-1),
      others: [{ why: 'pending', first: '2026-03-06', last: '2026-03-06', count: 1 }],
    });
  });

  it('that lack a seal are named, neighbours together', async () => {
    const some = FIVE.filter(({ from }) => from === day(2) || from === day(5));
    expect((await readSealedDays(storing(...some), REQUEST)).others).toEqual([
      { why: 'none', first: '2026-03-01', last: '2026-03-01', count: 1 },
      { why: 'none', first: '2026-03-03', last: '2026-03-04', count: 2 },
      { why: 'pending', first: '2026-03-06', last: '2026-03-06', count: 1 },
    ]);
  });

  it('have a seal that is overdue two hours after their end, and not before', async () => {
    const four = storing(...FIVE.slice(0, 4));
    const at = async (now: Instant) =>
      (await readSealedDays(four, { ...REQUEST, range: { from: day(5), to: now }, now })).others[0];
    expect(await at(day(6) + 2 * HOUR - MINUTE)).toMatchObject({ why: 'pending', last: '2026-03-06' });
    expect(await at(day(6) + 2 * HOUR)).toMatchObject({ why: 'none', last: '2026-03-05' });
  });

  it('are those of the range: its newest seal is not the newest of the ledger', async () => {
    const range = { from: day(2) + HOUR, to: day(4) };
    expect(await readSealedDays(storing(...FIVE), { ...REQUEST, range })).toEqual({
      sealed: 2,
      newest: FIVE[2],
      others: [],
    });
  });

  it('begin with the ledger, and an empty one has none', async () => {
    const range = { from: day(1) - 90 * DAY, to: day(3) };
    expect(await readSealedDays(storing(...FIVE), { ...REQUEST, range })).toMatchObject({ sealed: 2 });
    expect(await readSealedDays(storing(), { ...REQUEST, beginning: Number.POSITIVE_INFINITY })).toEqual({
      sealed: 0,
      newest: undefined,
      others: [],
    });
  });

  it('that this version cannot read the seal of are told apart', async () => {
    const newer = {
      slot: formatSecond(day(3)),
      problem: 'its schema version is 2, and this program reads 1',
    };
    const foreign = { slot: '2026-03-04 by hand', problem: 'its slot is not a time' };
    const [first, second, , fourth, fifth] = FIVE as [Seal, Seal, Seal, Seal, Seal];
    const found = storing(first, second, newer, fourth, foreign, fifth);
    expect(await readSealedDays(found, REQUEST)).toMatchObject({
      sealed: 4,
      others: [{ why: 'unreadable', first: '2026-03-03', count: 1 }, { why: 'pending' }],
    });
  });

  it('are covered by the seals of days of an earlier time zone', async () => {
    // The sealer's first day in Seoul's time overlaps the last one in UTC, so that no slot is left out.
    const seals = [day(1), day(2)].map((from) => seal(from));
    seals.push(seal(day(3) - 9 * HOUR, 'Asia/Seoul'), seal(day(4) - 9 * HOUR, 'Asia/Seoul'));
    const range = { from: day(1), to: day(5) - 9 * HOUR };
    const found = await readSealedDays(storing(...seals), { ...REQUEST, range, timeZone: 'Asia/Seoul' });
    // In Seoul the ledger begins at nine in the morning, in the middle of a day.
    expect(found).toMatchObject({ sealed: 3, others: [{ first: '2026-03-01', last: '2026-03-01' }] });
    // The second day in Seoul begins in the first one in UTC.
    const second = { from: day(2) - 9 * HOUR, to: day(3) - 9 * HOUR };
    const request = { ...REQUEST, range: second, timeZone: 'Asia/Seoul' } as const;
    expect(await readSealedDays(storing(...seals), request)).toMatchObject({ sealed: 1, others: [] });
  });

  it('lack a seal exactly if verify calls them unsealed', async () => {
    const request = fc.record({
      sealed: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
      minutes: fc.integer({ min: 1, max: 13 * 24 * 60 }),
      from: fc.integer({ min: -2, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ sealed, minutes, from }) => {
        const now = BEGIN + minutes * MINUTE;
        fc.pre(day(from) < now);
        const seals = sealed
          .sort((a, b) => a - b)
          .map((number) => seal(day(number)))
          .filter((one) => one.from + DAY <= now);
        const asked = { ...REQUEST, range: { from: day(from), to: now }, now };
        const words = ['verify', '--local', '--from', formatSecond(asked.range.from), '--format', 'json'];
        const { stdout } = await typed(words, LEDGER, { now, stored: storing(...seals) });
        const problems: { day: string; problem: string }[] = JSON.parse(stdout);
        const unsealed = problems.flatMap((one) => (one.problem === 'unsealed' ? [one.day] : []));
        const { others } = await readSealedDays(storing(...seals), asked);
        expect(others.filter(({ why }) => why === 'none').flatMap(days)).toEqual(unsealed);
      }),
    );
  });
});

function days({ first, count }: { readonly first: string; readonly count: number }): string[] {
  return Array.from({ length: count }, (_, index) =>
    dayName({ from: time(`${first}T00:00:00Z`) + index * DAY, timeZone: 'UTC' }),
  );
}
