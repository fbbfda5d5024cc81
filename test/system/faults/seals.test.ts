import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createStoredLedger } from '../../../lambda/adapters/ledger/stored.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { createAuthority } from '../../../lambda/adapters/timestamp/authority.ts';
import { tokenReader } from '../../../lambda/adapters/timestamp/token.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { dayName } from '../../../lambda/core/seal.ts';
import { assembleSealer } from '../../../lambda/handlers/assemble-sealer.ts';
import { isUnreadableSeal } from '../../../lambda/history/stored-ledger.ts';
import { verifySeals } from '../../../lambda/history/verify.ts';
import { Authority, granted } from '../../support/authority.ts';
import { type Answer, signing, startAuthorityServer } from '../../support/authority-server.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';
import { startEmptyTable } from '../operations/copied-table.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'];
const NOW = BEGIN + 3 * DAY + HOUR;

/** A table with an account's three days, and no seal. */
async function unsealed() {
  const table = await startEmptyTable('ledger');
  const writer = createLedgerWriter(table);
  await writer.putAccount(undefined, { account: 'sg/main', since: BEGIN }, MINUTE);
  for (let slot = BEGIN; slot < NOW; slot += 12 * HOUR)
    await writer.record(snapshot('sg/main', slot, [line('BTC', '1')]), MINUTE);
  return table;
}

function seal(client: DynamoDBClient, at: Instant = NOW, url?: string): Promise<unknown> {
  const clock = { now: () => at };
  const authority = url === undefined ? undefined : createAuthority(url, clock);
  const sealer = assembleSealer(
    { tableName: 'ledger', timeZone: 'UTC' },
    { client, clock, authority, write: () => undefined },
  );
  return sealer({ seal: formatSecond(at) });
}

/** The days that have a seal, and what is wrong with them. */
async function state(table: Awaited<ReturnType<typeof unsealed>>) {
  const stored = createStoredLedger(table);
  const days: string[] = [];
  for await (const found of stored.seals()) days.push(isUnreadableSeal(found) ? found.slot : dayName(found));
  const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const request = { range, accounts: undefined, beginning: BEGIN, timeZone: 'UTC', now: NOW + HOUR } as const;
  const problems: unknown[] = [];
  const found = verifySeals(stored, request, sha256, tokenReader());
  for (let next = await found.next(); ; next = await found.next()) {
    if (next.done === true) return { days, problems, stamped: next.value.stamped };
    problems.push(next.value);
  }
}

const WHOLE = { days: DAYS, problems: [], stamped: 0 };

/** A client that dies at its n-th call: before the call is sent, or after it took effect. */
function mortal(client: DynamoDBClient, dies: number, after: boolean) {
  let calls = 0;
  const send: DynamoDBClient['send'] = async (...call: readonly never[]) => {
    calls += 1;
    if (calls > dies || (calls === dies && !after)) throw new Error('killed');
    const answer = await Reflect.apply(client.send, client, call);
    if (calls === dies) throw new Error('killed');
    return answer;
  };
  const dying: DynamoDBClient = Object.assign(Object.create(client), { send });
  return { client: dying, calls: () => calls };
}

describe('sealing', () => {
  it('faults row 55: killed at any call, the next run completes one chain', async () => {
    const whole = await unsealed();
    const counted = mortal(whole.client, Number.POSITIVE_INFINITY, false);
    await seal(counted.client);
    const all = counted.calls();
    expect(all).toBe(30);
    await whole.close();
    for (let dies = 1; dies <= all; dies += 1) {
      for (const after of [false, true]) {
        const table = await unsealed();
        await expect(seal(mortal(table.client, dies, after).client)).rejects.toThrow();
        await seal(table.client);
        expect({ dies, after, ...(await state(table)) }).toEqual({ dies, after, ...WHOLE });
        await table.close();
      }
    }
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
    // Reading what there is, then a token for each of three seals.
    for (const after of [false, true])
      for (let dies = 1; dies <= 7; dies += 1) {
        const own = await unsealed();
        await seal(own.client);
        await seal(mortal(own.client, dies, after).client, NOW, authority.url).catch(() => undefined);
        expect((await state(own)).problems).toEqual([]);
        await seal(own.client, NOW, authority.url);
        expect({ dies, after, ...(await state(own)) }).toEqual({ dies, after, ...WHOLE, stamped: 3 });
        await own.close();
      }
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
