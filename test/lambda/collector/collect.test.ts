import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorSettings } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { EMPTY_CATALOG, withAccount } from '../../../lambda/core/catalog.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import { at, holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

/** One scheduled run with the whole time limit. */
async function run(memory: MemoryParts, settings: CollectorSettings = SETTINGS, slot = SLOT, manual = false) {
  return await collect({ slot, manual }, settings, memory.parts, memory.now + 5 * MINUTE);
}

describe('a run', () => {
  it('records one snapshot for every account of every configured region', async () => {
    const memory = new MemoryParts(secret('sg/main', 'sg/desk', 'id/main', 'th/main', 'kr/main'));
    const report = await run(memory, { ...SETTINGS, regions: ['id', 'sg', 'th'] });
    expect(report.accounts.map((line) => [line.account, line.outcome])).toEqual([
      ['id/main', 'ok'],
      ['sg/desk', 'ok'],
      ['sg/main', 'ok'],
      ['th/main', 'ok'],
    ]);
    expect(memory.items.size).toBe(4);
    expect(memory.calls.map((call) => call.account)).not.toContain('kr/main');
  });

  it('writes the schedule and each account to the catalog before the first item, and never again', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    expect(memory.writes).toEqual(['catalog schedule', 'catalog sg/main', 'item sg/main']);
    expect(memory.catalog.accounts.get('sg/main')).toEqual({ account: 'sg/main', since: SLOT });
    expect(memory.catalog.schedules).toEqual([{ from: SLOT, every: '1h', timeZone: 'UTC', regions: ['sg'] }]);
    memory.now = SLOT + HOUR;
    await run(memory, SETTINGS, SLOT + HOUR);
    expect(memory.writes.slice(3)).toEqual(['item sg/main']);
  });

  it('adds a schedule when the cadence, the zone or the regions change', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    memory.now = SLOT + HOUR;
    await run(memory, { ...SETTINGS, regions: ['id', 'sg'] }, SLOT + HOUR);
    expect(memory.catalog.schedules.map((schedule) => schedule.regions)).toEqual([['sg'], ['id', 'sg']]);
  });

  it('adds no schedule for a late event that an earlier schedule fired', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const { catalog } = memory;
    const denser = { ...SETTINGS, every: '30m' } as const;
    memory.now = SLOT + 90 * MINUTE;
    await run(memory, denser, SLOT + HOUR);
    expect(memory.outcome('sg/main', SLOT + HOUR)).toBe('late');
    expect(memory.catalog.schedules).toEqual(catalog.schedules);
    // The hourly schedule cannot have fired this one.
    await run(memory, denser, SLOT + 30 * MINUTE);
    expect(memory.catalog.schedules.map(({ every }) => every)).toEqual(['1h', '30m']);
  });

  it('adds no schedule before one that is already in the catalog', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const denser = { ...SETTINGS, every: '1m' } as const;
    memory.now = SLOT + 2 * MINUTE;
    await run(memory, denser, SLOT + 2 * MINUTE);
    await run(memory, denser, SLOT + MINUTE);
    expect(memory.outcome('sg/main', SLOT + MINUTE)).toBe('ok');
    expect(memory.catalog.schedules.map(({ from }) => from)).toEqual([SLOT, SLOT + 2 * MINUTE]);
  });

  it('adds no schedule if one begins at this very slot; the next slot’s run does', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const coarser = { ...SETTINGS, every: '2h' } as const;
    await run(memory, coarser);
    expect(memory.catalog.schedules.map(({ every }) => every)).toEqual(['1h']);
    memory.now = SLOT + 2 * HOUR;
    await run(memory, coarser, SLOT + 2 * HOUR);
    expect(memory.catalog.schedules.map(({ every }) => every)).toEqual(['1h', '2h']);
  });

  it('makes at most 16 calls at a time, in all regions together', async () => {
    const accounts = Array.from({ length: 60 }, (_, index) => index);
    const memory = new MemoryParts(secret(...accounts.map((index): AccountName => `sg/a${index}`)));
    await run(memory);
    expect(memory.mostUnderWay).toBe(16);
    expect(memory.items.size).toBe(60);

    const regions = ['id', 'sg', 'th'] as const;
    const spread = regions.flatMap((id) => accounts.map((index): AccountName => `${id}/a${index}`));
    const three = new MemoryParts(secret(...spread));
    await run(three, { ...SETTINGS, regions });
    expect(three.mostUnderWay).toBeLessThanOrEqual(16);
    expect(three.items.size).toBe(180);
  });

  it('lets a region whose calls hang delay no other', async () => {
    const accounts = Array.from({ length: 40 }, (_, index): AccountName => `sg/a${index}`);
    const slow = Array.from({ length: 40 }, (_, index): AccountName => `id/a${index}`);
    const memory = new MemoryParts(secret(...accounts, ...slow));
    let release: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    memory.script = async (account) => {
      if (account.startsWith('id/')) await hanging;
      return holding({ BTC: '1' });
    };
    const running = run(memory, { ...SETTINGS, regions: ['id', 'sg'] });
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(accounts.map((account) => memory.outcome(account))).toEqual(accounts.map(() => 'ok'));
    expect(slow.map((account) => memory.outcome(account))).toEqual(slow.map(() => undefined));
    release();
    await running;
    expect(memory.items.size).toBe(80);
  });

  it('reports attempts, milliseconds and the number of currencies', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = (_, call) =>
      call === 1 ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1', ETH: '2' });
    const { accounts } = await run(memory);
    expect(accounts).toEqual([
      { account: 'sg/main', outcome: 'ok', attempts: 2, milliseconds: 2 * SECOND, currencies: 2 },
    ]);
  });

  it('emits the number of failures, even if 0, and the days to the first expiry at local midnight', async () => {
    const keys = JSON.stringify({
      sg: { main: { accessKey: 'fake-access-1', secretKey: 'fake-secret-1', expiresOn: '2026-12-01' } },
    });
    const memory = new MemoryParts(keys);
    await run(memory);
    const midnight = at('2026-11-23T00:00:00Z');
    memory.now = midnight;
    await run(memory, SETTINGS, midnight);
    expect(memory.emitted).toEqual([{ AccountsFailed: 0 }, { AccountsFailed: 0, DaysToKeyExpiry: 8 }]);
  });

  it('emits nothing for a manual snapshot, writes no schedule for it, and marks it', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const slot = SLOT + 61 * SECOND;
    memory.now = slot;
    await run(memory, SETTINGS, slot, true);
    expect(memory.emitted).toEqual([]);
    expect(memory.catalog.schedules).toEqual([]);
    expect(memory.item('sg/main', slot)?.manual).toBe(true);
  });
});

describe('a slot that was recorded before', () => {
  it('keeps its snapshot, and a second answer is a duplicate', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const first = memory.item('sg/main');
    memory.script = () => holding({ BTC: '2' });
    const { accounts } = await run(memory);
    expect(accounts[0]?.outcome).toBe('duplicate');
    expect(memory.item('sg/main')).toBe(first);
    expect(memory.emitted.at(-1)).toEqual({ AccountsFailed: 0 });
  });

  it('gets a snapshot in place of a failure, and keeps a snapshot if a later run fails', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('key.expired', 'never');
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('key.expired');
    memory.script = () => holding({ BTC: '1' });
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('ok');
    memory.script = () => refusal('key.expired', 'never');
    expect((await run(memory)).accounts[0]?.outcome).toBe('duplicate');
    expect(memory.outcome('sg/main')).toBe('ok');
  });

  it('keeps the failure with a cause if a later run made no call', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('key.expired', 'never');
    await run(memory);
    memory.now = SLOT + 10 * MINUTE;
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('key.expired');
  });
});

describe('a late run', () => {
  it('makes no call and records late, naming the clock', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 3 * HOUR);
    await run(memory);
    const item = memory.item('sg/main');
    expect(memory.calls).toEqual([]);
    expect(item).toMatchObject({ failure: 'late', attempts: 0 });
    expect(item !== undefined && isFailure(item) && item.detail).toContain('by this host’s clock');
  });

  it('is one that starts more than the tolerance after its slot, to the millisecond', async () => {
    const inTime = new MemoryParts(secret('sg/main'), SLOT + 5 * MINUTE - 1);
    const late = new MemoryParts(secret('sg/main'), SLOT + 5 * MINUTE + 1);
    await run(inTime);
    await run(late);
    expect([inTime.outcome('sg/main'), late.outcome('sg/main')]).toEqual(['ok', 'late']);
  });

  it('is recorded for a call in flight when the tolerance ends', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 5 * MINUTE - 2 * SECOND);
    memory.script = (_, __, now) => {
      memory.now = now + (memory.calls.at(-1)?.timeoutMs ?? 0);
      return refusal('upbit.timeout', 'later');
    };
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'late',
      attempts: 1,
      detail: expect.stringContaining('had not answered at 2026-11-22T06:05:00Z by this host’s clock'),
    });
  });

  it('discards an answer that comes after the tolerance', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 5 * MINUTE - SECOND);
    memory.script = () => {
      memory.now = SLOT + 5 * MINUTE + 1;
      return holding({ BTC: '1' });
    };
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'late', attempts: 1 });
  });
});

describe('a refusal', () => {
  it('that is temporary is retried in passes at about 2, 15, 60 and 150 s', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory);
    expect(memory.calls.map((call) => (call.at - SLOT) / SECOND)).toEqual([0, 2, 15, 60, 150]);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.unavailable', attempts: 5 });
  });

  it('of 20 s costs no snapshot', async () => {
    const memory = new MemoryParts(secret('sg/main', 'sg/desk'));
    memory.script = (_account, _call, now) =>
      now < SLOT + 20 * SECOND ? refusal('upbit.unreachable', 'later') : holding({ BTC: '1' });
    await run(memory);
    expect([memory.outcome('sg/main'), memory.outcome('sg/desk')]).toEqual(['ok', 'ok']);
  });

  it('does not wait past the tolerance: at 1m the pass at 150 s does not happen', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.unavailable', 'later');
    await run(memory, { ...SETTINGS, every: '1m' });
    expect(memory.calls).toHaveLength(4);
  });

  it('does not wait past the time limit, and the cause is recorded, not the clock', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.timeout', 'later');
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, memory.now + 12 * SECOND);
    expect(memory.calls).toHaveLength(2);
    expect(memory.outcome('sg/main')).toBe('upbit.timeout');
  });

  it('that is permanent is recorded at once', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('key.scope', 'never');
    await run(memory);
    expect(memory.calls).toHaveLength(1);
    expect(memory.outcome('sg/main')).toBe('key.scope');
  });

  it('with 429 gets at most three calls', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.rateLimited', 'thrice');
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.rateLimited', attempts: 3 });
  });

  it('is not retried before the time it states', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = (_, call) =>
      call === 1
        ? refusal('upbit.rateLimited', 'thrice', { notBefore: SLOT + 30 * SECOND })
        : holding({ BTC: '1' });
    await run(memory);
    expect(memory.calls.map((call) => (call.at - SLOT) / SECOND)).toEqual([0, 30]);
  });

  it('of a used nonce is retried once', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.refused', 'once');
    await run(memory);
    expect(memory.calls).toHaveLength(2);
    expect(memory.outcome('sg/main')).toBe('upbit.refused');
  });

  it('of one account, of any kind, does not affect the others', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b', 'id/c'));
    memory.script = (account) =>
      account === 'sg/b' ? refusal('response.malformed', 'never') : holding({ BTC: '1' });
    await run(memory, { ...SETTINGS, regions: ['id', 'sg'] });
    expect((['sg/a', 'sg/b', 'id/c'] as const).map((account) => memory.outcome(account))).toEqual([
      'ok',
      'response.malformed',
      'ok',
    ]);
  });
});

describe('an answer', () => {
  it('with 1,000 currencies is a snapshot', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () =>
      holding(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`C${index}`, '1.00000001'])));
    expect((await run(memory)).accounts[0]).toMatchObject({ outcome: 'ok', currencies: 1000 });
  });

  it('too large for one item is recorded as such, and none of it is kept', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const name = 'x'.repeat(56);
    memory.script = () =>
      holding(
        Object.fromEntries(Array.from({ length: 7000 }, (_, index) => [`${name}${index}`, '1.00000001'])),
      );
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'response.tooLarge', attempts: 1 });
  });
});

describe('the time limit', () => {
  it('ends calls 5 s before it; accounts without a call fail with deadline', async () => {
    const accounts = Array.from({ length: 60 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new MemoryParts(secret(...accounts));
    memory.script = () => {
      memory.now = SLOT + 7 * SECOND;
      return holding({ BTC: '1' });
    };
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, SLOT + 12 * SECOND);
    const outcomes = accounts.map((account) => memory.outcome(account));
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(16);
    expect(outcomes.filter((outcome) => outcome === 'deadline')).toHaveLength(44);
  });

  it('shortens the last attempt to the time left, and what it cuts off fails with deadline', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('upbit.timeout', 'later');
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, SLOT + 7 * SECOND);
    expect(memory.calls[0]?.timeoutMs).toBe(2 * SECOND);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'deadline',
      attempts: 1,
      detail: 'the run ran out of time before Upbit answered',
    });
  });
});

describe('a block (418)', () => {
  const block = (whom: 'account' | 'address') =>
    refusal('upbit.blocked', 'never', { block: { until: SLOT + 2 * HOUR, whom } });

  it('is written to the catalog before the failure, and honoured by later runs until it ends', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => block('account');
    await run(memory);
    expect(memory.writes).toEqual(['catalog schedule', 'catalog sg/main', 'item sg/main']);
    expect(memory.catalog.accounts.get('sg/main')).toEqual({
      account: 'sg/main',
      since: SLOT,
      blockedUntil: SLOT + 2 * HOUR,
    });
    memory.script = () => holding({ BTC: '1' });
    for (const hours of [1, 2]) {
      memory.now = SLOT + hours * HOUR;
      await run(memory, SETTINGS, memory.now);
    }
    expect(memory.item('sg/main', SLOT + HOUR)).toMatchObject({ failure: 'upbit.blocked', attempts: 0 });
    expect(memory.outcome('sg/main', SLOT + 2 * HOUR)).toBe('ok');
    expect(memory.calls).toHaveLength(2);
  });

  it('is remembered by the process if the catalog write fails, and saved by its next run', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => block('account');
    memory.broken = (about) => about === 'sg/main';
    await expect(run(memory)).rejects.toMatchObject({ code: 'run.unrecorded' });
    memory.now = SLOT + MINUTE;
    memory.broken = () => false;
    await run(memory);
    expect(memory.calls).toHaveLength(1);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'upbit.blocked', attempts: 0 });
    expect(memory.catalog.accounts.get('sg/main')?.blockedUntil).toBe(SLOT + 2 * HOUR);
  });

  it('is added to a change that a person made since the run read the catalog', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const entry = { account: 'sg/main', since: SLOT, closedFrom: SLOT + 2 * HOUR } as const;
    memory.script = () => {
      memory.catalog = withAccount(memory.catalog, entry);
      return block('account');
    };
    memory.now = SLOT + HOUR;
    await run(memory, SETTINGS, memory.now);
    expect(memory.catalog.accounts.get('sg/main')).toEqual({ ...entry, blockedUntil: SLOT + 2 * HOUR });
  });

  it('never shortens a longer one', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    const entry = { account: 'sg/main', since: SLOT, blockedUntil: SLOT + 3 * HOUR } as const;
    memory.script = () => {
      memory.catalog = withAccount(memory.catalog, entry);
      return block('account');
    };
    memory.now = SLOT + HOUR;
    await run(memory, SETTINGS, memory.now);
    expect(memory.catalog.accounts.get('sg/main')).toEqual(entry);
  });

  it('outlives the closing of its account', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const entry = { account: 'sg/main', since: SLOT - HOUR, blockedUntil: SLOT + HOUR } as const;
    memory.catalog = withAccount(memory.catalog, { ...entry, closedFrom: SLOT });
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('upbit.blocked');
    expect(memory.catalog.accounts.get('sg/main')).toEqual(entry);
  });

  it('makes the run throw if others keep changing the entry', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    memory.script = () => block('account');
    memory.broken = (about) => {
      if (about === 'sg/main') throw new CodedError('ledger.changed', 'changed');
      return false;
    };
    memory.now = SLOT + HOUR;
    await expect(run(memory, SETTINGS, memory.now)).rejects.toMatchObject({ code: 'run.unrecorded' });
  });

  it('of one account does not affect its region', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account) => (account === 'sg/a' ? block('account') : holding({ BTC: '1' }));
    await run(memory);
    expect(memory.outcome('sg/b')).toBe('ok');
  });

  it('of the address stops its region in this process until it ends, but no other region', async () => {
    const settings: CollectorSettings = { ...SETTINGS, regions: ['id', 'sg'] };
    const accounts = Array.from({ length: 60 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new MemoryParts(secret(...accounts, 'id/main'));
    memory.script = (account) => (account.startsWith('sg/') ? block('address') : holding({ BTC: '1' }));
    const called = () => memory.calls.filter(({ account }) => account.startsWith('sg/')).length;
    const outcomes = (slot: number) => new Set(accounts.map((account) => memory.outcome(account, slot)));
    for (const slot of [SLOT, SLOT + HOUR]) {
      memory.now = slot;
      await run(memory, settings, slot);
      expect(outcomes(slot)).toEqual(new Set(['upbit.blocked']));
      expect(memory.outcome('id/main', slot)).toBe('ok');
      // Those in flight when the block came; and none at the next slot.
      expect(called()).toBe(16);
    }
    expect(memory.item('sg/a59', SLOT + HOUR)).toMatchObject({
      detail: 'skipped: Upbit’s block of this address lasts until 2026-11-22T08:00:00Z',
      attempts: 0,
    });

    memory.script = () => holding({ BTC: '1' });
    memory.now = SLOT + 2 * HOUR;
    await run(memory, settings, memory.now);
    expect(outcomes(SLOT + 2 * HOUR)).toEqual(new Set(['ok']));
  });

  it('of the address is in the catalog for the accounts that met it, as another process may have another address', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = async (account) => {
      if (account === 'sg/a') return block('address');
      await new Promise(setImmediate);
      return holding({ BTC: '1' });
    };
    await run(memory);
    expect([memory.outcome('sg/a'), memory.outcome('sg/b')]).toEqual(['upbit.blocked', 'ok']);
    memory.now = SLOT + HOUR;
    await run(memory, SETTINGS, memory.now);
    expect(memory.outcome('sg/b', memory.now)).toBe('upbit.blocked');
    expect([...memory.catalog.accounts.values()]).toEqual([
      { account: 'sg/a', since: SLOT, blockedUntil: SLOT + 2 * HOUR },
      { account: 'sg/b', since: SLOT },
    ]);
  });

  it('of the address that could not be saved is saved by the next run, for the account that met it', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account) => (account === 'sg/a' ? block('address') : refusal('key.scope', 'never'));
    memory.broken = (about) => about === 'sg/a';
    await expect(run(memory)).rejects.toMatchObject({ code: 'run.unrecorded' });
    memory.broken = () => false;
    memory.now = SLOT + MINUTE;
    await run(memory);
    expect([...memory.catalog.accounts.values()].map(({ blockedUntil }) => blockedUntil)).toEqual([
      SLOT + 2 * HOUR,
      undefined,
    ]);
  });

  it('of the address is not the reason of an account tried before it that was still waiting when time was up', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'), SLOT + 5 * MINUTE - 2 * SECOND);
    memory.script = (account) => {
      if (account === 'sg/a') return block('address');
      memory.now = SLOT + 5 * MINUTE;
      return refusal('upbit.timeout', 'later');
    };
    await run(memory);
    expect(memory.outcome('sg/a')).toBe('upbit.blocked');
    expect(memory.item('sg/b')).toMatchObject({ failure: 'late', attempts: 1 });
  });

  it('of the address that comes while the key of another account is read again is the reason of that account', async () => {
    const memory = new MemoryParts(() =>
      memory.reloads === 0
        ? secret('sg/a', 'sg/b')
        : secret('sg/a', 'sg/b').replaceAll('fake-access', 'fake-access-new'),
    );
    memory.keysEarlier = true;
    memory.script = async (account) => {
      if (account === 'sg/b') return block('address');
      await new Promise(setImmediate);
      return refusal('key.invalid', 'never');
    };
    await run(memory);
    expect(memory.calls).toHaveLength(2);
    expect(memory.item('sg/a')).toMatchObject({
      failure: 'upbit.blocked',
      detail: 'skipped: Upbit’s block of this address lasts until 2026-11-22T08:00:00Z',
      attempts: 1,
    });
  });

  it('of the address does not make the others wait, and they keep their own causes', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account) =>
      account === 'sg/a' ? refusal('upbit.unavailable', 'later') : block('address');
    await run(memory);
    expect(memory.now).toBe(SLOT);
    expect(memory.outcome('sg/a')).toBe('upbit.unavailable');
  });
});

describe('a refused key', () => {
  const rotated = JSON.stringify({
    sg: { main: { accessKey: 'fake-access-new', secretKey: 'fake-secret-new' } },
  });

  it('is looked up in the secret again if it came from an earlier run, and the new one is used at once', async () => {
    let reads = 0;
    const memory = new MemoryParts(() => (reads++ === 0 ? secret('sg/main') : rotated));
    memory.keysEarlier = true;
    memory.script = (_, call) => (call === 1 ? refusal('key.invalid', 'never') : holding({ BTC: '1' }));
    await run(memory);
    expect(memory.reloads).toBe(1);
    expect(memory.item('sg/main')).toMatchObject({ keyId: 'of fake-access-new', slot: SLOT });
    expect(memory.outcome('sg/main')).toBe('ok');
  });

  it('gets only one call if the secret still holds the same', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.keysEarlier = true;
    memory.script = () => refusal('key.expired', 'never');
    await run(memory);
    expect(memory.reloads).toBe(1);
    expect(memory.calls).toHaveLength(2);
    expect(memory.outcome('sg/a')).toBe('key.expired');
  });

  it('is final if the secret was read by this run', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('key.invalid', 'never');
    await run(memory);
    expect(memory.reloads).toBe(0);
  });

  it('is final if the secret cannot be read again', async () => {
    let reads = 0;
    const memory = new MemoryParts(() => {
      if (reads++ > 0) throw new CodedError('secret.unavailable', 'down');
      return secret('sg/main');
    });
    memory.keysEarlier = true;
    memory.script = () => refusal('key.invalid', 'never');
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('key.invalid');
  });
});

describe('an account without a usable key', () => {
  it('is recorded as missing for the default account if none is known, without a catalog entry', async () => {
    const memory = new MemoryParts('{}');
    await run(memory, { ...SETTINGS, regions: ['id', 'sg'] });
    expect([memory.outcome('id/main'), memory.outcome('sg/main')]).toEqual(['keys.missing', 'keys.missing']);
    expect(memory.catalog.accounts.size).toBe(0);
    expect(memory.calls).toEqual([]);
  });

  it('is recorded as missing at each slot if the catalog has it, until it is closed', async () => {
    const memory = new MemoryParts(secret('sg/main', 'sg/old'));
    await run(memory);
    memory.keysText = secret('sg/main');
    const [second, third] = [SLOT + HOUR, SLOT + 2 * HOUR];
    memory.now = second;
    await run(memory, SETTINGS, second);
    expect(memory.outcome('sg/old', second)).toBe('keys.missing');
    memory.catalog = {
      ...memory.catalog,
      accounts: new Map(memory.catalog.accounts).set('sg/old', {
        account: 'sg/old',
        since: SLOT,
        closedFrom: third,
      }),
    };
    memory.now = third;
    await run(memory, SETTINGS, third);
    expect(memory.outcome('sg/old', third)).toBeUndefined();
    expect(memory.outcome('sg/main', third)).toBe('ok');
  });

  it('is open again as soon as the secret holds its key', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.catalog = {
      accounts: new Map([
        ['sg/main', { account: 'sg/main', since: SLOT - 2 * HOUR, closedFrom: SLOT - HOUR }],
      ]),
      schedules: [],
    };
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('ok');
    expect(memory.catalog.accounts.get('sg/main')).toEqual({
      account: 'sg/main',
      since: SLOT - 2 * HOUR,
      closed: [{ from: SLOT - HOUR, to: SLOT }],
    });
  });

  it('is looked up in the secret again if the keys came from an earlier run, and collected if it has one', async () => {
    const memory = new MemoryParts(() =>
      secret('sg/main', ...(memory.reloads > 0 ? ['sg/new' as const] : [])),
    );
    memory.keysEarlier = true;
    memory.catalog = withAccount(EMPTY_CATALOG, { account: 'sg/new', since: SLOT - HOUR });
    await run(memory);
    expect(memory.reloads).toBe(1);
    expect([memory.outcome('sg/main'), memory.outcome('sg/new')]).toEqual(['ok', 'ok']);
  });

  it('is looked up once per run, even if a key is refused after that', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.keysEarlier = true;
    memory.catalog = withAccount(EMPTY_CATALOG, { account: 'sg/gone', since: SLOT - HOUR });
    memory.script = () => refusal('key.invalid', 'never');
    await run(memory);
    expect(memory.reloads).toBe(1);
    expect(memory.outcome('sg/main')).toBe('key.invalid');
  });

  it('is not looked up again if all have a key, or if this run read the keys', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.keysEarlier = true;
    await run(memory);
    memory.keysEarlier = false;
    memory.catalog = withAccount(memory.catalog, { account: 'sg/old', since: SLOT });
    memory.now = SLOT + HOUR;
    await run(memory, SETTINGS, memory.now);
    expect(memory.outcome('sg/old', SLOT + HOUR)).toBe('keys.missing');
    expect(memory.reloads).toBe(0);
  });

  it.each([
    ['the secret has lost', () => secret('sg/main')],
    [
      'cannot be looked up',
      () => {
        throw new CodedError('secret.unavailable', 'down');
      },
    ],
  ])('stays closed if only the cache has its key, which %s', async (_, now) => {
    const memory = new MemoryParts(() => (memory.reloads > 0 ? now() : secret('sg/main', 'sg/old')));
    memory.keysEarlier = true;
    const closed = { account: 'sg/old', since: SLOT - HOUR, closedFrom: SLOT } as const;
    memory.catalog = withAccount(EMPTY_CATALOG, closed);
    await run(memory);
    expect(memory.outcome('sg/old')).toBeUndefined();
    expect(memory.outcome('sg/main')).toBe('ok');
    expect(memory.catalog.accounts.get('sg/old')).toEqual(closed);
  });

  it('is recorded as invalid or duplicate, and the others continue', async () => {
    const text = JSON.stringify({
      sg: {
        good: { accessKey: 'fake-access-1', secretKey: 'fake-secret-1' },
        bad: { accessKey: 'fake access', secretKey: '' },
        twin: { accessKey: 'fake-access-2', secretKey: 'fake-secret-2' },
        double: { accessKey: 'fake-access-2', secretKey: 'fake-secret-2' },
      },
    });
    const memory = new MemoryParts(text);
    await run(memory);
    const outcomes = (['sg/good', 'sg/bad', 'sg/twin', 'sg/double'] as const).map((account) =>
      memory.outcome(account),
    );
    expect(outcomes).toEqual(['ok', 'keys.invalid', 'keys.duplicate', 'keys.duplicate']);
    expect(memory.calls).toHaveLength(1);
  });

  it('whose region is not an object in the secret is invalid, and an invalid account name is counted', async () => {
    const memory = new MemoryParts(JSON.stringify({ sg: 'oops', id: { 'No Name': {} } }));
    const report = await run(memory, { ...SETTINGS, regions: ['id', 'sg'] });
    expect(memory.outcome('sg/main')).toBe('keys.invalid');
    expect(report.remarks).toHaveLength(1);
    expect(memory.emitted).toEqual([{ AccountsFailed: 3 }]);
  });
});

describe('a write that fails', () => {
  it('makes the run throw with every other account recorded', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b', 'id/c'));
    memory.broken = (about) => about === 'sg/b';
    const failed = run(memory, { ...SETTINGS, regions: ['id', 'sg'] });
    await expect(failed).rejects.toMatchObject({
      code: 'run.unrecorded',
      cause: { code: 'ledger.unavailable' },
    });
    await expect(failed).rejects.toThrow(
      '1 of 3 accounts could not be recorded for 2026-11-22T06:00:00Z, and the run must be retried: sg/b',
    );
    expect([memory.outcome('sg/a'), memory.outcome('id/c')]).toEqual(['ok', 'ok']);
    expect(memory.emitted).toEqual([]);
  });

  it('ends the waiting, so that the platform can retry within the tolerance', async () => {
    const memory = new MemoryParts(secret('sg/a', 'id/c'));
    memory.broken = (about) => about === 'sg/a';
    memory.script = (account) =>
      account === 'id/c' ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1' });
    await expect(run(memory, { ...SETTINGS, regions: ['id', 'sg'] })).rejects.toMatchObject({
      code: 'run.unrecorded',
    });
    expect(memory.now).toBe(SLOT);
    expect(memory.outcome('id/c')).toBe('upbit.unavailable');
  });

  it('of the schedule makes the run throw before any call', async () => {
    const memory = new MemoryParts(secret('sg/a'));
    memory.broken = (about) => about === 'schedule';
    await expect(run(memory)).rejects.toMatchObject({ code: 'ledger.unavailable' });
    expect(memory.calls).toEqual([]);
  });

  it('lets a rerun complete the slot', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.broken = (about) => about === 'sg/b';
    await expect(run(memory)).rejects.toMatchObject({ code: 'run.unrecorded' });
    memory.broken = () => false;
    const { accounts } = await run(memory);
    expect(accounts.map((line) => line.outcome)).toEqual(['duplicate', 'ok']);
  });
});

describe('the clocks', () => {
  it('are compared: a difference of more than 2 s is stored and logged', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.script = (account) => {
      const skew = (account === 'sg/a' ? -30 : -2) * SECOND;
      const verdict = { ...holding({ BTC: '1' }), serverClock: { date: SLOT + skew, skew } };
      // A body that takes its time: both answers are complete only four seconds after their headers.
      memory.now += 4 * SECOND;
      return verdict;
    };
    await run(memory);
    expect(memory.item('sg/a')).toMatchObject({ serverDate: SLOT - 30 * SECOND });
    expect(memory.item('sg/b')).not.toHaveProperty('serverDate');
    const skews = memory.logged.map((line) => [line.account, line.clockSkew]).filter(([account]) => account);
    expect(skews).toEqual([
      ['sg/a', -30],
      ['sg/b', undefined],
    ]);
  });
});

describe('the last line of a run in the log', () => {
  const lastLine = (memory: MemoryParts) => memory.logged.at(-1);

  it('counts the outcomes of the accounts, and says how long it took', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b', 'sg/c'));
    await run(memory);
    memory.items.delete('sg/b 2026-11-22T06:00:00Z');
    memory.items.delete('sg/c 2026-11-22T06:00:00Z');
    memory.script = (account) => {
      memory.now += 100;
      return account === 'sg/c' ? refusal('key.scope', 'never') : holding({ BTC: '1' });
    };
    await run(memory);
    expect(lastLine(memory)).toStrictEqual({
      level: 'WARN',
      message: 'run',
      slot: '2026-11-22T06:00:00Z',
      accounts: 3,
      ok: 1,
      duplicates: 1,
      failed: 1,
      unrecorded: 0,
      milliseconds: 300,
    });
  });

  it('is not a warning if all is well, and an error if something is not recorded', async () => {
    const well = new MemoryParts(secret('sg/a'));
    await run(well);
    expect(lastLine(well)).toMatchObject({ level: 'INFO', failed: 0, unrecorded: 0 });
    const broken = new MemoryParts(secret('sg/a', 'sg/b'));
    broken.script = () => refusal('key.scope', 'never');
    broken.broken = (about) => about === 'sg/a';
    await expect(run(broken)).rejects.toMatchObject({ code: 'run.unrecorded' });
    expect(lastLine(broken)).toMatchObject({ level: 'ERROR', failed: 1, unrecorded: 1, ok: 0 });
  });

  it('comes after the problems in the secret', async () => {
    const memory = new MemoryParts(JSON.stringify({ us: {} }));
    const { remarks } = await run(memory);
    const detail = 'name 1 of the secret is not a region (sg, id, th, kr); its keys are not used';
    expect(remarks).toEqual([detail]);
    expect(memory.logged.filter(({ message }) => message === 'secret')).toStrictEqual([
      { level: 'WARN', message: 'secret', detail },
    ]);
    expect(lastLine(memory)).toMatchObject({ message: 'run' });
  });
});

describe('the times of a run', () => {
  /** The timeouts of calls and writes in a run that starts at `start` and that the platform ends after five minutes. */
  async function given(start: number, every: CollectorSettings['every'] = '1h') {
    const memory = new MemoryParts(secret('sg/main'), start);
    const writes: number[] = [];
    const { ledger } = memory.parts;
    const record: typeof ledger.record = async (entry, timeoutMs) => {
      writes.push(timeoutMs / SECOND);
      return await ledger.record(entry, timeoutMs);
    };
    const parts = { ...memory.parts, ledger: { ...ledger, record } };
    await collect({ slot: SLOT, manual: false }, { ...SETTINGS, every }, parts, start + 5 * MINUTE);
    return { call: memory.calls.map(({ timeoutMs }) => timeoutMs / SECOND), write: writes };
  }

  it('end with the tolerance for calls, and 60 s after it for writes', async () => {
    expect(await given(SLOT + 4 * MINUTE + 58 * SECOND)).toEqual({ call: [2], write: [62] });
    expect(await given(SLOT + 88 * SECOND, '1m')).toEqual({ call: [2], write: [62] });
  });

  it('end for writes a second before the platform ends the run, even if it is late', async () => {
    expect(await given(SLOT)).toEqual({ call: [5], write: [299] });
    expect(await given(SLOT + HOUR)).toEqual({ call: [], write: [299] });
  });
});

describe('an unexpected error', () => {
  it('is rethrown, and not treated as a secret that cannot be read', async () => {
    const memory = new MemoryParts(() => {
      if (memory.reloads > 0) throw new TypeError('a fault of this program');
      return secret('sg/main');
    });
    memory.keysEarlier = true;
    memory.catalog = withAccount(EMPTY_CATALOG, { account: 'sg/old', since: SLOT - HOUR });
    await expect(run(memory)).rejects.toThrow(TypeError);
    memory.catalog = EMPTY_CATALOG;
    memory.script = () => refusal('key.invalid', 'never');
    memory.reloads = 0;
    await expect(run(memory)).rejects.toThrow(TypeError);
  });
});
