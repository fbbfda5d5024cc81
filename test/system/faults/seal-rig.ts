import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
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
import { line, snapshot, time } from '../../support/memory-ledger.ts';
import { startEmptyTable } from '../operations/copied-table.ts';

export const BEGIN = time('2026-03-01T00:00:00Z');
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'];
export const NOW = BEGIN + 3 * DAY + HOUR;

/** A table with an account's three days, and no seal. */
export async function unsealed() {
  const table = await startEmptyTable('ledger');
  const writer = createLedgerWriter(table);
  await writer.putAccount(undefined, { account: 'sg/main', since: BEGIN }, MINUTE);
  for (let slot = BEGIN; slot < NOW; slot += 12 * HOUR)
    await writer.record(snapshot('sg/main', slot, [line('BTC', '1')]), MINUTE);
  return table;
}

/** How long a silent authority is waited for here, in milliseconds. */
const IMPATIENT = 1_500;

export function seal(client: DynamoDBClient, at: Instant = NOW, url?: string): Promise<unknown> {
  const clock = { now: () => at };
  const authority = url === undefined ? undefined : createAuthority(url, clock, IMPATIENT);
  const sealer = assembleSealer(
    { tableName: 'ledger', timeZone: 'UTC' },
    { client, clock, authority, write: () => undefined },
  );
  return sealer({ seal: formatSecond(at) });
}

/** The days that have a seal, and what is wrong with them. */
export async function state(table: Awaited<ReturnType<typeof unsealed>>) {
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

export const WHOLE = { days: DAYS, problems: [], stamped: 0 };

/** A client that dies at its n-th call: before the call is sent, or after it took effect. */
export function mortal(client: DynamoDBClient, dies: number, after: boolean) {
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

/** Kills a run of the sealer at a call, before or after that took effect, and checks what the next run leaves. */
export async function killedWhileSealing(dies: number, after: boolean): Promise<void> {
  const table = await unsealed();
  await expect(seal(mortal(table.client, dies, after).client)).rejects.toThrow();
  await seal(table.client);
  expect({ dies, after, ...(await state(table)) }).toEqual({ dies, after, ...WHOLE });
  await table.close();
}

/** The same for a run that has an authority sign three seals. */
export async function killedWhileStamping(dies: number, after: boolean, url: string): Promise<void> {
  const table = await unsealed();
  await seal(table.client);
  await seal(mortal(table.client, dies, after).client, NOW, url).catch(() => undefined);
  expect((await state(table)).problems).toEqual([]);
  await seal(table.client, NOW, url);
  expect({ dies, after, ...(await state(table)) }).toEqual({ dies, after, ...WHOLE, stamped: 3 });
  await table.close();
}

/** How many calls a run makes that seals three days, and one that has three seals signed. */
export const CALLS = { sealing: 30, stamping: 7 };
