import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalParts, simulated, startLocalParts } from '../../support/local-parts.ts';
import { gaps, hour, outcomes, runAt } from './in-use.ts';

const NEW_KEY = { accessKey: 'fake-access-sg-new', secretKey: 'fake-secret-sg-new' };
const NEW_SECRET = JSON.stringify({ sg: { main: NEW_KEY } });

describe('rotating a key', () => {
  let parts: LocalParts;
  beforeEach(async () => {
    parts = await startLocalParts(['sg/main']);
  });
  afterEach(() => parts.close());

  const makeNewKey = () =>
    parts.upbit.accounts.set(NEW_KEY.accessKey, { ...simulated('sg/main'), ...NEW_KEY });
  const deleteOldKey = () => parts.upbit.accounts.delete('fake-access-sg-main');
  const keyIds = async () =>
    Promise.all([hour(0), hour(1), hour(2)].map(async (slot) => (await parts.item('sg/main', slot))?.keyId));

  it('loses no slot if the new key is in the secret before the old one is deleted', async () => {
    const warm = parts.cold();
    await runAt(parts, warm, hour(0));
    makeNewKey();
    parts.putSecret(NEW_SECRET);
    await runAt(parts, warm, hour(1));
    deleteOldKey();
    await runAt(parts, warm, hour(2));
    expect(await outcomes(parts, 'sg/main', hour(0), hour(1), hour(2))).toEqual(['ok', 'ok', 'ok']);
    expect(await gaps(parts)).toEqual([]);
    const [before, ...after] = await keyIds();
    expect(after).not.toContain(before);
  });

  it('loses no slot if the old one is deleted at once, while a process has it in memory', async () => {
    const warm = parts.cold();
    await runAt(parts, warm, hour(0));
    makeNewKey();
    parts.putSecret(NEW_SECRET);
    deleteOldKey();
    // Another slot soon after: the keys in memory are not old enough to be read again.
    parts.clock.set(hour(0) + 60_000);
    await warm({ manual: true }, hour(0) + 360_000);
    await runAt(parts, warm, hour(1));
    expect(await outcomes(parts, 'sg/main', hour(0), hour(1))).toEqual(['ok', 'ok']);
    expect(await outcomes(parts, 'sg/main', hour(0) + 60_000)).toEqual(['ok']);
  });

  it('loses slots if the old one is deleted first, and lists them', async () => {
    const warm = parts.cold();
    await runAt(parts, warm, hour(0));
    deleteOldKey();
    await runAt(parts, warm, hour(1));
    makeNewKey();
    parts.putSecret(NEW_SECRET);
    await runAt(parts, warm, hour(2));
    parts.clock.set(hour(2) + 1_800_000);
    expect(await gaps(parts)).toEqual(['sg/main 2026-11-22T07:00:00Z key.invalid']);
  });

  it('is noticed by a check before any slot', async () => {
    makeNewKey();
    parts.putSecret(NEW_SECRET);
    expect(await parts.cold()({ check: true }, hour(1))).toMatchObject({
      accounts: [{ account: 'sg/main', outcome: 'ok' }],
    });
    expect(await parts.item('sg/main')).toBeUndefined();
  });
});
