import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../lambda/core/instant.ts';
import { type LocalParts, simulated, startLocalParts } from '../../support/local-parts.ts';
import { secret } from '../../support/memory-parts.ts';
import { balances, gaps, hour, outcomes, runAt } from './in-use.ts';

let parts: LocalParts;
beforeEach(async () => {
  parts = await startLocalParts(['sg/main', 'sg/second']);
  for (const account of ['sg/third', 'th/main'] as const) {
    const there = simulated(account);
    parts.upbit.accounts.set(there.accessKey, there);
  }
});
afterEach(() => parts.close());

const calls = (accessKey: string) => parts.upbit.calls.filter((call) => call.accessKey === accessKey).length;

describe('adding an account', () => {
  it('takes a key in the secret: its slots begin with the next one, and earlier ones are not gaps', async () => {
    const warm = parts.cold();
    await runAt(parts, warm, hour(0));
    parts.putSecret(secret('sg/main', 'sg/second', 'sg/third'));
    await runAt(parts, warm, hour(1), hour(2));
    parts.clock.set(hour(2) + 30 * MINUTE);
    expect(await outcomes(parts, 'sg/third', hour(0), hour(1), hour(2))).toEqual(['missing', 'ok', 'ok']);
    expect(await gaps(parts)).toEqual([]);
    expect(await balances(parts, 'accounts --account sg/third')).toMatchObject([
      { since: '2026-11-22T07:00:00Z' },
    ]);
  });
});

describe('closing an account', () => {
  it('means removing its key, then closing it: it is no longer collected or expected, and keeps its snapshots', async () => {
    const warm = parts.cold();
    await runAt(parts, warm, hour(0));
    parts.putSecret(secret('sg/main'));
    await runAt(parts, warm, hour(1));
    parts.clock.set(hour(1) + 30 * MINUTE);
    expect(await gaps(parts)).toEqual(['sg/second 2026-11-22T07:00:00Z keys.missing']);

    const rows = await balances(parts, 'accounts close sg/second --at 2026-11-22T07:00:00Z');
    expect(rows).toMatchObject([{ account: 'sg/second', closed_from: '2026-11-22T07:00:00Z' }]);
    await runAt(parts, warm, hour(2), hour(3));
    parts.clock.set(hour(3) + 30 * MINUTE);
    expect(await gaps(parts)).toEqual([]);
    expect(await outcomes(parts, 'sg/second', hour(0), hour(2), hour(3))).toEqual([
      'ok',
      'missing',
      'missing',
    ]);
    expect(calls('fake-access-sg-second')).toBe(1);
    expect(await balances(parts, 'latest --account sg/second')).toMatchObject([
      { slot: '2026-11-22T06:00:00Z' },
    ]);
  });

  it('is undone by a run that finds the key, so remove the key first', async () => {
    await runAt(parts, parts.cold(), hour(0));
    await balances(parts, 'accounts close sg/second --at 2026-11-22T07:00:00Z');
    await runAt(parts, parts.cold(), hour(1));
    expect(await outcomes(parts, 'sg/second', hour(1))).toEqual(['ok']);
    expect(await balances(parts, 'accounts --account sg/second')).toMatchObject([{ closed_from: null }]);
  });
});

describe('adding a region', () => {
  it('takes keys and a deploy: its slots begin with the next one, and nothing else changes', async () => {
    const accounts = ['sg/main', 'sg/second'] as const;
    await runAt(parts, parts.cold(), hour(0));
    parts.putSecret(secret(...accounts, 'th/main'));
    await runAt(parts, parts.cold(), hour(1));
    expect(calls('fake-access-th-main')).toBe(0);

    const deployed = parts.cold({ variables: { REGIONS: 'sg,th' } });
    await runAt(parts, deployed, hour(2), hour(3));
    parts.clock.set(hour(3) + 30 * MINUTE);
    expect(calls('fake-access-th-main')).toBe(2);
    expect(await gaps(parts)).toEqual([]);
    const slots = await balances(parts, 'slots --account th/main');
    expect(slots.map(({ slot }) => slot)).toEqual(['2026-11-22T08:00:00Z', '2026-11-22T09:00:00Z']);
  });

  it('without a key records keys.missing, so that it is not forgotten', async () => {
    await runAt(parts, parts.cold({ variables: { REGIONS: 'sg,th' } }), hour(0));
    parts.clock.set(hour(0) + 30 * MINUTE);
    expect(await gaps(parts)).toEqual(['th/main 2026-11-22T06:00:00Z keys.missing']);
  });
});

describe('closing a region', () => {
  it('takes a deploy: it is no longer collected or expected, and keeps its snapshots', async () => {
    const keysOfBoth = secret('sg/main', 'sg/second', 'th/main');
    parts.putSecret(keysOfBoth);
    await runAt(parts, parts.cold({ variables: { REGIONS: 'sg,th' } }), hour(0));
    await runAt(parts, parts.cold(), hour(1), hour(2));
    parts.clock.set(hour(2) + 30 * MINUTE);
    expect(calls('fake-access-th-main')).toBe(1);
    expect(await gaps(parts)).toEqual([]);
    expect(await balances(parts, 'latest --account th/main')).toMatchObject([
      { slot: '2026-11-22T06:00:00Z' },
    ]);
  });
});
