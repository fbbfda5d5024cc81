import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorParts, CollectorSettings } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

/** One scheduled run, optionally with other parts, that the platform ends after so long. */
async function run(
  memory: MemoryParts,
  other: Partial<CollectorParts> = {},
  limit = 5 * MINUTE,
  settings = SETTINGS,
) {
  const parts = { ...memory.parts, ...other };
  return await collect({ slot: SLOT, manual: false }, settings, parts, memory.now + limit);
}

/** The times of the calls, in seconds after the slot. */
const askedAt = (memory: MemoryParts) => memory.calls.map((call) => (call.at - SLOT) / SECOND);

describe('the passes', () => {
  it.each([
    [0, [0, 1.6, 12, 48, 120]],
    [1, [0, 2.4, 18, 72, 180]],
  ])('are shifted by up to a fifth of their time either way: %j', async (random, seconds) => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory, { random: () => random });
    expect(askedAt(memory)).toStrictEqual(seconds);
  });

  it('are timed from the start of the run, not from the slot', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 10 * SECOND);
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory);
    expect(askedAt(memory)).toStrictEqual([10, 12, 25, 70, 160]);
  });

  it('are at least a second apart, however long the previous one took', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 5 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory);
    expect(askedAt(memory).slice(0, 3)).toStrictEqual([0, 6, 15]);
  });

  it('do not start at the very end of the time', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory, {}, 20 * SECOND);
    expect(askedAt(memory)).toStrictEqual([0, 2]);
    // It does not wait for a pass that cannot happen.
    expect(memory.now).toBe(SLOT + 2 * SECOND);
    const longer = new MemoryParts(secret('sg/main'));
    longer.script = memory.script;
    await run(longer, {}, 20 * SECOND + 1);
    expect(askedAt(longer)).toStrictEqual([0, 2, 15]);
  });

  it('end with the last undecided account, without further waiting', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account, call) =>
      account === 'sg/a' && call === 1 ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1' });
    await run(memory);
    expect(memory.calls.map(({ account }) => account)).toStrictEqual(['sg/a', 'sg/b', 'sg/a']);
    expect(memory.now).toBe(SLOT + 2 * SECOND);
  });

  it('end if a write of another region fails while they wait', async () => {
    const memory = new MemoryParts(secret('sg/main', 'id/main'));
    memory.script = (account) =>
      account === 'id/main' ? holding({ BTC: '1' }) : refusal('upbit.unavailable', 'later');
    let fail: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const { ledger, clock } = memory.parts;
    const record: typeof ledger.record = async (entry, timeoutMs) => {
      if (entry.account !== 'id/main') return await ledger.record(entry, timeoutMs);
      await waiting;
      throw new Error('gone');
    };
    const sleep: typeof clock.sleep = async (_, signal) => {
      fail();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    const other = { ledger: { ...ledger, record }, clock: { ...clock, sleep } };
    await expect(
      run(memory, other, 5 * MINUTE, { ...SETTINGS, regions: ['id', 'sg'] }),
    ).rejects.toMatchObject({
      code: 'run.unrecorded',
    });
    expect(memory.calls.map(({ account }) => account).toSorted()).toStrictEqual(['id/main', 'sg/main']);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.unavailable', attempts: 1 });
  });

  it('retry an account exactly when its wait ends', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = (_, call) =>
      call === 1
        ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 2 * SECOND })
        : holding({ BTC: '1' });
    await run(memory);
    expect(askedAt(memory)).toStrictEqual([0, 2]);
  });

  it('wait for the end of an account’s wait, and those before it are left out', async () => {
    const waiting = async (seconds: number, every: CollectorSettings['every'] = '1h') => {
      const memory = new MemoryParts(secret('sg/main'));
      memory.script = (_, call) =>
        call === 1
          ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + seconds * SECOND })
          : holding({ BTC: '1' });
      await run(memory, {}, 5 * MINUTE, { ...SETTINGS, every });
      return askedAt(memory);
    };
    expect(await waiting(14)).toStrictEqual([0, 14]);
    expect(await waiting(15)).toStrictEqual([0, 15]);
    expect(await waiting(16)).toStrictEqual([0, 16]);
    expect(await waiting(100)).toStrictEqual([0, 100]);
    expect(await waiting(200)).toStrictEqual([0, 200]);
    // The tolerance of 1m is 90 s: no pass of its own is left after 60 s.
    expect(await waiting(80, '1m')).toStrictEqual([0, 80]);
  });

  it('ask an account that must wait when its wait ends, and hold up no other', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account, call) => {
      if (call > 2) return holding({ BTC: '1' });
      return account === 'sg/a'
        ? refusal('upbit.unavailable', 'later', { notBefore: SLOT + 30 * SECOND })
        : refusal('upbit.unavailable', 'later');
    };
    await run(memory);
    expect(memory.calls.map(({ account, at }) => [account, (at - SLOT) / SECOND])).toStrictEqual([
      ['sg/a', 0],
      ['sg/b', 0],
      ['sg/b', 2],
      ['sg/b', 15],
      ['sg/a', 30],
      ['sg/a', 60],
    ]);
  });

  it('keep the wait of one account whatever becomes of another', async () => {
    const called = async (...names: Parameters<typeof secret>) => {
      const memory = new MemoryParts(secret(...names));
      memory.script = (account, call) => {
        if (account === 'sg/b') return refusal('upbit.unavailable', 'later');
        return call === 1
          ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 75 * SECOND })
          : holding({ BTC: '1' });
      };
      // At `1m` the tolerance ends at 90 s, and no pass lies between 60 s and that.
      await run(memory, {}, 5 * MINUTE, { ...SETTINGS, every: '1m' });
      return memory.calls.filter(({ account }) => account === 'sg/a').map(({ at }) => (at - SLOT) / SECOND);
    };
    expect(await called('sg/a')).toStrictEqual([0, 75]);
    expect(await called('sg/a', 'sg/b')).toStrictEqual([0, 75]);
  });

  it('leave time to write for every account at the end of the time limit', async () => {
    const names = Array.from({ length: 150 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new MemoryParts(secret(...names));
    memory.script = () => refusal('upbit.unavailable', 'later');
    // 5 s, and 60 ms for each account after the first 50.
    await run(memory, {}, 26 * SECOND);
    expect(new Set(askedAt(memory))).toEqual(new Set([0, 2]));
    const longer = new MemoryParts(secret(...names));
    longer.script = memory.script;
    await run(longer, {}, 26 * SECOND + 1);
    expect(new Set(askedAt(longer))).toEqual(new Set([0, 2, 15]));
  });

  it('do not wait for an account that may not be called again in this run: its cause is recorded at once', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () =>
      refusal('upbit.unavailable', 'later', { notBefore: SLOT + 5 * MINUTE - 5 * SECOND });
    await run(memory);
    expect(memory.now).toBe(SLOT);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.unavailable', attempts: 1 });

    const others = new MemoryParts(secret('sg/a', 'sg/b'));
    others.script = (account, call) =>
      account === 'sg/a'
        ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + HOUR })
        : call === 1
          ? refusal('upbit.unavailable', 'later')
          : holding({ BTC: '1' });
    await run(others);
    expect(others.item('sg/a')).toMatchObject({ failure: 'upbit.rateLimited', observedAt: SLOT });
    expect(others.item('sg/b')).toMatchObject({ observedAt: SLOT + 2 * SECOND });
  });

  it('count the refusals of each kind separately', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const kinds = ['later', 'once', 'thrice', 'thrice', 'once'] as const;
    memory.script = (_, call) => refusal('upbit.refused', kinds[call - 1] ?? 'never');
    await run(memory);
    // A second used nonce is one too many; two 429 answers are not.
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.refused', attempts: 5 });
  });

  it('have at most 16 calls and 8 records in progress', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `sg/a${index}` as const);
    const memory = new MemoryParts(secret(...names));
    memory.script = (_, call) =>
      call === 1 ? refusal('upbit.unavailable', 'later') : refusal('key.scope', 'never');
    let [underWay, most] = [0, 0];
    const record: CollectorParts['ledger']['record'] = async (entry, timeoutMs) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return await memory.parts.ledger.record(entry, timeoutMs);
    };
    await run(memory, { ledger: { ...memory.parts.ledger, record } });
    expect([memory.mostUnderWay, most]).toStrictEqual([16, 8]);
  });

  it('keep to 16 calls in all regions together when one region asks again while the others still ask', async () => {
    const regions = ['id', 'sg', 'th'] as const;
    const names = regions.flatMap((region) =>
      Array.from({ length: 40 }, (_, index): AccountName => `${region}/a${index}`),
    );
    const memory = new MemoryParts(secret(...names));
    let [underWay, most] = [0, 0];
    memory.script = async (account, call) => {
      const again = account.startsWith('sg/');
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = again ? 20 : 0; turn < 20; turn += 1) await new Promise(setImmediate);
      underWay -= 1;
      return again && call === 1 ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1' });
    };
    await run(memory, {}, 5 * MINUTE, { ...SETTINGS, regions });
    expect(most).toBeLessThanOrEqual(16);
    expect(memory.calls).toHaveLength(160);
  });

  it('end once no write can succeed: the accounts that were not asked are unrecorded, as the run is retried', async () => {
    const names = Array.from({ length: 120 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new MemoryParts(secret(...names));
    memory.broken = (about) => about !== 'schedule';
    memory.script = () => {
      memory.now += SECOND;
      return holding({ BTC: '1' });
    };
    await expect(run(memory)).rejects.toThrow('120 of 120 accounts could not be recorded');
    expect(memory.calls.length).toBeLessThan(50);
    expect(memory.items.size).toBe(0);
  });
});

describe('an attempt', () => {
  it('has five seconds', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    expect(memory.calls[0]?.timeoutMs).toBe(5 * SECOND);
  });

  it('cut off by our own deadline is not a cause, and the reason is the deadline', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 3 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory, {}, 8 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'deadline',
      detail: 'the run ran out of time before Upbit answered',
      attempts: 1,
      keyId: 'of fake-access-sg-main',
    });
  });

  it('without an answer in its full time is a cause', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 5 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory, {}, 10 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.timeout', attempts: 1 });
  });

  it('cut short but refused is a cause too', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unreachable', 'later');
    await run(memory, {}, 6 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.unreachable', attempts: 1 });
  });

  it('is not made if no time is left: no call and no key is recorded', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory, {}, 5 * SECOND);
    expect(memory.calls).toStrictEqual([]);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'deadline',
      detail: 'the run ran out of time before this account was tried',
      attempts: 0,
    });
    expect(memory.item('sg/main')).not.toHaveProperty('keyId');
  });

  it('refused for a reason other than its key does not read the secret again', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.keysEarlier = true;
    memory.script = () => refusal('upbit.refused', 'never');
    await run(memory);
    expect(memory.reloads).toBe(0);
  });
});

describe('the words of a failure', () => {
  it('of a run that started too late name its clock and the tolerance', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + HOUR);
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'late',
      detail:
        'the run began at 2026-11-22T07:00:00Z by this host’s clock, more than 300 s after the slot 2026-11-22T06:00:00Z; no call was made',
      attempts: 0,
    });
  });

  it('of an answer that came too late name its time', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 4 * MINUTE);
    memory.script = () => {
      memory.now = SLOT + 6 * MINUTE;
      return holding({ BTC: '1' });
    };
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'late',
      detail:
        'Upbit answered at 2026-11-22T06:06:00Z by this host’s clock, after the tolerance of the slot 2026-11-22T06:00:00Z, and was discarded',
    });
  });

  it('of a block say until when; a block that ends at the start of the run is over', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.blocks.note('sg/a', 'sg', { until: SLOT + 1, whom: 'account' });
    memory.blocks.note('sg/b', 'sg', { until: SLOT, whom: 'account' });
    await run(memory);
    expect(memory.item('sg/a')).toMatchObject({
      failure: 'upbit.blocked',
      detail: 'skipped: Upbit’s block lasts until 2026-11-22T06:00:00Z',
      attempts: 0,
    });
    expect(memory.outcome('sg/b')).toBe('ok');
  });

  it('of accounts that were waiting for their turn when the address was blocked say so', async () => {
    const names = Array.from({ length: 17 }, (_, index) => `sg/a${index + 10}` as const);
    const memory = new MemoryParts(secret(...names));
    memory.script = () =>
      refusal('upbit.blocked', 'never', { block: { until: SLOT + HOUR, whom: 'address' } });
    await run(memory);
    expect(memory.item('sg/a25')).toMatchObject({ detail: 'told upbit.blocked', attempts: 1 });
    expect(memory.item('sg/a26')).toMatchObject({
      failure: 'upbit.blocked',
      detail: 'skipped: Upbit’s block of this address lasts until 2026-11-22T07:00:00Z',
      attempts: 0,
    });
    expect(memory.calls).toHaveLength(16);
  });
});
