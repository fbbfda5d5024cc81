import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { CodedError, type ErrorCode } from '../../../lambda/core/error.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { rootText, type Seal } from '../../../lambda/core/seal.ts';
import { encodeSeal } from '../../../lambda/core/seal-item.ts';
import type { SealLogFields, UnstampedSeal } from '../../../lambda/sealer/ports.ts';
import { stampSeals } from '../../../lambda/sealer/stamp-seals.ts';
import { SEAL } from '../../support/seals.ts';

/** Seals of so many days, chained. */
function sealsOf(days: number): Seal[] {
  const seals: Seal[] = [];
  for (let day = 0; day < days; day += 1) {
    const previous = seals.at(-1)?.root;
    const root = sha256(rootText(previous, SEAL.accounts));
    seals.push({ ...SEAL, from: SEAL.from + day * DAY, previous, root });
  }
  return seals;
}

function rig(seals: readonly Seal[], answers: (ErrorCode | 'ok')[] = []) {
  let now = SEAL.from + 30 * DAY;
  const asked: string[] = [];
  const earliest: number[] = [];
  const stamped: (readonly [Seal, Uint8Array])[] = [];
  const logged: SealLogFields[] = [];
  const from: number[] = [];
  return {
    ...{ asked, earliest, stamped, logged, from },
    /** How long a signature takes. */
    takes: 0,
    /** Whether another run has added each token before. */
    isLate: false,
    async run() {
      const ledger = {
        unstamped: async (since: number): Promise<UnstampedSeal[]> => {
          from.push(since);
          return seals.map((seal) => ({ seal, item: encodeSeal(seal) }));
        },
        stamp: async ({ seal }: UnstampedSeal, token: Uint8Array) => {
          if (this.isLate) return false;
          stamped.push([seal, token]);
          return true;
        },
      };
      const authority = {
        sign: async (text: string, from_: number) => {
          asked.push(text);
          earliest.push(from_);
          now += this.takes;
          const answer = answers.shift() ?? 'ok';
          if (answer !== 'ok') throw new CodedError(answer, `it ${answer}`);
          return { token: Buffer.from(text), timestamp: { at: now, authority: 'CN=Test' } };
        },
      };
      const log = (fields: SealLogFields) => void logged.push(fields);
      return await stampSeals(SEAL.from, authority, { ledger, clock: { now: () => now }, sha256, log });
    },
  };
}

describe('having seals signed', () => {
  it('adds a token over the text of its root to each seal without one, the newest first, and logs it', async () => {
    const [first, second] = sealsOf(2);
    const its = rig(sealsOf(2));
    expect(await its.run()).toBe(2);
    expect(its.from).toEqual([SEAL.from]);
    expect(its.stamped.map(([{ from }]) => from)).toEqual([second?.from, first?.from]);
    expect(its.asked).toEqual([rootText(first?.root, SEAL.accounts), rootText(undefined, SEAL.accounts)]);
    expect(its.earliest).toEqual([SEAL.from + 2 * DAY, SEAL.from + DAY]);
    expect(its.stamped.map(([{ root }, token]) => sha256(token) === root)).toEqual([true, true]);
    expect(its.logged[0]).toEqual({
      ...{ level: 'INFO', message: 'timestamp', day: '2026-04-01', root: second?.root },
      ...{ authority: 'CN=Test', signedAt: '2026-04-30T00:00:00Z' },
    });
  });

  it.each<ErrorCode>(['timestamp.unavailable', 'timestamp.refused', 'timestamp.invalid'])(
    'logs an authority’s %s, asks it no more, and keeps what it signed before',
    async (code) => {
      const its = rig(sealsOf(3), ['ok', code]);
      expect(await its.run()).toBe(1);
      expect(its.asked).toHaveLength(2);
      expect(its.logged.at(-1)).toMatchObject({
        ...{ level: 'WARN', message: 'timestamp', day: '2026-04-01', detail: `it ${code}` },
      });
    },
  );

  it('throws what is not the authority’s fault', async () => {
    await expect(rig(sealsOf(1), ['ledger.unavailable']).run()).rejects.toMatchObject({
      code: 'ledger.unavailable',
    });
  });

  it('neither counts nor logs a token where another run has added one', async () => {
    const its = rig(sealsOf(2));
    its.isLate = true;
    expect(await its.run()).toBe(0);
    expect([its.asked.length, its.logged]).toEqual([2, []]);
  });

  it('asks for a minute at most, however many seals wait', async () => {
    const its = rig(sealsOf(31));
    its.takes = 5 * SECOND;
    expect(await its.run()).toBe(MINUTE / (5 * SECOND));
  });

  it('leaves a seal that contradicts itself unsigned', async () => {
    const [seal] = sealsOf(1);
    const its = rig([{ ...SEAL, ...seal, root: 'ab'.repeat(32) }]);
    expect(await its.run()).toBe(0);
    expect(its.asked).toEqual([]);
  });
});
