import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorParts } from '../../../lambda/collector/ports.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

/** One scheduled run, with other parts where they are given, that the platform ends after so long. */
async function run(
  memory: MemoryParts,
  other: Partial<CollectorParts> = {},
  limit = 5 * MINUTE,
  settings = SETTINGS,
) {
  const parts = { ...memory.parts, ...other };
  return await collect({ slot: SLOT, manual: false }, settings, parts, memory.now + limit);
}

/** When Upbit was asked, in seconds after the slot. */
const askedAt = (memory: MemoryParts) => memory.calls.map((call) => (call.at - SLOT) / SECOND);

describe('the passes', () => {
  it.each([
    [0, [0, 1.6, 12, 48, 120]],
    [1, [0, 2.4, 18, 72, 180]],
  ])('are moved by a fifth of their time either way: %j', async (random, seconds) => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory, { random: () => random });
    expect(askedAt(memory)).toStrictEqual(seconds);
  });

  it('are counted from the start of the run, and not from the slot', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 10 * SECOND);
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory);
    expect(askedAt(memory)).toStrictEqual([10, 12, 25, 70, 160]);
  });

  it('lie a second apart at least, however long the one before took', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 5 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory);
    expect(askedAt(memory).slice(0, 3)).toStrictEqual([0, 6, 15]);
  });

  it('do not begin at the very end of the time', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory, {}, 20 * SECOND);
    expect(askedAt(memory)).toStrictEqual([0, 2]);
    // Nor is it waited for one that cannot be.
    expect(memory.now).toBe(SLOT + 2 * SECOND);
    const longer = new MemoryParts(secret('sg/main'));
    longer.script = memory.script;
    await run(longer, {}, 20 * SECOND + 1);
    expect(askedAt(longer)).toStrictEqual([0, 2, 15]);
  });

  it('end with the last undecided account: nobody waits for nothing', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account, call) =>
      account === 'sg/a' && call === 1 ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1' });
    await run(memory);
    expect(memory.calls.map(({ account }) => account)).toStrictEqual(['sg/a', 'sg/b', 'sg/a']);
    expect(memory.now).toBe(SLOT + 2 * SECOND);
  });

  it('end where a write of another region fails while they wait', async () => {
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

  it('ask an account at the very time it may be asked again', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = (_, call) =>
      call === 1
        ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 2 * SECOND })
        : holding({ BTC: '1' });
    await run(memory);
    expect(askedAt(memory)).toStrictEqual([0, 2]);
  });

  it('count the refusals of each kind apart', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const kinds = ['later', 'once', 'thrice', 'thrice', 'once'] as const;
    memory.script = (_, call) => refusal('upbit.refused', kinds[call - 1] ?? 'never');
    await run(memory);
    // The second nonce that was used is one too many; two answers of 429 are not.
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.refused', attempts: 5 });
  });

  it('have at most 50 accounts of the region under way in each, those that record included', async () => {
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
    expect([memory.mostUnderWay, most]).toStrictEqual([50, 50]);
  });
});

describe('an attempt', () => {
  it('has five seconds', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    expect(memory.calls[0]?.timeoutMs).toBe(5 * SECOND);
  });

  it('that our own deadline cut off says nothing about Upbit, and the reason is the deadline', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 3 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory, {}, 8 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'deadline',
      detail: 'the time of the run was used up before Upbit answered',
      attempts: 1,
      keyId: 'of fake-access-sg-main',
    });
  });

  it('that had its whole time and no answer is a cause', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => {
      memory.now += 5 * SECOND;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory, {}, 10 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.timeout', attempts: 1 });
  });

  it('cut short that was refused otherwise is a cause too', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unreachable', 'later');
    await run(memory, {}, 6 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.unreachable', attempts: 1 });
  });

  it('is none where no time is left: that account was never asked, and no key was used', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory, {}, 5 * SECOND);
    expect(memory.calls).toStrictEqual([]);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'deadline',
      detail: 'the time of the run was used up before this account was asked',
      attempts: 0,
    });
    expect(memory.item('sg/main')).not.toHaveProperty('keyId');
  });

  it('refused for another reason than its key does not read the secret again', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.keysEarlier = true;
    memory.script = () => refusal('upbit.refused', 'never');
    await run(memory);
    expect(memory.reloads).toBe(0);
  });
});

describe('the words of a failure', () => {
  it('that nothing was asked, of a run that began too late, name its clock and the tolerance', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + HOUR);
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'late',
      detail:
        'the run began at 2026-11-22T07:00:00Z by this host’s clock, more than 300 s after the slot 2026-11-22T06:00:00Z; nothing was asked',
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
        'Upbit’s answer came at 2026-11-22T06:06:00Z by this host’s clock, after the tolerance of the slot 2026-11-22T06:00:00Z, and was thrown away',
    });
  });

  it('of a block say until when; one that ends with the start of the run holds no more', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.blocks.note('sg/a', 'sg', { until: SLOT + 1, whom: 'account' });
    memory.blocks.note('sg/b', 'sg', { until: SLOT, whom: 'account' });
    await run(memory);
    expect(memory.item('sg/a')).toMatchObject({
      failure: 'upbit.blocked',
      detail: 'not asked: Upbit’s block lasts until 2026-11-22T06:00:00Z',
      attempts: 0,
    });
    expect(memory.outcome('sg/b')).toBe('ok');
  });

  it('of those who were not asked since the address is blocked say what Upbit told', async () => {
    const names = Array.from({ length: 51 }, (_, index) => `sg/a${index + 10}` as const);
    const memory = new MemoryParts(secret(...names));
    memory.script = () =>
      refusal('upbit.blocked', 'never', { block: { until: SLOT + HOUR, whom: 'address' } });
    await run(memory);
    expect(memory.item('sg/a60')).toMatchObject({
      failure: 'upbit.blocked',
      detail: 'not asked: told upbit.blocked',
      attempts: 0,
    });
  });
});
