import { createServer, request } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../infra/local/http-server.ts';
import { AWS_TIMEOUTS } from '../../lambda/adapters/aws-timeouts.ts';
import { createLedgerReader } from '../../lambda/adapters/ledger-reader.ts';
import { createLedgerWriter } from '../../lambda/adapters/ledger-writer.ts';
import { HOUR, type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { SLOT } from '../memory-parts.ts';

/** How DynamoDB treats a call. */
type Fault = 'none' | 'throttled' | 'applied, but answered 500' | 'silent' | 'denied';

const ANSWERS = {
  throttled: [400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException', 'Rate exceeded'],
  'applied, but answered 500': [
    500,
    'com.amazonaws.dynamodb.v20120810#InternalServerError',
    'Internal error',
  ],
  denied: [
    400,
    'com.amazon.coral.service#AccessDeniedException',
    'not authorized to perform: dynamodb:PutItem',
  ],
} as const;

describe('the ledger, while DynamoDB fails', () => {
  let faults: Fault[] = [];
  let calls = 0;
  let client: DynamoDBClient;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    const proxy = createServer((incoming, response) => {
      calls += 1;
      const fault = faults.shift() ?? 'none';
      const refuse = (kind: keyof typeof ANSWERS) => {
        const [status, type, message] = ANSWERS[kind];
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify({ __type: type, message }));
      };
      if (fault === 'silent') return;
      if (fault === 'throttled' || fault === 'denied') {
        incoming.resume().on('end', () => refuse(fault));
        return;
      }
      const { method, headers } = incoming;
      const forwarded = request(database.endpoint, { method, headers }, (answer) => {
        if (fault === 'none') answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
        else answer.resume().on('end', () => refuse(fault));
      });
      incoming.pipe(forwarded);
    });
    client = new DynamoDBClient({
      endpoint: await listen(proxy),
      ...LOCAL_CREDENTIALS,
      requestHandler: AWS_TIMEOUTS,
    });
    ends.push(() => stop(proxy), database.close);
  });
  afterAll(async () => {
    client.destroy();
    for (const end of ends) await end();
  });

  const table = () => ({ client, tableName: 'ledger' });
  const empty = (slot: Instant): Snapshot => ({
    account: 'sg/main',
    slot,
    observedAt: slot + SECOND,
    manual: false,
    writer: 'test',
    balances: [],
    unknownFields: [],
    keyId: '01234567',
  });

  /** Records one item while the next calls go wrong so. */
  async function record(slot: Instant, during: readonly Fault[], timeoutMs = 30 * SECOND) {
    faults = [...during];
    calls = 0;
    return await createLedgerWriter(table()).record(empty(slot), timeoutMs);
  }
  const stored = async (slot: Instant) => {
    faults = [];
    const entry = await createLedgerReader(table()).newest('sg/main', slot);
    return entry?.slot === slot ? entry : undefined;
  };

  it('writes after it was throttled three times', async () => {
    expect(await record(SLOT, ['throttled', 'throttled', 'throttled'])).toEqual({ kind: 'recorded' });
    expect(calls).toBe(4);
  });

  it('has the item where the write was applied and answered 500: the second try meets it', async () => {
    // The embedded DynamoDB does not show the item that stood in the way, so here it is a duplicate like any other.
    expect(await record(SLOT + HOUR, ['applied, but answered 500'])).toMatchObject({ kind: 'duplicate' });
    expect(await stored(SLOT + HOUR)).toEqual(empty(SLOT + HOUR));
  });

  it('writes at the second try where the first was never answered', async () => {
    expect(await record(SLOT + 2 * HOUR, ['silent'])).toEqual({ kind: 'recorded' });
    expect(calls).toBe(2);
  });

  it('throws at once where it may not write', async () => {
    await expect(record(SLOT + 3 * HOUR, ['denied'])).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message:
        'the table ledger could not be used: AccessDeniedException: not authorized to perform: dynamodb:PutItem',
    });
    expect(calls).toBe(1);
  });

  it('throws when its time is over, whatever DynamoDB does', async () => {
    const silence = Array.from({ length: 9 }, (): Fault => 'silent');
    await expect(record(SLOT + 4 * HOUR, silence, SECOND)).rejects.toMatchObject({
      code: 'ledger.unavailable',
    });
    expect(await stored(SLOT + 4 * HOUR)).toBeUndefined();
  });

  it('throws where there is no time left to write', async () => {
    await expect(record(SLOT + 5 * HOUR, [], 0)).rejects.toMatchObject({
      code: 'ledger.unavailable',
      message: 'the table ledger could not be written to: the time of the run is over',
    });
    expect(calls).toBe(0);
  });
});
