import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Environment } from '../../../cli/ledger/deployment.ts';
import { LOCAL_TABLE, localDirectory } from '../../../cli/ledger/local-ledger.ts';
import { openTarget, type TargetChoice } from '../../../cli/ledger/target.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';

const DEPLOYED: TargetChoice = { kind: 'table', name: undefined };

/** What a DynamoDB of our own was asked: which table, signed for which AWS region. */
interface Asked {
  readonly table: unknown;
  readonly awsRegion: string | undefined;
}

let server: Server;
let root: string;
const asked: Asked[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const json: unknown = JSON.parse(body);
      asked.push({
        table: isObject(json) ? json['TableName'] : undefined,
        awsRegion: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1],
      });
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Items":[],"Count":0}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'target-'));
  asked.length = 0;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
  vi.stubEnv('AWS_REGION', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function outputs(text: string): void {
  writeFileSync(join(root, 'cdk.outputs.json'), text);
}

async function ask(choice: TargetChoice, environment: Environment): Promise<Asked | undefined> {
  const target = await openTarget(choice, environment, root);
  expect(target.simulated).toBe(false);
  await target.reader.catalog();
  await target.close();
  return asked[0];
}

async function refusal(choice: TargetChoice, environment: Environment = {}): Promise<string> {
  const error: unknown = await openTarget(choice, environment, root).catch((thrown: unknown) => thrown);
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

const ONE = JSON.stringify({
  other: { Url: 'x' },
  balances: { TableName: 'deployed', AwsRegion: 'ap-southeast-1' },
});

describe('the deployed table', () => {
  it('is the one of the outputs file, in the AWS region named there', async () => {
    outputs(ONE);
    expect(await ask(DEPLOYED, {})).toEqual({ table: 'deployed', awsRegion: 'ap-southeast-1' });
  });

  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'us-east-1' }, 'us-east-1'],
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: '' }, 'ap-southeast-1'],
  ])('lies in the AWS region of the environment %j where it names one', async (environment, awsRegion) => {
    outputs(ONE);
    expect(await ask(DEPLOYED, environment)).toEqual({ table: 'deployed', awsRegion });
  });

  it('gives way to TABLE_NAME, and both to --table', async () => {
    outputs(ONE);
    const environment = { TABLE_NAME: 'from-environment', AWS_REGION: 'eu-west-1' };
    expect(await ask(DEPLOYED, environment)).toMatchObject({ table: 'from-environment' });
    asked.length = 0;
    expect(await ask({ kind: 'table', name: 'named' }, environment)).toMatchObject({ table: 'named' });
  });

  it('is not guessed: without an outputs file the user is told what to do', async () => {
    expect(await refusal(DEPLOYED, { TABLE_NAME: '' })).toBe(
      'ledger.unavailable: no table to read: deploy first (that writes cdk.outputs.json), or name one with --table or TABLE_NAME, or use --local for the demo',
    );
  });

  it('needs an AWS region', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(root, 'none'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(root, 'none'));
    expect(await refusal({ kind: 'table', name: 'named' })).toBe(
      'ledger.unavailable: no AWS region is set: put it into AWS_REGION or into your AWS profile',
    );
  });

  it('is not chosen among several', async () => {
    outputs('{"a":{"TableName":"one"},"b":{"TableName":"two"}}');
    expect(await refusal(DEPLOYED)).toBe(
      'file.invalid: cdk.outputs.json names several tables, choose one with --table: one (a), two (b)',
    );
  });

  it.each(['', '{', '\u0000'])('cannot be found in an outputs file that is not JSON: %j', async (text) => {
    outputs(text);
    expect(await refusal(DEPLOYED)).toBe(
      'file.invalid: cdk.outputs.json cannot be read as JSON: deploy again, or name the table with --table',
    );
  });

  it.each(['null', '[]', '{}', '{"a":null}', '{"a":{"TableName":7}}', '{"a":{"TableName":""}}'])(
    'cannot be found in an outputs file without it: %s',
    async (text) => {
      outputs(text);
      expect(await refusal(DEPLOYED)).toBe(
        'file.invalid: cdk.outputs.json has no output TableName: deploy again, or name the table with --table',
      );
    },
  );
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
        expect(asked).toEqual([]);
      } finally {
        await target.close();
      }
    },
  );

  it('has the entry of an account replaced in it', async () => {
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

  it('can be opened again once it was closed', async () => {
    await write(localDirectory(root, 'demo'), [snapshot('sg/main', time('2026-11-22T06:00:00Z'))]);
    for (const _ of [1, 2]) {
      const target = await openTarget({ kind: 'local', ledger: 'demo' }, {}, root);
      expect((await target.reader.catalog()).schedules).toEqual([]);
      await target.close();
    }
  });

  it('that is not there yet is not created: the user is told how to', async () => {
    expect(await refusal({ kind: 'local', ledger: 'demo' })).toBe(
      'ledger.unavailable: no demo ledger yet: run npm start first',
    );
    expect(await refusal({ kind: 'local', ledger: 'real' })).toBe(
      'ledger.unavailable: no real ledger yet: run npm start -- --keys FILE first',
    );
  });
});
