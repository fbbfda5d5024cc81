import { describe, expect, it } from 'vitest';
import { lookAtTimestamps } from '../../../cli/doctor/time-stamps.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import type { Seal } from '../../../lambda/core/seal.ts';
import { SEAL } from '../../support/seals.ts';

const SEALER = { timestampUrl: 'https://tsa.example/tsr', changedAt: 0 };
const TOKEN = new Uint8Array([0x30, 0]);

/** Seals of so many days, each made an hour after its end, with a token or without. */
const seals = (...hasToken: readonly boolean[]): Seal[] =>
  hasToken.map((isSigned, day) => ({
    ...SEAL,
    from: SEAL.from + day * DAY,
    sealedAt: SEAL.sealedAt + day * DAY,
    timestamp: isSigned ? TOKEN : undefined,
  }));
/** When the seal of a day was made. */
const made = (day: number) => SEAL.sealedAt + day * DAY;

async function look(now: Instant, all: readonly Seal[], changedAt = 0) {
  const asked: (Instant | undefined)[] = [];
  const ledger = {
    async *seals(from?: Instant) {
      asked.push(from);
      yield* all;
      yield { slot: 'x', problem: 'not a seal' };
    },
  };
  const [finding, ...others] = await lookAtTimestamps(ledger, { ...SEALER, changedAt }, now);
  expect(others).toEqual([]);
  return { ...finding, asked };
}

describe('the doctor’s check of the time-stamps', () => {
  it('is fine where each seal has a token, or only the newest has none', async () => {
    expect(await look(made(1), seals(true, true))).toMatchObject({
      ...{ lookedAt: 'time-stamps', state: 'ok', asked: [made(1) - 32 * DAY] },
      found: 'tsa.example has signed the seals of the last 31 days',
    });
    expect(await look(made(1) + HOUR, seals(true, false))).toMatchObject({
      state: 'ok',
      found: 'the next run asks tsa.example to sign 1 of the seals of the last 31 days',
    });
  });

  it('is wrong once a second run has asked in vain', async () => {
    expect(await look(made(1) + HOUR + 1, seals(false, false))).toMatchObject({
      state: 'wrong',
      found: 'tsa.example has not signed 2 of the newest seals, from 2026-03-31 on',
      remedy: expect.stringContaining('set timestampUrl to another one'),
    });
  });

  it('waits for two runs after the authority was configured: before, nobody was asked', async () => {
    const changedAt = made(2) + HOUR;
    expect(await look(changedAt + 1, seals(false, false, false), changedAt)).toMatchObject({ state: 'ok' });
    expect(await look(made(3) + 1, seals(false, false, false, false), changedAt)).toMatchObject({
      state: 'ok',
    });
    expect(await look(made(4) + 1, seals(false, false, false, false, false), changedAt)).toMatchObject({
      state: 'wrong',
    });
  });

  it('is wrong after a deploy too, where a token shows that the authority was configured before', async () => {
    const all = seals(true, false, false, false);
    expect(await look(made(3) + 2 * HOUR, all, made(3) + HOUR)).toMatchObject({
      state: 'wrong',
      found: 'tsa.example has not signed 3 of the newest seals, from 2026-04-01 on',
    });
  });

  it('is wrong where new seals are signed, and old ones never', async () => {
    expect(await look(made(4), seals(false, false, true, true, true), made(1) + HOUR)).toMatchObject({
      state: 'wrong',
      found: 'tsa.example has not signed 2 of the newest seals, from 2026-03-31 on',
    });
  });

  it('says nothing without an authority, and reads nothing', async () => {
    const ledger = {
      seals: () => {
        throw new Error('read');
      },
    };
    expect(await lookAtTimestamps(ledger, undefined, 0)).toEqual([]);
    expect(await lookAtTimestamps(ledger, { timestampUrl: undefined, changedAt: 0 }, 0)).toEqual([]);
  });
});
