import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSecond, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { slotsBetween } from '../../../lambda/core/slots.ts';
import { type LocalParts, named, startLocalParts } from '../../support/local-parts.ts';
import { at } from '../../support/memory-parts.ts';
import { typed } from '../../support/typed.ts';

const GRID = { every: '6h', timeZone: 'Asia/Singapore' } as const;
/** Midnight in Singapore. */
const BEGIN = at('2026-11-01T16:00:00Z');
const END = at('2026-11-12T16:00:00Z');

/** Periods in which nothing ran: half-open, all on the grid. */
const OUTAGES = {
  'a slot': ['2026-11-02T22:00:00Z', '2026-11-03T04:00:00Z'],
  'two slots over midnight': ['2026-11-04T10:00:00Z', '2026-11-04T22:00:00Z'],
  'a day': ['2026-11-05T16:00:00Z', '2026-11-06T16:00:00Z'],
  'three days': ['2026-11-07T10:00:00Z', '2026-11-10T10:00:00Z'],
} as const;

const slots = (from: Instant, to: Instant) => [...slotsBetween(GRID, from, to)];
const MISSING = Object.values(OUTAGES).flatMap(([from, to]) => slots(at(from), at(to)));

describe('a schedule that did not run', () => {
  let parts: LocalParts;
  beforeAll(async () => {
    parts = await startLocalParts(['sg/main', 'id/main'].map(named), { grid: GRID });
    for (const slot of slots(BEGIN, END)) {
      if (MISSING.includes(slot)) continue;
      parts.clock.set(slot + SECOND);
      await parts.cold()({ slot: formatSecond(slot) }, slot + 5 * MINUTE);
    }
  });
  afterAll(() => parts.close());

  async function gaps(now: Instant, range = '') {
    const words = `gaps --real --format json${range}`;
    const { exitCode, stdout } = await typed(words, parts.reader, { now });
    return { exitCode, gaps: JSON.parse(stdout) };
  }
  const expected = (missing: readonly Instant[]) =>
    ['id/main', 'sg/main'].flatMap((account) =>
      missing.map((slot) => ({ account, slot: formatSecond(slot), reason: 'missing' })),
    );

  it('faults row 52: for a slot, over midnight, for a day and for three days leaves exactly those gaps', async () => {
    expect(MISSING).toHaveLength(1 + 2 + 4 + 12);
    expect(await gaps(END - MINUTE)).toEqual({ exitCode: 3, gaps: expected(MISSING) });
  });

  it.each(Object.entries(OUTAGES))(
    'faults row 52: for %s is found by exactly that range',
    async (_, [from, to]) => {
      const found = await gaps(END - MINUTE, ` --from ${from} --to ${to}`);
      expect(found).toEqual({ exitCode: 3, gaps: expected(slots(at(from), at(to))) });
    },
  );

  it('faults row 14: at all since the last slot is a gap as soon as that slot has settled', async () => {
    const settled = END + 6 * MINUTE;
    expect((await gaps(settled)).gaps).toEqual(expected(MISSING));
    expect((await gaps(settled + SECOND)).gaps).toEqual(expected([...MISSING, END]));
    expect((await gaps(END + 6 * HOUR + settled - END + SECOND)).gaps).toEqual(
      expected([...MISSING, END, END + 6 * HOUR]),
    );
  });
});
