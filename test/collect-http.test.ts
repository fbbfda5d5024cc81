import { afterEach, describe, expect, it } from 'vitest';
import { formatDecimal } from '../lambda/core/decimal.ts';
import { formatSecond, MINUTE, SECOND } from '../lambda/core/instant.ts';
import { isFailure } from '../lambda/core/snapshot.ts';
import { ADA, type LocalParts, named, simulated, startLocalParts } from './local-parts.ts';
import { SLOT } from './memory-parts.ts';

// What goes wrong is in test/faults, row by row.
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

  it('signs with HS512 where that is configured, and is refused where the secret key is wrong', async () => {
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
        { account: 'sg/main', outcome: 'key.invalid', detail: 'Upbit answered 401 jwt_verification' },
      ],
    });
    expect(await wrong.item('sg/main')).toBeUndefined();
  });
});
