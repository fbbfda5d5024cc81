import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../lambda/core/instant.ts';
import { Authority, granted } from '../../support/authority.ts';
import { type Answer, signing, startAuthorityServer } from '../../support/authority-server.ts';
import {
  BEGIN,
  CALLS,
  killedWhileSealing,
  killedWhileStamping,
  mortal,
  NOW,
  seal,
  state,
  unsealed,
  WHOLE,
} from './seal-rig.ts';

describe('sealing', () => {
  it('faults row 55: killed at any call, the next run completes one chain', async () => {
    const whole = await unsealed();
    const counted = mortal(whole.client, Number.POSITIVE_INFINITY, false);
    await seal(counted.client);
    const all = counted.calls();
    expect(all).toBe(CALLS.sealing);
    await whole.close();
    // Each of them in seals.slow.ts.
    for (const dies of [1, 9, 17, 24, CALLS.sealing])
      for (const after of [false, true]) await killedWhileSealing(dies, after);
  });

  it('faults row 55: two at once make one chain', async () => {
    const table = await unsealed();
    await Promise.all([seal(table.client), seal(table.client)]);
    expect(await state(table)).toEqual(WHOLE);
    await table.close();
  });

  it('faults row 55: a day that was missed is sealed by the next run, in order', async () => {
    const table = await unsealed();
    await seal(table.client, BEGIN + DAY + HOUR);
    await seal(table.client);
    expect(await state(table)).toEqual(WHOLE);
    await table.close();
  });

  const signer = new Authority(BEGIN);
  const signs = signing(signer, () => NOW);

  it.each<[string, Answer | undefined]>([
    ['down', undefined],
    ['silent', () => undefined],
    ['answering for another hash', ({ nonce }) => granted(signer.token('other', NOW, { nonce }))],
    ['answering with a page', () => Buffer.from('<html></html>')],
  ])(
    'faults row 55: an authority that is %s holds no seal up, and signs them all the next day',
    async (_, answer) => {
      const [table, authority] = [await unsealed(), await startAuthorityServer(answer ?? signs)];
      if (answer === undefined) await authority.close();
      expect(await seal(table.client, NOW, authority.url)).toMatchObject({
        sealed: [{}, {}, {}],
        stamped: 0,
      });
      expect(await state(table)).toEqual(WHOLE);
      const next = answer === undefined ? await startAuthorityServer(signs) : authority;
      next.answer = signing(signer, () => NOW + DAY);
      expect(await seal(table.client, NOW + DAY, next.url)).toMatchObject({ stamped: 4 });
      expect(await state(table)).toMatchObject({ problems: [], stamped: 4 });
      expect(await seal(table.client, NOW + DAY, next.url)).toMatchObject({ sealed: [], stamped: 0 });
      await next.close();
      await table.close();
    },
  );

  it('faults row 55: killed at any call while tokens are added, the next run adds the others', async () => {
    const authority = await startAuthorityServer(signs);
    // Reading what there is, then a token for each of three seals. Each call in seals.slow.ts.
    for (const dies of [2, CALLS.stamping])
      for (const after of [false, true]) await killedWhileStamping(dies, after, authority.url);
    await authority.close();
  });

  it('faults row 55: two at once leave one token a seal, and each is good', async () => {
    const [table, authority] = [await unsealed(), await startAuthorityServer(signs)];
    await Promise.all([seal(table.client, NOW, authority.url), seal(table.client, NOW, authority.url)]);
    expect(await state(table)).toEqual({ ...WHOLE, stamped: 3 });
    await authority.close();
    await table.close();
  });
});
