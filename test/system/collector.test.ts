import { afterEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../infra/local/upbit-faults.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { DAY, formatSecond, HOUR, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { isFailure } from '../../lambda/core/snapshot.ts';
import type { Collector } from '../../lambda/handlers/assemble.ts';
import { ADA, type LocalParts, named, simulated, startLocalParts } from '../support/local-parts.ts';
import { SLOT } from '../support/memory-parts.ts';

// The fault tests are in test/system/faults, row by row.
describe('the collector over HTTP', () => {
  const running: LocalParts[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((parts) => parts.close()));
  });

  async function start(names: readonly string[], options: Parameters<typeof startLocalParts>[1] = {}) {
    const parts = await startLocalParts(names.map(named), options);
    running.push(parts);
    parts.clock.set(SLOT + SECOND);
    return parts;
  }

  it('stores what Upbit sent, to the last digit', async () => {
    const parts = await start(['sg/main', 'id/main']);
    const report = await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + 5 * MINUTE);
    expect(report).toMatchObject({
      slot: '2026-11-22T06:00:00Z',
      manual: false,
      accounts: [
        { account: 'id/main', outcome: 'ok', attempts: 1, currencies: 1 },
        { account: 'sg/main', outcome: 'ok', attempts: 1, currencies: 1 },
      ],
    });
    const item = await parts.item('sg/main');
    expect(item).toMatchObject({ observedAt: SLOT + SECOND, manual: false });
    if (item === undefined || isFailure(item)) throw new Error('no snapshot');
    const [line] = item.balances;
    expect(
      line && [
        line.currency,
        formatDecimal(line.balance),
        formatDecimal(line.avgBuyPrice),
        line.unitCurrency,
      ],
    ).toEqual(['ADA', ADA.balance, ADA.avg_buy_price, 'USDT']);
  });

  it('signs with HS512 if configured, and reports a wrong secret key', async () => {
    const right = await start(['sg/main'], { algorithm: 'HS512' });
    expect(await right.cold()({ check: true }, SLOT + 5 * MINUTE)).toMatchObject({
      accounts: [{ outcome: 'ok', currencies: 1 }],
    });
    const wrong = await start(['sg/main']);
    wrong.upbit.accounts.set('fake-access-sg-main', {
      ...simulated('sg/main'),
      secretKey: 'fake-other-secret',
    });
    expect(await wrong.cold()({ check: true }, SLOT + 5 * MINUTE)).toMatchObject({
      check: true,
      accounts: [
        {
          account: 'sg/main',
          outcome: 'key.invalid',
          detail:
            'Upbit answered 401 jwt_verification to a token signed with HS256, and to one signed with HS512: the secret key does not belong to this access key',
        },
      ],
    });
    expect(await wrong.item('sg/main')).toBeUndefined();
  });

  it('honours a block until it ends, in a cold process and in a warm one', async () => {
    const parts = await start(['sg/main']);
    const warm = parts.cold();
    const run = (collector: Collector) => collector({ manual: true }, parts.clock.now() + 5 * MINUTE);
    await run(warm);
    parts.clock.set(SLOT + MINUTE);
    parts.upbit.fault = () => FAULTS.accountBlocked;
    expect(await run(parts.cold())).toMatchObject({ accounts: [{ outcome: 'upbit.blocked', attempts: 1 }] });
    parts.upbit.fault = () => undefined;
    const blockedUntil = (await parts.reader.catalog()).accounts.get('sg/main')?.blockedUntil ?? 0;
    expect(blockedUntil).toBe(parts.clock.now() + 15 * MINUTE);
    const before = parts.upbit.calls.length;
    for (const [collector, secondsLeft] of [
      [parts.cold(), 2],
      [warm, 1],
    ] as const) {
      parts.clock.set(blockedUntil - secondsLeft * SECOND);
      expect(await run(collector)).toMatchObject({ accounts: [{ outcome: 'upbit.blocked', attempts: 0 }] });
    }
    expect(parts.upbit.calls).toHaveLength(before);
    parts.clock.set(blockedUntil);
    expect(await run(warm)).toMatchObject({ accounts: [{ outcome: 'ok' }] });
  });

  it('asks once per account when its key expires, after the slot at local midnight; only Korea answers', async () => {
    const parts = await start(['sg/main', 'kr/main']);
    const midnight = SLOT + 18 * HOUR;
    const kr = { ...simulated('kr/main'), expiresAt: midnight + 7 * DAY };
    parts.upbit.accounts.set(kr.accessKey, kr);
    for (const slot of [midnight - HOUR, midnight]) {
      parts.clock.set(slot + SECOND);
      await parts.cold()({ slot: formatSecond(slot) }, slot + 5 * MINUTE);
    }
    const asked = parts.upbit.calls.filter(({ path }) => path === 'v1/api_keys');
    expect(asked.map(({ region, at }) => [region, at])).toEqual([['kr', midnight + SECOND]]);
    expect(parts.upbit.calls.at(-1)).toBe(asked[0]);
    expect(parts.upbit.calls).toHaveLength(5);
    const lines = parts.written.map((line) => JSON.parse(line));
    expect(lines.filter(({ message }) => message === 'key.expiring')).toMatchObject([
      { account: 'kr/main', detail: 'the key expires at 2026-11-30T00:00:00Z, in 7 days' },
    ]);
    expect(lines.at(-1)).toMatchObject({ AccountsFailed: 0, DaysToKeyExpiry: 7 });
    expect(parts.written.join()).not.toMatch(/fake-(access|secret)/);
  });
});
