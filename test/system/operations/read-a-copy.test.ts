import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTarget } from '../../../cli/ledger/target.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { assembleSealer } from '../../../lambda/handlers/assemble-sealer.ts';
import { captured } from '../../support/captured.ts';
import { startDynamoDbRegions } from '../../support/dynamodb-regions.ts';
import { startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { itemsOf, putWhereNothingIs } from './copied-table.ts';
import { hour, runAt } from './in-use.ts';

const HOME = 'ap-southeast-1';
const ELSEWHERE = 'eu-west-1';
/** The midnight after the first day, and the time at which its seal is made. */
const MIDNIGHT = Math.floor(SLOT / DAY) * DAY + DAY;
const SEALED = MIDNIGHT + HOUR;

describe('the copy of a table whose AWS region is down', () => {
  let root: string;
  let tableName: string;
  /** The root of the table's last seal. */
  let lastRoot: string;
  let down: Awaited<ReturnType<typeof startDynamoDbRegions>>;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const parts = await startLocalParts(['sg/main']);
    // A run every hour until the day is over and sealed.
    await runAt(parts, parts.cold(), ...Array.from({ length: 18 }, (_, index) => hour(index)));
    parts.clock.set(SEALED);
    const { client, tableName: name } = parts.table;
    const deps = { client, clock: parts.clock, write: () => undefined };
    await assembleSealer({ tableName: name, timeZone: 'UTC' }, deps)({ seal: formatSecond(SEALED) });
    tableName = name;
    // The copy has the same name and, once replicated, the same items.
    const database = await startEmbeddedDynamoDb({ tableName });
    const copy = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
    const items = await itemsOf(parts.table);
    await putWhereNothingIs({ client: copy, tableName }, items);
    copy.destroy();
    lastRoot = items.find(({ account }) => account?.S === '#seal')?.['root']?.S ?? 'none';
    down = await startDynamoDbRegions(new Map([[ELSEWHERE, database.endpoint]]));
    ends.push(down.close, database.close, () => parts.close());
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'read-a-copy-'));
    const outputs = { TableName: tableName, AwsRegion: HOME, ReplicaRegions: ELSEWHERE };
    writeFileSync(join(root, 'cdk.outputs.json'), JSON.stringify({ balances: outputs }));
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', down.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  const type = (words: string, environment: Readonly<Record<string, string>>, now: Instant) =>
    captured(words.split(' '), {
      now: () => now,
      environment,
      root,
      openTarget: (choice) => openTarget(choice, environment, root),
    });

  it('is read with AWS_REGION, by the names in the outputs file or with --table', async () => {
    for (const table of ['', ` --table ${tableName}`]) {
      const { exitCode, stdout } = await type(
        `latest${table} --format csv`,
        { AWS_REGION: ELSEWHERE },
        SEALED,
      );
      expect([exitCode, stdout.split('\n').length > 2]).toEqual([0, true]);
    }
  });

  it('cannot be read without it: the table’s own AWS region is asked', async () => {
    const { exitCode, stdout, stderr } = await type('latest', {}, SEALED);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: /);
  });

  it('is verified as the table itself, with the same last root', async () => {
    const { exitCode, stdout, stderr } = await type(
      'verify --format csv',
      { AWS_REGION: ELSEWHERE },
      SEALED + MINUTE,
    );
    expect([exitCode, stdout]).toEqual([0, 'day,account,problem\n']);
    expect(stderr).toContain(lastRoot);
  });

  it('names the slots of the outage, for which nobody could record anything, as missing', async () => {
    const later = SEALED + 3 * HOUR + 10 * MINUTE;
    const { exitCode, stdout } = await type('gaps --from 4h --format csv', { AWS_REGION: ELSEWHERE }, later);
    expect(exitCode).toBe(3);
    expect(stdout.split('\n').slice(1, -1).length).toBeGreaterThanOrEqual(3);
    expect(stdout).toContain(`sg/main,${formatSecond(SEALED + HOUR)},missing`);
  });

  it('is not written to: closing an account is refused there', async () => {
    const ran = await type('accounts close sg/main', { AWS_REGION: ELSEWHERE }, SEALED);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(
      `the table in ${ELSEWHERE} is a copy, which must not be written to: use the AWS region of the stack`,
    );
    const { stdout } = await type('accounts --format json', { AWS_REGION: ELSEWHERE }, SEALED);
    expect(JSON.parse(stdout)).toMatchObject([{ account: 'sg/main', closed_from: null }]);
  });
});
