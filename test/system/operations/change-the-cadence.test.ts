import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { type LocalParts, startLocalParts } from '../../support/local-parts.ts';
import { balances, gaps, hour, runAt } from './in-use.ts';

describe('changing the cadence', () => {
  let parts: LocalParts;
  beforeEach(async () => {
    parts = await startLocalParts(['sg/main']);
    await runAt(parts, parts.cold(), hour(0), hour(1));
  });
  afterEach(() => parts.close());

  it('to a finer one loses no slot', async () => {
    const finer = parts.cold({ variables: { EVERY: '15m' } });
    const start = hour(1) + 30 * MINUTE;
    await runAt(parts, finer, start, start + 15 * MINUTE, hour(2));
    parts.clock.set(hour(2) + 10 * MINUTE);
    expect(await gaps(parts)).toEqual([]);
    expect(await balances(parts, 'slots')).toHaveLength(5);
  });

  it('to a coarser one loses no slot if its first slot is the next of the old one', async () => {
    // After 07:00 from 1h to 4h, whose next slot is 08:00; after 08:00 to 12h, whose next is 12:00, as is that of 4h.
    const coarser = parts.cold({ variables: { EVERY: '4h' } });
    await runAt(parts, coarser, hour(2));
    const coarsest = parts.cold({ variables: { EVERY: '12h' } });
    await runAt(parts, coarsest, hour(6));
    parts.clock.set(hour(6) + HOUR);
    expect(await gaps(parts)).toEqual([]);
    expect(await balances(parts, 'slots')).toHaveLength(4);
  });

  it('lists the slots of the old one that were due before the new one began', async () => {
    const coarser = parts.cold({ variables: { EVERY: '12h' } });
    await runAt(parts, coarser, hour(6));
    parts.clock.set(hour(6) + HOUR);
    expect(await gaps(parts)).toEqual(
      ['08', '09', '10', '11'].map((slot) => `sg/main 2026-11-22T${slot}:00:00Z scheduleChanged`),
    );
  });

  it('of the time zone does the same', async () => {
    const elsewhere = parts.cold({ variables: { EVERY: '12h', TIME_ZONE: 'Asia/Singapore' } });
    // Midnight in Singapore.
    await runAt(parts, elsewhere, hour(10));
    parts.clock.set(hour(10) + HOUR);
    expect(await gaps(parts)).toHaveLength(8);
    expect(new Set((await gaps(parts)).map((gap) => gap.split(' ')[2]))).toEqual(
      new Set(['scheduleChanged']),
    );
  });
});
