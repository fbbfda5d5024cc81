import { describe, expect, it } from 'vitest';
import { lookAtSeals, NOTHING_UNSEALED } from '../../../cli/doctor/seals.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import type { Seal } from '../../../lambda/core/seal.ts';
import { time } from '../../support/memory-ledger.ts';

/** Days end at 15:00 UTC. */
const ZONE = 'Asia/Seoul';
const FROM = time('2026-11-19T15:00:00Z');

function seal(from: Instant): Seal {
  const none = new Map<string, never>();
  const root = '0'.repeat(64);
  const sealedAt = from + DAY + HOUR;
  return {
    from,
    timeZone: ZONE,
    root,
    previous: undefined,
    accounts: none,
    items: none,
    sealedAt,
    writer: 'x',
  };
}

const look = (newest: Seal | undefined, now: Instant, zone: typeof ZONE | undefined = ZONE, begins = FROM) =>
  lookAtSeals({ beginning: async () => begins, newestSeal: async () => newest }, zone, now);

describe('the doctor’s check of the seals', () => {
  it('is fine until two days that could be sealed have no seal', async () => {
    // The day of the seal ends 24 hours after FROM, the second day after it 72 hours: an hour later it could be sealed.
    const second = FROM + 3 * DAY + HOUR;
    expect(await look(seal(FROM), second - MINUTE)).toMatchObject([
      { state: 'ok', found: 'the newest is of 2026-11-20, made 1 d 23 h ago', tells: [NOTHING_UNSEALED] },
    ]);
    expect(await look(seal(FROM), second)).toMatchObject([
      {
        state: 'wrong',
        found: 'the newest is of 2026-11-20, made 2 d ago; the days from 2026-11-21 have none',
        tells: ['no-seal'],
      },
    ]);
  });

  it('counts from the beginning of the ledger if there is no seal yet', async () => {
    const second = FROM + 2 * DAY + HOUR;
    expect(await look(undefined, second - MINUTE)).toMatchObject([
      { state: 'ok', found: 'none yet: each day is sealed an hour after it ends' },
    ]);
    expect(await look(undefined, second)).toMatchObject([
      { state: 'wrong', found: 'none yet; the days from 2026-11-20 have none' },
    ]);
  });

  it('expects none of an empty ledger', async () => {
    const ledger = { beginning: async () => undefined, newestSeal: async () => undefined };
    expect(await lookAtSeals(ledger, ZONE, FROM)).toMatchObject([
      { state: 'ok', found: 'none yet: nothing is recorded', tells: [NOTHING_UNSEALED] },
    ]);
  });

  it('without a schedule expects what the last run could seal, and says how to run it', async () => {
    const by = (lastRun: Instant) => ({ lastRun, when: 'npm start seals it', remedy: 'Run npm start.' });
    const ledger = (newest: Seal | undefined) => ({
      beginning: async () => FROM,
      newestSeal: async () => newest,
    });
    const later = FROM + 90 * DAY;
    const second = FROM + 3 * DAY + HOUR;
    expect(await lookAtSeals(ledger(seal(FROM)), ZONE, later, by(second - MINUTE))).toMatchObject([
      { state: 'ok', found: 'the newest is of 2026-11-20, made 88 d 23 h ago' },
    ]);
    expect(await lookAtSeals(ledger(seal(FROM)), ZONE, later, by(second))).toMatchObject([
      { state: 'wrong', remedy: 'Run npm start.' },
    ]);
    expect(await lookAtSeals(ledger(undefined), ZONE, later, by(FROM))).toMatchObject([
      { state: 'ok', found: 'none yet: npm start seals it' },
    ]);
  });

  it('without a sealer says what the newest is, however old, and nothing if there is none', async () => {
    const ledger = (newest: Seal | undefined) => ({
      beginning: async () => FROM,
      newestSeal: async () => newest,
    });
    expect(await lookAtSeals(ledger(undefined), undefined, FROM + 9 * DAY)).toEqual([]);
    expect(await lookAtSeals(ledger(seal(FROM)), undefined, FROM + 9 * DAY)).toMatchObject([{ state: 'ok' }]);
  });
});
