import { describe, expect, it } from 'vitest';
import { lookAtTimestamps } from '../../../cli/doctor/time-stamps.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import { encodeSeal } from '../../../lambda/core/seal-item.ts';
import { SEAL } from '../../support/seals.ts';

const SEALER = { timestampUrl: 'https://tsa.example/tsr', changedAt: 0 };

/** The finding, where these days after the first have seals without a token. */
async function look(now: Instant, days: readonly number[], sealer: typeof SEALER | undefined = SEALER) {
  const asked: Instant[] = [];
  const unstamped = async (from: Instant) => {
    asked.push(from);
    return days.map((day) => {
      const seal = { ...SEAL, from: SEAL.from + day * DAY, sealedAt: SEAL.sealedAt + day * DAY };
      return { seal, item: encodeSeal(seal) };
    });
  };
  return { findings: await lookAtTimestamps({ unstamped }, sealer, now), asked };
}

describe('the doctor’s check of the time-stamps', () => {
  it('is fine where each seal has a token, or only the newest has none', async () => {
    const { findings, asked } = await look(SEAL.sealedAt, []);
    expect(findings).toEqual([
      { lookedAt: 'time-stamps', state: 'ok', found: 'tsa.example has signed the seals of the last 31 days' },
    ]);
    expect(asked).toEqual([SEAL.sealedAt - 32 * DAY]);
    expect((await look(SEAL.sealedAt + DAY, [0])).findings).toMatchObject([
      { state: 'ok', found: 'the next run asks tsa.example to sign 1 of the seals of the last 31 days' },
    ]);
  });

  it('is wrong once a second run has asked in vain', async () => {
    expect((await look(SEAL.sealedAt + DAY + HOUR + 1, [0, 1])).findings).toMatchObject([
      {
        state: 'wrong',
        found: 'tsa.example has not signed 2 of the newest seals, from 2026-03-31 on',
        remedy: expect.stringContaining('set timestampUrl to another one'),
      },
    ]);
  });

  it('waits for the first run after a deploy: before, nobody was asked', async () => {
    const changed = { ...SEALER, changedAt: SEAL.sealedAt + 2 * DAY };
    expect((await look(SEAL.sealedAt + 3 * DAY - 1, [0, 1], changed)).findings).toMatchObject([
      { state: 'ok', found: 'the next run asks tsa.example to sign 2 of the seals of the last 31 days' },
    ]);
    expect((await look(SEAL.sealedAt + 3 * DAY + 1, [0, 1, 3], changed)).findings).toMatchObject([
      { state: 'wrong' },
    ]);
  });

  it('says nothing without an authority, and asks nothing', async () => {
    const asked: Instant[] = [];
    const unstamped = async (from: Instant) => {
      asked.push(from);
      return [];
    };
    expect(await lookAtTimestamps({ unstamped }, undefined, 0)).toEqual([]);
    expect(await lookAtTimestamps({ unstamped }, { timestampUrl: undefined, changedAt: 0 }, 0)).toEqual([]);
    expect(asked).toEqual([]);
  });
});
