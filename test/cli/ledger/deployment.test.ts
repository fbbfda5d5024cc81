import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Environment } from '../../../cli/ledger/deployment.ts';
import { openTarget, type TargetChoice } from '../../../cli/ledger/target.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import {
  type RecordedRequest,
  type RecordingDynamoDb,
  startRecordingDynamoDb,
} from '../../support/recording-dynamodb.ts';

const DEPLOYED: TargetChoice = { kind: 'table', name: undefined };

let dynamoDb: RecordingDynamoDb;
let root: string;

beforeAll(async () => {
  dynamoDb = await startRecordingDynamoDb();
});
afterAll(() => dynamoDb.close());

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'deployment-'));
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

function outputs(text: string): void {
  writeFileSync(join(root, 'cdk.outputs.json'), text);
}

async function ask(choice: TargetChoice, environment: Environment): Promise<RecordedRequest | undefined> {
  const target = await openTarget(choice, environment, root);
  expect(target.simulated).toBe(false);
  await target.reader.catalog();
  await target.close();
  return dynamoDb.requests[0];
}

async function refusal(choice: TargetChoice, environment: Environment = {}): Promise<string> {
  const error: unknown = await openTarget(choice, environment, root).catch((thrown: unknown) => thrown);
  return error instanceof CodedError ? `${error.code}: ${error.message}` : `not refused: ${String(error)}`;
}

const ONE = JSON.stringify({
  other: { Url: 'x' },
  balances: { TableName: 'deployed', AwsRegion: 'ap-southeast-1' },
});

describe('the deployed table', () => {
  it('is the one in the outputs file, in the AWS region named there', async () => {
    outputs(ONE);
    expect(await ask(DEPLOYED, {})).toEqual({ table: 'deployed', awsRegion: 'ap-southeast-1' });
  });

  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'us-east-1' }, 'us-east-1'],
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: '' }, 'ap-southeast-1'],
  ])('is in the AWS region of the environment %j if it names one', async (environment, awsRegion) => {
    outputs(ONE);
    expect(await ask(DEPLOYED, environment)).toEqual({ table: 'deployed', awsRegion });
  });

  it('is the copy in the AWS region of the environment, also if it is named', async () => {
    outputs(ONE);
    const named: TargetChoice = { kind: 'table', name: 'deployed' };
    const copy = { table: 'deployed', awsRegion: 'eu-west-1' };
    expect(await ask(named, { AWS_REGION: 'eu-west-1' })).toEqual(copy);
    dynamoDb.requests.length = 0;
    expect(await ask(named, {})).toEqual({ ...copy, awsRegion: 'ap-southeast-1' });
  });

  it('is overridden by TABLE_NAME, and both by --table', async () => {
    outputs(ONE);
    const environment = { TABLE_NAME: 'from-environment', AWS_REGION: 'eu-west-1' };
    expect(await ask(DEPLOYED, environment)).toMatchObject({ table: 'from-environment' });
    dynamoDb.requests.length = 0;
    expect(await ask({ kind: 'table', name: 'named' }, environment)).toMatchObject({ table: 'named' });
  });

  it('is not guessed without an outputs file: the error says what to do', async () => {
    expect(await refusal(DEPLOYED, { TABLE_NAME: '' })).toBe(
      'ledger.unavailable: no table to read: deploy first (that writes cdk.outputs.json), or name one with --table or TABLE_NAME, or use --local for the demo',
    );
  });

  it('is not chosen if there are several', async () => {
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
