import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_TABLE, localDirectory } from '../../../cli/ledger/local-ledger.ts';
import { openTarget, type TargetChoice } from '../../../cli/ledger/target.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';
import { type RecordingDynamoDb, startRecordingDynamoDb } from '../../support/recording-dynamodb.ts';

let dynamoDb: RecordingDynamoDb;
let root: string;

beforeAll(async () => {
  dynamoDb = await startRecordingDynamoDb();
});
afterAll(() => dynamoDb.close());

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'target-'));
  dynamoDb.requests.length = 0;
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDb.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
  vi.stubEnv('AWS_REGION', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

async function refusal(choice: TargetChoice): Promise<string> {
  const error: unknown = await openTarget(choice, {}, root).catch((thrown: unknown) => thrown);
  return error instanceof CodedError ? `${error.code}: ${error.message}` : `not refused: ${String(error)}`;
}

async function write(directory: string, entries: readonly Entry[]): Promise<void> {
  const server = await startEmbeddedDynamoDb({ directory, tableName: LOCAL_TABLE });
  const client = new DynamoDBClient({ endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
  const ledger = createLedgerWriter({ client, tableName: LOCAL_TABLE });
  for (const entry of entries) await ledger.record(entry, 5_000);
  client.destroy();
  await server.close();
}

describe('the deployed table', () => {
  it('needs an AWS region', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(root, 'none'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(root, 'none'));
    expect(await refusal({ kind: 'table', name: 'named' })).toBe(
      'ledger.unavailable: no AWS region is set: put it into AWS_REGION or into your AWS profile',
    );
  });
});

describe('a local ledger', () => {
  it.each([
    { ledger: 'demo', simulated: true },
    { ledger: 'real', simulated: false },
  ] as const)(
    'is read where it was written: $ledger, simulated $simulated',
    async ({ ledger, simulated }) => {
      const slot = time('2026-11-22T06:00:00Z');
      const written = snapshot('sg/main', slot, [line('BTC', '0.25', '1e-8')]);
      await write(localDirectory(root, ledger), [written]);
      const target = await openTarget({ kind: 'local', ledger }, {}, root);
      try {
        expect(await target.reader.newest('sg/main', slot)).toEqual(written);
        expect({ simulated: target.simulated, label: target.label }).toEqual({
          simulated,
          label: `the ${ledger} ledger`,
        });
        expect(dynamoDb.requests).toEqual([]);
      } finally {
        await target.close();
      }
    },
  );

  it('can replace the entry of an account', async () => {
    await write(localDirectory(root, 'real'), [snapshot('sg/main', time('2026-11-22T06:00:00Z'))]);
    const target = await openTarget({ kind: 'local', ledger: 'real' }, {}, root);
    try {
      const entry = { account: 'sg/main', since: 0 } as const;
      await expect(target.replaceAccount(entry, { ...entry, closedFrom: 0 })).rejects.toMatchObject({
        code: 'ledger.changed',
      });
    } finally {
      await target.close();
    }
  });

  it('can be reopened after closing', async () => {
    await write(localDirectory(root, 'demo'), [snapshot('sg/main', time('2026-11-22T06:00:00Z'))]);
    for (const _ of [1, 2]) {
      const target = await openTarget({ kind: 'local', ledger: 'demo' }, {}, root);
      expect((await target.reader.catalog()).schedules).toEqual([]);
      await target.close();
    }
  });

  it('that does not exist is not created, and the error says how to create it', async () => {
    expect(await refusal({ kind: 'local', ledger: 'demo' })).toBe(
      'ledger.unavailable: no demo ledger yet: run npm start first',
    );
    expect(await refusal({ kind: 'local', ledger: 'real' })).toBe(
      'ledger.unavailable: no real ledger yet: run npm start -- --keys FILE first',
    );
  });
});
