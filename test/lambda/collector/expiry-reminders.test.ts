import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorSettings } from '../../../lambda/collector/ports.ts';
import { DAY, formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { EXPIRY_REMEDY } from '../../../lambda/core/key-expiry.ts';
import { at, holding, MemoryParts, refusal, SETTINGS } from '../../support/memory-parts.ts';

const MIDNIGHT = at('2026-11-23T00:00:00Z');

/** A secret whose keys expire so many days after midnight; undefined for one without a date. */
function secretOf(days: Readonly<Record<string, number | undefined>>): string {
  const sg = Object.entries(days).map(([name, in_]) => [
    name,
    {
      accessKey: `fake-access-${name}`,
      secretKey: `fake-secret-${name}`,
      ...(in_ === undefined ? {} : { expiresOn: formatSecond(MIDNIGHT + in_ * DAY).slice(0, 10) }),
    },
  ]);
  return JSON.stringify({ sg: Object.fromEntries(sg) });
}

/** The run of a slot, started 1.2 s after it as by EventBridge Scheduler. */
async function run(
  memory: MemoryParts,
  settings: CollectorSettings = SETTINGS,
  slot = MIDNIGHT,
  manual = false,
) {
  memory.now = slot + 1.2 * SECOND;
  return await collect({ slot, manual }, settings, memory.parts, memory.now + 5 * MINUTE);
}

const reminders = (memory: MemoryParts) => memory.logged.filter(({ message }) => message === 'key.expiring');

describe('after the snapshots of the slot at local midnight', () => {
  it('each key that expires soon has a log line with the remedy, and the fewest days are emitted', async () => {
    const memory = new MemoryParts(secretOf({ a: 30, b: 29, c: 8, d: 7, e: 1, f: -2, g: undefined }));
    await run(memory);
    expect(reminders(memory)).toEqual(
      [
        ['sg/a', '2026-12-23T00:00:00Z, in 30 days'],
        ['sg/d', '2026-11-30T00:00:00Z, in 7 days'],
        ['sg/e', '2026-11-24T00:00:00Z, in 1 day'],
        ['sg/f', '2026-11-21T00:00:00Z, already past'],
      ].map(([account, when]) => ({
        level: 'WARN',
        message: 'key.expiring',
        slot: '2026-11-23T00:00:00Z',
        account,
        detail: `the key expires at ${when}`,
        remedy: EXPIRY_REMEDY,
      })),
    );
    expect(memory.emitted).toEqual([{ AccountsFailed: 0, DaysToKeyExpiry: -2 }]);
  });

  it('Upbit is asked once for each account, and takes precedence over the secret', async () => {
    const memory = new MemoryParts(secretOf({ a: 7, b: 60, c: undefined }));
    memory.expiry = (account) => (account === 'sg/b' ? {} : { expiresAt: MIDNIGHT + 40 * DAY });
    await run(memory);
    expect(memory.expiryCalls.map(({ account }) => account)).toEqual(['sg/a', 'sg/b', 'sg/c']);
    expect(reminders(memory)).toEqual([]);
    expect(memory.emitted).toEqual([{ AccountsFailed: 0, DaysToKeyExpiry: 40 }]);
  });

  it('every snapshot is already taken and written', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined, b: undefined }));
    let written = 0;
    memory.expiry = () => {
      written = memory.items.size;
      return {};
    };
    await run(memory);
    expect([memory.calls.length, written]).toEqual([2, 2]);
  });

  it('no request is made for an account without a snapshot in this run, or in a region whose host has blocked the address', async () => {
    const refused = new MemoryParts(secretOf({ a: undefined, b: undefined }));
    refused.script = (account) =>
      account === 'sg/a' ? refusal('key.expired', 'never') : holding({ BTC: '1' });
    await run(refused);
    expect(refused.expiryCalls.map(({ account }) => account)).toEqual(['sg/b']);

    const blocked = new MemoryParts(secretOf({ a: undefined, b: undefined }));
    blocked.script = (account, _, now) =>
      account === 'sg/a'
        ? refusal('upbit.blocked', 'never', { block: { until: now + HOUR, whom: 'address' } })
        : holding({ BTC: '1' });
    await run(blocked);
    expect([blocked.outcome('sg/a', MIDNIGHT), blocked.outcome('sg/b', MIDNIGHT)]).toEqual([
      'upbit.blocked',
      'ok',
    ]);
    expect(blocked.expiryCalls).toEqual([]);
  });

  it('a block of one account does not prevent the requests for others', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined, b: undefined }));
    memory.script = (account, _, now) =>
      account === 'sg/a'
        ? refusal('upbit.blocked', 'never', { block: { until: now + HOUR, whom: 'account' } })
        : holding({ BTC: '1' });
    await run(memory);
    expect(memory.expiryCalls.map(({ account }) => account)).toEqual(['sg/b']);
  });

  it('a block of the address found there stops the region at later slots, until it ends', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined, b: undefined }));
    memory.expiry = async (account) => {
      if (account === 'sg/a') return { block: { until: MIDNIGHT + 2 * HOUR, whom: 'address' } };
      await new Promise(setImmediate);
      return {};
    };
    await run(memory);
    for (const hours of [1, 2]) await run(memory, SETTINGS, MIDNIGHT + hours * HOUR);
    const outcomes = [0, 1, 2].map((hours) => memory.outcome('sg/b', MIDNIGHT + hours * HOUR));
    expect(outcomes).toEqual(['ok', 'upbit.blocked', 'ok']);
    expect(memory.catalog.accounts.get('sg/a')).toHaveProperty('blockedUntil');
    expect(memory.catalog.accounts.get('sg/b')).not.toHaveProperty('blockedUntil');
  });

  it('a block found there is saved, and obeyed by the next run', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    const until = MIDNIGHT + 2 * HOUR;
    memory.expiry = () => ({ block: { until, whom: 'account' } });
    await run(memory);
    expect(memory.catalog.accounts.get('sg/a')).toMatchObject({ blockedUntil: until });
    await run(memory, SETTINGS, MIDNIGHT + HOUR);
    expect(memory.outcome('sg/a', MIDNIGHT)).toBe('ok');
    expect(memory.outcome('sg/a', MIDNIGHT + HOUR)).toBe('upbit.blocked');
    expect(memory.calls).toHaveLength(1);
  });

  it('once the address is blocked, there are no more requests to the region', async () => {
    const names = Array.from({ length: 60 }, (_, index) => [`a${index}`, undefined]);
    const memory = new MemoryParts(secretOf(Object.fromEntries(names)));
    memory.expiry = () => ({ block: { until: memory.now + HOUR, whom: 'address' } });
    await run(memory);
    expect(memory.expiryCalls).toHaveLength(16);
  });

  it('a block that cannot be saved fails nothing', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    memory.expiry = () => {
      memory.broken = () => true;
      return { block: { until: MIDNIGHT + 2 * HOUR, whom: 'account' } };
    };
    expect(await run(memory)).toMatchObject({ accounts: [{ outcome: 'ok' }] });
    expect(memory.logged.find(({ message }) => message === 'block')).toMatchObject({ level: 'WARN' });
    memory.broken = () => false;
    await run(memory, SETTINGS, MIDNIGHT + HOUR);
    expect(memory.outcome('sg/a', MIDNIGHT + HOUR)).toBe('upbit.blocked');
  });

  it('no call gets more time than is left, or starts after ten seconds', async () => {
    const names = Array.from({ length: 151 }, (_, index) => [`a${index}`, undefined]);
    const memory = new MemoryParts(secretOf(Object.fromEntries(names)));
    memory.expiry = () => {
      // One after the other on this clock.
      memory.now += 100;
      return {};
    };
    await run(memory);
    const end = MIDNIGHT + 1.2 * SECOND + 10 * SECOND;
    expect(memory.expiryCalls.length).toBeGreaterThan(90);
    expect(memory.expiryCalls.length).toBeLessThan(151);
    for (const call of memory.expiryCalls) expect(call.at + call.timeoutMs).toBeLessThanOrEqual(end);
    expect(memory.expiryCalls.every(({ timeoutMs }) => timeoutMs <= 5 * SECOND)).toBe(true);
  });

  it('a call has five seconds if ten are left', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    await run(memory);
    expect(memory.expiryCalls.map(({ timeoutMs }) => timeoutMs)).toEqual([5 * SECOND]);
  });

  it('an account whose block ends at this very moment gets a request', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    memory.script = () => {
      memory.blocks.note('sg/a', 'sg', { until: memory.now, whom: 'account' });
      return holding({ BTC: '1' });
    };
    await run(memory);
    expect(memory.expiryCalls).toHaveLength(1);
  });

  it('if no date is known, no days are emitted', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    await run(memory);
    expect(memory.emitted).toStrictEqual([{ AccountsFailed: 0 }]);
  });

  it('no call starts after the deadline of the run', async () => {
    const memory = new MemoryParts(secretOf({ a: undefined }));
    memory.now = MIDNIGHT + SECOND;
    memory.script = async () => {
      memory.now += 3 * SECOND;
      return holding({ BTC: '1' });
    };
    await collect({ slot: MIDNIGHT, manual: false }, SETTINGS, memory.parts, memory.now + 8 * SECOND);
    expect(memory.outcome('sg/a', MIDNIGHT)).toBe('ok');
    expect(memory.expiryCalls).toEqual([]);
  });

  it('a key that was rotated during the run is used, and not the one it replaced', async () => {
    let reads = 0;
    const memory = new MemoryParts(() => {
      reads += 1;
      return secretOf(reads === 1 ? { a: 3 } : { a: 90 }).replaceAll('fake-', `fake-${reads}-`);
    });
    memory.keysEarlier = true;
    memory.script = (_, call) => (call === 1 ? refusal('key.invalid', 'never') : holding({ BTC: '1' }));
    await run(memory);
    expect(memory.expiryCalls.map(({ accessKey }) => accessKey)).toEqual(['fake-2-access-a']);
    expect(memory.emitted).toEqual([{ AccountsFailed: 0, DaysToKeyExpiry: 90 }]);
  });
});

it('nothing is requested or logged at another slot, in a manual run, or for a region that is not configured', async () => {
  const memory = new MemoryParts(secretOf({ a: 7 }));
  await run(memory, SETTINGS, MIDNIGHT + HOUR);
  await run(memory, SETTINGS, MIDNIGHT + SECOND, true);
  await run(memory, { ...SETTINGS, regions: ['id'] });
  expect(memory.expiryCalls).toEqual([]);
  expect(reminders(memory)).toEqual([]);
  expect(memory.emitted).toEqual([{ AccountsFailed: 0 }, { AccountsFailed: 1 }]);
});

it('midnight is local to the schedule’s zone', async () => {
  const memory = new MemoryParts(secretOf({ a: 7 }));
  await run(memory, { ...SETTINGS, timeZone: 'Asia/Seoul' }, MIDNIGHT - 9 * HOUR);
  expect(memory.emitted).toEqual([{ AccountsFailed: 0, DaysToKeyExpiry: 7 }]);
});
