import { afterAll, describe, expect, it } from 'vitest';
import { formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { DynamoDbCall, DynamoDbFault } from '../../support/faulty-dynamodb.ts';
import { type LocalParts, named, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { typed } from '../../support/typed.ts';

const EVENT = { slot: formatSecond(SLOT) };
const started: LocalParts[] = [];
// The tests run concurrently, so all parts are stopped at the end.
afterAll(async () => {
  await Promise.all(started.map((parts) => parts.close()));
});

/** `item` means a snapshot or a failure, not a catalog entry. */
async function start(operation: 'Query' | 'item', ...faults: readonly DynamoDbFault[]) {
  const parts = await startLocalParts(['sg/main'].map(named));
  started.push(parts);
  const left = [...faults];
  parts.dynamoDb.fault = (call) => {
    const isItem = call.operation === 'PutItem' && !call.body.includes('#catalog');
    return call.operation === operation || (operation === 'item' && isItem) ? left.shift() : undefined;
  };
  return parts;
}
const run = async ({ cold }: LocalParts) => await cold()(EVENT, SLOT + 5 * MINUTE);
const puts = ({ dynamoDb }: LocalParts) =>
  dynamoDb.calls.filter(({ operation, body }) => operation === 'PutItem' && !body.includes('#catalog'))
    .length;
const snapshot = { balances: [{ currency: 'ADA' }] };
const ALWAYS = Array.from({ length: 99 });

/** The error that the run throws; also checks that it threw soon and that `gaps` lists the slot. */
async function thrown(parts: LocalParts, name = 'sg/main'): Promise<unknown> {
  const begun = performance.now();
  const error: unknown = await run(parts).then(
    () => new Error('the run returned'),
    (reason: unknown) => reason,
  );
  // The platform's retry must still be within the slot's tolerance.
  expect((performance.now() - begun) / SECOND).toBeLessThan(25);
  expect(await parts.item(named(name))).toBeUndefined();
  return error;
}

describe.concurrent('DynamoDB failures', () => {
  it('faults row 41: throttling three times costs no snapshot', async () => {
    const parts = await start('item', 'throttled', 'throttled', 'throttled');
    await run(parts);
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
    expect(puts(parts)).toBe(4);
  });

  it('faults row 41: throttling the catalog three times costs no snapshot', async () => {
    const parts = await start('Query', 'throttled', 'throttled', 'throttled');
    await run(parts);
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
  });

  it('faults row 42: throttling every write makes the run throw, and the slot is a gap', async () => {
    const parts = await start('item', ...ALWAYS.map((): DynamoDbFault => 'throttled'));
    expect(await thrown(parts)).toMatchObject({
      code: 'run.unrecorded',
      message:
        '1 of 1 accounts could not be recorded for 2026-11-22T06:00:00Z, and the run must be retried: sg/main',
      cause: { code: 'ledger.unavailable', message: expect.stringContaining('Throttling') },
    });
    const { exitCode, stdout } = await typed('gaps --real --format json', parts.reader, { now: SLOT + HOUR });
    expect({ exitCode, gaps: JSON.parse(stdout) }).toEqual({
      exitCode: 3,
      gaps: [{ account: 'sg/main', slot: '2026-11-22T06:00:00Z', reason: 'missing' }],
    });
  });

  it('faults row 42: gone for the whole run, Upbit is not called and the run throws', async () => {
    const parts = await start('Query', ...ALWAYS.map((): DynamoDbFault => 'reset'));
    expect(await thrown(parts)).toMatchObject({ code: 'ledger.unavailable' });
    expect(parts.upbit.calls).toEqual([]);
  });

  it('faults row 43: a write that was applied but answered 500 is a success', async () => {
    const parts = await start('item', 'applied, but answered 500');
    const { accounts } = await run(parts);
    // dynalite does not return the existing item, so here it counts as an ordinary duplicate.
    expect(accounts).toMatchObject([{ outcome: 'duplicate' }]);
    expect(await parts.item('sg/main')).toMatchObject({ ...snapshot, observedAt: SLOT });
    expect(puts(parts)).toBe(2);
  });

  it('faults row 45: access denied makes the run throw at once, without a retry', async () => {
    const parts = await start('item', ...ALWAYS.map((): DynamoDbFault => 'denied'));
    expect(await thrown(parts)).toMatchObject({
      code: 'run.unrecorded',
      cause: {
        code: 'ledger.unavailable',
        message:
          'the table ledger could not be used: AccessDeniedException: not authorized to perform: dynamodb:PutItem',
      },
    });
    expect(puts(parts)).toBe(1);
  });

  it('faults row 45: a missing table makes the run throw before Upbit is called', async () => {
    const parts = await start('Query', 'noTable');
    expect(await thrown(parts)).toMatchObject({
      code: 'ledger.unavailable',
      message: 'there is no table ledger in this account and AWS region',
    });
    expect(parts.upbit.calls).toEqual([]);
    expect(parts.dynamoDb.calls).toHaveLength(1);
  });

  it('faults row 46: silence ends in a time-out, and the retry is written', async () => {
    const parts = await start('item', 'silent');
    await run(parts);
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
    expect(puts(parts)).toBe(2);
  });

  it('faults row 46: silence on the catalog ends in a time-out, and the retry is read', async () => {
    const parts = await start('Query', 'silent');
    await run(parts);
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
  });

  it('faults row 42: a run that used up all retries leaves the next one its own', async () => {
    // A client may retry 500 points' worth: 25 writes that fail five times use them up.
    const names = Array.from({ length: 26 }, (_, index) => named(`sg/a${index}`));
    const parts = await startLocalParts(names);
    started.push(parts);
    const isPut = ({ operation, body }: DynamoDbCall) =>
      operation === 'PutItem' && !body.includes('#catalog');
    const warm = parts.cold();
    parts.dynamoDb.fault = (call) => (isPut(call) ? 'internalError' : undefined);
    await expect(warm(EVENT, SLOT + 5 * MINUTE)).rejects.toMatchObject({ name: 'run.unrecorded' });
    let once = true;
    parts.dynamoDb.fault = (call) => {
      const fails = once && isPut(call);
      once &&= !fails;
      return fails ? 'internalError' : undefined;
    };
    const report = await warm(EVENT, SLOT + 5 * MINUTE);
    expect(JSON.stringify(report)).not.toContain('unrecorded');
  });
});
