import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { VERSION } from '../../../lambda/core/version.ts';
import { assembleSealer } from '../../../lambda/handlers/assemble-sealer.ts';
import * as typed from '../../support/doctored.ts';
import { named, simulated } from '../../support/local-parts.ts';
import { failure, sheet, snapshot } from '../../support/memory-ledger.ts';
import { at, secret } from '../../support/memory-parts.ts';
import {
  type OperationsEndpoint,
  type StandInAlarm,
  startOperationsEndpoint,
} from '../../support/operations-endpoint.ts';
import { type Protection, startProtectedDynamoDb } from '../../support/protected-dynamodb.ts';
import { type DeployedFunction, invoke, synthesize } from '../../system/bundle/deployed.ts';
import { type LambdaEndpoint, startLambdaEndpoint } from '../../system/bundle/lambda-endpoint.ts';
import { type StandIns, startStandIns } from '../../system/bundle/stand-ins.ts';

const ACCOUNTS = ['id/main', 'sg/main'].map(named);
const SECRETS = ACCOUNTS.flatMap((account) => [simulated(account).accessKey, simulated(account).secretKey]);
/** The last slot that is due, and a time at which no other is: the function has its own clock. */
const SLOT = at('2026-11-22T06:00:00Z');
const NOW = SLOT + 20 * MINUTE;
const FUNCTION = 'collector';
const SECRET_ARN = 'api-keys';
const SCHEDULE = 'group/slots';
const UNDELIVERED = 'https://sqs.ap-southeast-1.amazonaws.com/123456789012/undelivered';
const FAILED_RUNS = 'https://sqs.ap-southeast-1.amazonaws.com/123456789012/failed-runs';
const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:alarms';
const OUTPUTS = {
  TableName: 'ledger',
  ApiKeysSecretArn: SECRET_ARN,
  CollectorFunctionName: FUNCTION,
  ScheduleName: SCHEDULE,
  UndeliveredQueueUrl: UNDELIVERED,
  FailedRunsQueueUrl: FAILED_RUNS,
  AlarmTopicArn: TOPIC,
};

let bundle: DeployedFunction;
beforeAll(() => {
  bundle = synthesize();
});
afterAll(() => bundle.remove());

let root: string;
let standIns: StandIns;
let lambda: LambdaEndpoint;
let operations: OperationsEndpoint;
let client: DynamoDBClient;
let protection: Protection;
const ends: (() => Promise<void>)[] = [];

/** A deployment on this machine: the synthesized bundle as the function, and the services it calls. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'doctor-deployed-'));
  writeFileSync(join(root, 'cdk.json'), '{"context":{"@aws-cdk/core:someFlag":true,"seals":false}}');
  outputs(OUTPUTS);
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  standIns = await startStandIns(ACCOUNTS, database);
  client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  protection = { deletionProtection: true, pointInTimeRecovery: 'ENABLED' };
  const dynamoDb = await startProtectedDynamoDb(database.endpoint, protection);
  lambda = await startLambdaEndpoint();
  operations = await startOperationsEndpoint();
  operations.schedules.set(SCHEDULE, { state: 'ENABLED', expression: 'cron(0 * * * ? *)', zone: 'UTC' });
  for (const queue of [UNDELIVERED, FAILED_RUNS]) operations.queues.set(queue, { waiting: 0, inFlight: 0 });
  for (const entry of ALARMS) alarm(entry, {});
  operations.topics.set(TOPIC, [`${TOPIC}:0`]);
  ends.push(standIns.close, dynamoDb.close, lambda.close, operations.close);
  deployWith({});
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDb.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', standIns.secrets.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  for (const service of ['SCHEDULER', 'SQS', 'CLOUDWATCH', 'SNS'])
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, operations.endpoint);
  vi.stubEnv('AWS_REGION', 'ap-southeast-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await Promise.all(ends.splice(0).map((end) => end()));
  rmSync(root, { recursive: true });
});

/** Deploys the function again, with these variables added or replaced. */
function deployWith(changes: Readonly<Record<string, string>>, at?: Instant): void {
  const variables = { ...standIns.environment(bundle), REGIONS: 'id,sg', ...changes };
  const run = (event: unknown) => runBundle(event, variables);
  const time = at === undefined ? {} : { lastModified: new Date(at).toISOString().replace('Z', '+0000') };
  lambda.functions.set(FUNCTION, { variables, run, ...time });
}

/** The same function without its process, for tests in which every key signs in. */
function deployQuick(changes: Readonly<Record<string, string>> = {}, at?: Instant): void {
  deployWith(changes, at);
  const deployed = lambda.functions.get(FUNCTION);
  if (deployed === undefined) throw new Error('nothing is deployed');
  const accounts = ACCOUNTS.map((account) => ({ account, outcome: 'ok', currencies: 1 }));
  lambda.functions.set(FUNCTION, {
    ...deployed,
    run: async () => ({ check: true, version: VERSION, accounts }),
  });
}

/** The alarms of a stack that is called balances. */
const ALARMS = [
  'account-failed',
  'no-run',
  'run-error',
  'failed-run-kept',
  'event-undelivered',
  'key-expires',
];

/** Adds an alarm, or replaces the one of that name. */
function alarm(entry: string, changes: Partial<StandInAlarm>): void {
  const AlarmName = `balances-${entry}`;
  const rest = operations.alarms.filter((one) => one.AlarmName !== AlarmName);
  const usual: StandInAlarm = {
    AlarmName,
    AlarmDescription: `What happened. What to do. See docs/runbook.md#${entry}`,
    AlarmActions: [TOPIC],
    ActionsEnabled: true,
    StateValue: 'OK',
    StateUpdatedTimestamp: (NOW - 5 * MINUTE) / SECOND + 0.123,
  };
  operations.alarms.splice(0, Infinity, ...rest, { ...usual, ...changes });
}

function outputs(values: object): void {
  writeFileSync(join(root, 'cdk.outputs.json'), JSON.stringify({ balances: values }));
}

async function runBundle(event: unknown, variables: Readonly<Record<string, string>>): Promise<unknown> {
  const [outcome] = (await invoke(bundle, variables, [[event]])).outcomes;
  if (outcome?.error === undefined) return outcome?.report;
  throw Object.assign(new Error(outcome.error.message), { name: 'CodedError' });
}

const doctor = (words = '') => typed.doctor(words, { root, now: NOW, secrets: SECRETS });
const findings = (words = '') => typed.findings(words, { root, now: NOW, secrets: SECRETS });

/** Fills a ledger whose schedule began an hour before the last slot. */
async function fill(...entries: Parameters<ReturnType<typeof createLedgerWriter>['record']>[0][]) {
  const writer = createLedgerWriter({ client, tableName: 'ledger' });
  const from = SLOT - HOUR;
  await writer.addSchedule({ from, every: '1h', timeZone: 'UTC', regions: ['id', 'sg'] }, 5 * SECOND);
  for (const account of ACCOUNTS) await writer.putAccount(undefined, { account, since: from }, 5 * SECOND);
  for (const entry of entries) await writer.record(entry, 5 * SECOND);
}

async function recordPrices(slot: Instant, ...regions: readonly Region[]) {
  const writer = createLedgerWriter({ client, tableName: 'ledger' });
  for (const region of regions)
    await writer.recordPrices(sheet(region, slot, { 'USDT-BTC': '64200' }), 5 * SECOND);
}
const both = [SLOT - HOUR, SLOT].flatMap((slot) => ACCOUNTS.map((account) => snapshot(account, slot)));

describe('balances doctor, on a deployment', () => {
  it('reports every part as ok and exits with 0 if all is well', async () => {
    await fill(...both);
    await recordPrices(SLOT, 'id', 'sg');
    standIns.secrets.put(SECRET_ARN, secret(...ACCOUNTS).replaceAll('"}', '","expiresOn":"2999-01-01"}'));
    const { exitCode, stdout, stderr } = await doctor();
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, 9))).toEqual(lines.map(() => 'ok       '));
    expect(lines.map((line) => line.slice(9, line.indexOf(': ')))).toEqual([
      'configuration',
      'table ledger',
      'deletion protection',
      'point-in-time recovery',
      'snapshots',
      'prices',
      'next slot',
      'schedule',
      'undelivered events',
      'failed runs',
      'alarms',
      'notices',
      'secret',
      `function ${FUNCTION}`,
      'address',
      'id/main',
      'sg/main',
      'sealer',
    ]);
    expect(stdout).toContain('the newest is of slot ');
    expect(stdout).toContain(
      'prices: the newest of id, sg are of slot 2026-11-22T06:00:00Z, 19 min 58 s old\n',
    );
    expect(stdout).toContain('well-formed: keys for id/main, sg/main');
    expect(stdout).toContain('it exists, for id, sg every 1h in UTC');
    expect(stdout).toContain('next slot: 2026-11-22T07:00:00Z, in 40 min\n');
    expect(stdout).toContain('schedule: enabled\n');
    expect(stdout.match(/: the queue is empty\n/g)).toHaveLength(2);
    expect(stdout).toContain('alarms: 6 alarms, none is on\n');
    expect(stdout).toContain('notices: 1 confirmed subscription\n');
    expect(stdout).toContain('sg/main: signs in, 1 currency; the key expires at 2999-01-01T00:00:00Z, in ');
    for (const account of ACCOUNTS) expect(await standIns.entries(account)).toHaveLength(2);
  });

  it('reports what the next deploy would change without the -c options of this one', async () => {
    const { of } = await findings();
    expect(of('configuration')).toMatchObject({
      state: 'ok',
      finding:
        'cdk.json is well-formed, but the next deploy would change the stack to id, sg, th every 1h in UTC: repeat the -c options of the last deploy, or write them into cdk.json',
    });
    expect(of(`function ${FUNCTION}`)?.finding).toBe('it exists, for id, sg every 1h in UTC');
  });

  it('reports it too if the next deploy would drop the address or the algorithm set with -c', async () => {
    deployWith({ EGRESS_ADDRESS: '203.0.113.7', JWT_ALG: 'HS512' });
    const without = await findings();
    expect(without.of('configuration')?.finding).toContain(
      'the next deploy would change the stack to id, sg, th every 1h in UTC:',
    );
    expect(without.of(`function ${FUNCTION}`)?.finding).toBe(
      'it exists, for id, sg every 1h in UTC, signed with HS512, from a fixed address',
    );
    const context = { regions: 'sg,id', egress: 'nat-instance', jwtAlg: 'HS512', seals: false };
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context }));
    const { of } = await findings();
    expect(of('configuration')?.finding).toBe('cdk.json is well-formed and matches what is deployed');
  });

  it('looks at the copies of the table, and at whether the next deploy would change them', async () => {
    protection.copies = {
      'eu-west-1': { status: 'ACTIVE', own: { deletionProtection: true, pointInTimeRecovery: 'ENABLED' } },
    };
    outputs({ ...OUTPUTS, ReplicaRegions: 'eu-west-1' });
    deployQuick();
    const without = await findings();
    expect(without.of('copy in eu-west-1')).toMatchObject({ state: 'ok' });
    expect(without.of('configuration')?.finding).toContain('UTC, without copies: repeat');
    const context = { regions: 'id,sg', seals: false, replicas: 'us-east-1,eu-west-1' };
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context }));
    expect((await findings()).of('configuration')?.finding).toContain(
      'UTC, with copies in eu-west-1, us-east-1: repeat',
    );
    outputs({ ...OUTPUTS, ReplicaRegions: 'eu-west-1,us-east-1' });
    const same = await findings();
    expect(same.of('configuration')?.finding).toBe('cdk.json is well-formed and matches what is deployed');
    expect(same.of('copy in us-east-1')).toMatchObject({ state: 'wrong' });
    expect(same.exitCode).toBe(3);
  });

  it.each([
    ['{"context":{"evrey":"1h"}}', 'the configuration key "evrey" is unknown'],
    ['{"context":{"every":"7m"}}', 'the configuration key every is "7m"; allowed: 1m, 5m'],
    ['[]', 'the context in cdk.json is not an object'],
    ['{', 'cdk.json cannot be read as JSON'],
  ])('with the cdk.json %j reports what is wrong with it, and checks the rest', async (text, finding) => {
    writeFileSync(join(root, 'cdk.json'), text);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('configuration')).toMatchObject({ state: 'wrong' });
    expect(of('configuration')?.finding).toContain(finding);
    expect(of('table ledger')).toMatchObject({ state: 'ok' });
  });

  it('finds an unprotected table', async () => {
    protection.deletionProtection = false;
    protection.pointInTimeRecovery = 'DISABLED';
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('deletion protection')).toMatchObject({
      state: 'wrong',
      finding: 'off: a single call can delete all snapshots',
    });
    expect(of('point-in-time recovery')).toMatchObject({
      state: 'wrong',
      finding: 'off: lost data cannot be restored',
    });
  });

  it('reports protection as unknown, with exit code 1, if DynamoDB does not report it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', standIns.environment(bundle)['AWS_ENDPOINT_URL_DYNAMODB']);
    await fill(...both);
    const { exitCode, stderr, of } = await findings();
    expect(of('deletion protection')).toMatchObject({
      state: 'unknown',
      finding: 'unknown: this DynamoDB does not report it',
    });
    expect(of('point-in-time recovery')).toMatchObject({ state: 'unknown' });
    expect(of('point-in-time recovery')?.finding).toMatch(/^unknown: UnknownOperationException/);
    expect([exitCode, stderr]).toEqual([1, 'error: 2 of 18 parts could not be checked\n']);
  });

  it('finds slots for which nothing ran, and names the failure if there is one', async () => {
    await fill(
      snapshot(named('id/main'), SLOT - HOUR),
      snapshot(named('sg/main'), SLOT - HOUR),
      failure(named('sg/main'), SLOT, 'key.expired', { detail: 'Upbit answered 401 expired_access_key' }),
    );
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('snapshots of id/main')?.finding).toMatch(
      /^1 expected slot has no snapshot, the newest is of slot .*; nothing was recorded for the last of them/,
    );
    expect(of('snapshots of id/main')?.remedy).toContain('docs/runbook.md#no-run');
    expect(of('snapshots of sg/main')?.finding).toContain(
      'key.expired, Upbit answered 401 expired_access_key',
    );
    expect(of('snapshots of sg/main')?.remedy).toContain('Make a new key at Upbit');
  });

  it('finds a region without prices for hours, unless prices=false is deployed', async () => {
    await fill(...both);
    await recordPrices(SLOT, 'id');
    await recordPrices(SLOT - 4 * HOUR, 'sg');
    deployQuick({}, SLOT - 5 * HOUR);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('prices of sg')).toMatchObject({
      state: 'wrong',
      finding: expect.stringMatching(
        /^none were recorded since slot 2026-11-22T02:00:00Z, for 4 h, though snapshots were: /,
      ),
      remedy: expect.stringContaining('the lines with message "prices" and region "sg" say why'),
    });
    deployQuick({ PRICES: 'false' }, SLOT - 5 * HOUR);
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context: { regions: 'id,sg', seals: false } }));
    const off = await findings();
    expect(off.exitCode).toBe(0);
    expect(off.of('prices')?.finding).toBe('not recorded, and none are expected: prices=false is deployed');
    expect(off.of(`function ${FUNCTION}`)?.finding).toBe(
      'it exists, for id, sg every 1h in UTC, without prices',
    );
    expect(off.of('configuration')?.finding).toContain('would change the stack to id, sg every 1h in UTC:');
    writeFileSync(
      join(root, 'cdk.json'),
      JSON.stringify({ context: { regions: 'id,sg', prices: false, seals: false } }),
    );
    expect((await findings()).of('configuration')?.finding).toBe(
      'cdk.json is well-formed and matches what is deployed',
    );
  });

  it('expects no snapshots before the first run', async () => {
    expect((await findings()).of('snapshots')).toMatchObject({
      state: 'ok',
      finding: 'none yet: the first are taken at the next slot',
    });
  });

  it('gives the command that stores the keys if the secret has no value, and checks the rest', async () => {
    standIns.secrets.put(SECRET_ARN, undefined);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('secret')).toMatchObject({ state: 'wrong', finding: 'it has no keys yet' });
    expect(of('secret')?.remedy).toContain('aws secretsmanager put-secret-value --secret-id api-keys');
    expect(of('table ledger')).toMatchObject({ state: 'ok' });
  });

  it('finds a secret that is not JSON, and what the function threw, without showing any of it', async () => {
    standIns.secrets.put(SECRET_ARN, `{ ${SECRETS.join()}`);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('secret')).toMatchObject({ state: 'wrong', finding: 'the secret is not JSON' });
    expect(of('sign-in')).toMatchObject({
      state: 'wrong',
      finding: 'not possible until the problem named above is fixed',
    });
  });

  it('finds invalid entries, and keys of regions that are not collected', async () => {
    const keys = JSON.parse(secret(...ACCOUNTS, named('kr/main')));
    keys.sg.desk = { accessKey: '"fake-access-sg-main"', secretKey: 'fake' };
    keys.sq = { main: {} };
    standIns.secrets.put(SECRET_ARN, JSON.stringify(keys));
    const { rows } = await findings();
    const [form, idle] = rows.filter(({ looked_at }) => looked_at === 'secret');
    expect(form).toMatchObject({ state: 'wrong' });
    expect(form?.finding).toContain('sg/desk: sg/desk.accessKey has a quote');
    expect(form?.finding).toContain('name 4 of the secret is not a region');
    expect(idle?.finding).toBe('nothing is collected for kr/main: only id, sg are configured');
  });

  it('reports why a key is refused, as the function sees it', async () => {
    standIns.upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.outOfScope : undefined);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('sg/main')).toMatchObject({ state: 'wrong', remedy: expect.stringContaining('View Account') });
    expect(of('id/main')).toMatchObject({ state: 'ok' });
  });

  it('reports a key that expires within 30 days', async () => {
    const day = formatSecond(Date.now() + 20 * DAY).slice(0, 10);
    standIns.secrets.put(SECRET_ARN, secret(...ACCOUNTS).replaceAll('"}', `","expiresOn":"${day}"}`));
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('sg/main')).toMatchObject({ state: 'wrong' });
    expect(of('sg/main')?.finding).toContain(`the key expires at ${day}T00:00:00Z, in 19 days`);
  });
});

describe('balances doctor, on a deployment with a sealer', () => {
  const SEALER = 'sealer';
  const SEAL_SCHEDULE = 'seal-group/days';
  const SEAL_QUEUES = [`${UNDELIVERED}-seals`, `${FAILED_RUNS}-seals`] as const;
  const parts = [
    'seals',
    'schedule of the sealer',
    'undelivered events of the sealer',
    'failed runs of the sealer',
    `function ${SEALER}`,
  ];
  const variables = { TABLE_NAME: 'ledger', TIME_ZONE: 'UTC' };
  const expression = 'cron(0 1 * * ? *)';

  beforeEach(() => {
    outputs({
      ...OUTPUTS,
      SealerFunctionName: SEALER,
      SealerLogGroupName: 'seal-log',
      SealerScheduleName: SEAL_SCHEDULE,
      SealerUndeliveredQueueUrl: SEAL_QUEUES[0],
      SealerFailedRunsQueueUrl: SEAL_QUEUES[1],
    });
    lambda.functions.set(SEALER, { variables, run: null });
    operations.schedules.set(SEAL_SCHEDULE, { state: 'ENABLED', expression, zone: 'UTC' });
    for (const queue of SEAL_QUEUES) operations.queues.set(queue, { waiting: 0, inFlight: 0 });
    deployQuick();
  });

  /** Seals every day that can be sealed at a time. */
  const seal = (at: Instant) =>
    assembleSealer(
      { tableName: 'ledger', timeZone: 'UTC' },
      { client, clock: { now: () => at }, write: () => undefined },
    )({ seal: formatSecond(at) });
  /** A ledger that has days to seal: an account of a region that is not collected any more began three days ago. */
  async function fillDays() {
    const writer = createLedgerWriter({ client, tableName: 'ledger' });
    const account = named('th/main');
    await writer.putAccount(undefined, { account, since: SLOT - 3 * DAY }, 5 * SECOND);
    await fill(...both);
  }

  it('looks at the sealer, its schedule, its queues and the newest seal, and does not call it', async () => {
    await fillDays();
    await seal(at('2026-11-22T01:00:00Z'));
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(0);
    for (const part of parts) expect(of(part)?.state, part).toBe('ok');
    expect(of('seals')?.finding).toBe('the newest is of 2026-11-21, made 5 h 20 min ago');
    expect(of(`function ${SEALER}`)?.finding).toBe('it exists, and seals the days of UTC');
    expect(lambda.calls.filter((call) => call === 'Invoke')).toHaveLength(1);
  });

  it('reports that the next deploy would remove the sealer, or add one where there is none', async () => {
    const words = async () => (await findings()).of('configuration')?.finding;
    const write = (context: object) => writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context }));
    write({ regions: 'id,sg' });
    expect(await words()).toBe('cdk.json is well-formed and matches what is deployed');
    write({ regions: 'id,sg', seals: false });
    expect(await words()).toContain('change the stack to id, sg every 1h in UTC, without seals: repeat');
    outputs(OUTPUTS);
    write({ regions: 'id,sg' });
    expect(await words()).toContain('change the stack to id, sg every 1h in UTC, with seals: repeat');
  });

  it('looks at the tokens of a time-stamp authority, and at whether the next deploy would change it', async () => {
    await fillDays();
    await seal(at('2026-11-20T01:00:00Z'));
    await seal(at('2026-11-22T01:00:00Z'));
    const TIMESTAMP_URL = 'https://tsa.example/tsr';
    lambda.functions.set(SEALER, { variables: { ...variables, TIMESTAMP_URL }, run: null });
    const write = (context: object) =>
      writeFileSync(join(root, 'cdk.json'), JSON.stringify({ context: { regions: 'id,sg', ...context } }));
    write({});
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('time-stamps')).toMatchObject({
      state: 'wrong',
      finding: 'tsa.example has not signed 3 of the newest seals, from 2026-11-19 on',
    });
    expect(of('configuration')?.finding).toContain('every 1h in UTC, without time-stamps: repeat');
    write({ timestampUrl: 'http://other.example/' });
    expect((await findings()).of('configuration')?.finding).toContain(
      'every 1h in UTC, with time-stamps of other.example: repeat',
    );
    write({ timestampUrl: TIMESTAMP_URL });
    expect((await findings()).of('configuration')?.finding).toBe(
      'cdk.json is well-formed and matches what is deployed',
    );
  });

  it('finds days without a seal, and says once why the alarm is on', async () => {
    await fillDays();
    await seal(at('2026-11-20T01:00:00Z'));
    operations.schedules.set(SEAL_SCHEDULE, { state: 'DISABLED', expression, zone: 'UTC' });
    operations.queues.set(SEAL_QUEUES[1], { waiting: 1, inFlight: 0 });
    alarm('no-seal', { StateValue: 'ALARM' });
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('seals')).toMatchObject({
      state: 'wrong',
      finding: 'the newest is of 2026-11-19, made 2 d 5 h ago; the days from 2026-11-20 have none',
      remedy: expect.stringContaining('docs/runbook.md#no-seal'),
    });
    expect(of('schedule of the sealer')).toMatchObject({ state: 'wrong' });
    expect(of('failed runs of the sealer')).toMatchObject({
      state: 'wrong',
      remedy: expect.stringContaining('docs/runbook.md#no-seal'),
    });
    expect(of('alarm no-seal')?.finding).toBe('on since 2026-11-22T06:15:00Z, for a problem listed here');
  });

  it('finds nothing wrong before the first run, though the alarm is on until then', async () => {
    await fill(...both);
    alarm('no-seal', { StateValue: 'ALARM' });
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(0);
    expect(of('seals')?.finding).toBe('none yet: each day is sealed an hour after it ends');
    expect(of('alarm no-seal')).toMatchObject({
      state: 'ok',
      finding: 'on since 2026-11-22T06:15:00Z, until the next run of the sealer returns; no seal is late',
    });
  });

  it('finds a sealer that is gone, or that seals another table', async () => {
    lambda.functions.set(SEALER, { variables: { ...variables, TABLE_NAME: 'other' }, run: null });
    expect((await findings()).of(`function ${SEALER}`)).toMatchObject({
      state: 'wrong',
      finding: 'it seals the table other, which cdk.outputs.json does not name',
    });
    lambda.functions.delete(SEALER);
    expect((await findings()).of(`function ${SEALER}`)).toMatchObject({
      state: 'wrong',
      finding: 'there is no such function in this AWS account and region',
    });
  });
});

describe('each fact is reported once', () => {
  const wrongs = (rows: readonly typed.Row[]) =>
    rows.filter(({ state }) => state === 'wrong').map(({ looked_at, finding }) => `${looked_at}: ${finding}`);

  it('a secret without a value is not repeated for each account, nor for their snapshots', async () => {
    standIns.secrets.put(SECRET_ARN, undefined);
    const missing = (account: AccountName) =>
      failure(account, SLOT, 'keys.missing', { detail: `the secret has no entry for ${account}` });
    await fill(...ACCOUNTS.map((account) => snapshot(account, SLOT - HOUR)), ...ACCOUNTS.map(missing));
    alarm('account-failed', { StateValue: 'ALARM' });
    const { rows, of } = await findings();
    expect(wrongs(rows).map((line) => line.replace(/the newest is of slot \S+ .* old;/, '…'))).toEqual([
      'snapshots of id/main: 1 expected slot has no snapshot, … keys.missing: see secret',
      'snapshots of sg/main: 1 expected slot has no snapshot, … keys.missing: see secret',
      'alarm account-failed: on since 2026-11-22T06:15:00Z, for a problem listed here',
      'secret: it has no keys yet',
    ]);
    expect([of('id/main'), of('sg/main')]).toEqual([undefined, undefined]);
  });

  it('an unusable entry of the secret is not repeated for its account', async () => {
    const keys = JSON.parse(secret(...ACCOUNTS));
    keys.sg.main.accessKey = 'a "quoted" key';
    keys.sq = {};
    standIns.secrets.put(SECRET_ARN, JSON.stringify(keys));
    await fill(...both);
    const { rows } = await findings();
    expect(wrongs(rows)).toEqual([
      'secret: keys for id/main, sg/main; sg/main: sg/main.accessKey has a quote, white space or other invalid character; name 3 of the secret is not a region (sg, id, th, kr); its keys are not used',
    ]);
  });

  it('what the secret lacks is reported for the account, without what is reported for the secret', async () => {
    const keys = JSON.parse(secret(...ACCOUNTS));
    keys.sq = keys.sg;
    delete keys.sg;
    standIns.secrets.put(SECRET_ARN, JSON.stringify(keys));
    await fill(...both);
    const { of } = await findings();
    expect(of('sg/main')?.finding).toBe(
      'keys.missing: The secret holds no key for this account. (the secret has no entry for sg/main)',
    );
  });

  it('a refused key is reported where signing in says so, and not again as a snapshot or an alarm', async () => {
    standIns.upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.expiredAccessKey : undefined);
    const detail = 'Upbit answered 401 expired_access_key';
    await fill(...both.slice(0, 3), failure(named('sg/main'), SLOT, 'key.expired', { detail }));
    alarm('account-failed', { StateValue: 'ALARM' });
    const { of } = await findings();
    expect(of('snapshots of sg/main')?.finding).toMatch(/ old; key\.expired: see sg\/main$/);
    expect(of('snapshots of sg/main')?.remedy).toBeNull();
    expect(of('alarm account-failed')?.remedy).toBeNull();
    expect(of('sg/main')?.finding).toContain(detail);
  });

  it('events in a queue, and a disabled schedule, are not repeated by their alarms', async () => {
    deployQuick();
    await fill(...both);
    operations.queues.set(UNDELIVERED, { waiting: 2, inFlight: 0 });
    operations.schedules.set(SCHEDULE, { state: 'DISABLED', expression: 'cron(0 * * * ? *)', zone: 'UTC' });
    for (const entry of ['event-undelivered', 'no-run', 'run-error']) alarm(entry, { StateValue: 'ALARM' });
    const { exitCode, rows } = await findings();
    expect(exitCode).toBe(3);
    expect(wrongs(rows)).toEqual([
      'schedule: it is DISABLED, not ENABLED: nothing calls the function',
      'undelivered events: the queue holds 2 events from the last 14 days',
      'alarm event-undelivered: on since 2026-11-22T06:15:00Z, for a problem listed here',
      'alarm no-run: on since 2026-11-22T06:15:00Z, for a problem listed here',
      'alarm run-error: on since 2026-11-22T06:15:00Z: What happened. What to do.',
    ]);
  });

  it('the alarm of no run is on until the first slot after a deploy, which is as it should be', async () => {
    deployQuick();
    alarm('no-run', { StateValue: 'ALARM' });
    const { of } = await findings();
    expect(of('alarm no-run')).toMatchObject({
      state: 'ok',
      finding: 'on since 2026-11-22T06:15:00Z, until the next run returns; no slot is missed',
    });
  });
});

describe('what may not be looked at', () => {
  it('is named with the reason, with exit code 1, and the rest is checked', async () => {
    deployQuick();
    await fill(...both);
    for (const operation of [
      'GetSchedule',
      'GetQueueAttributes',
      'DescribeAlarms',
      'ListSubscriptionsByTopic',
    ])
      operations.denied.add(operation);
    const { exitCode, stderr, rows } = await findings();
    expect([exitCode, stderr]).toEqual([1, 'error: 4 of 16 parts could not be checked\n']);
    const denied = rows.filter(({ state }) => state === 'unknown');
    expect(denied.map(({ looked_at, finding }) => [looked_at, finding.split(' ').at(-1)])).toEqual([
      ['schedule', 'scheduler:GetSchedule'],
      ['undelivered events, failed runs', 'sqs:GetQueueAttributes'],
      ['alarms', 'cloudwatch:DescribeAlarms'],
      ['notices', 'SNS:ListSubscriptionsByTopic'],
    ]);
    for (const { finding } of denied) expect(finding).toMatch(/^it could not be checked: \w+: User: /);
  });

  it('of a deploy by an older version is one line', async () => {
    deployQuick();
    await fill(...both);
    outputs({ TableName: 'ledger', ApiKeysSecretArn: SECRET_ARN, CollectorFunctionName: FUNCTION });
    const { rows } = await findings();
    expect(rows.filter(({ state }) => state === 'unknown')).toMatchObject([
      {
        looked_at: 'schedule, undelivered events, failed runs, alarms, notices',
        finding: 'unknown: not named in cdk.outputs.json; deploy again: npx cdk deploy',
      },
    ]);
  });
});

describe('a deployed change', () => {
  it('of the cadence is compared with the ledger: old slots are not missed, and the next one is named', async () => {
    await fill(...both);
    deployQuick({ EVERY: '4h' }, SLOT + MINUTE);
    operations.schedules.set(SCHEDULE, { state: 'ENABLED', expression: 'cron(0 0/4 * * ? *)', zone: 'UTC' });
    const { exitCode, of } = await typed.findings('', { root, now: SLOT + 100 * MINUTE, secrets: SECRETS });
    expect(exitCode).toBe(0);
    expect(of('snapshots')).toMatchObject({ state: 'ok' });
    expect(of('next slot')?.finding).toBe(
      '2026-11-22T08:00:00Z, in 20 min; the ledger says id, sg every 1h in UTC until the first run, and slots of that schedule without a run do not count as missed',
    );
  });

  it('of the table, while it lasts, is nothing wrong', async () => {
    deployQuick();
    await fill(...both);
    protection.status = 'UPDATING';
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(0);
    expect(of('table ledger')?.finding).toBe(
      'it exists, with the keys of a ledger; a change to it is in progress',
    );
    protection.status = 'ARCHIVED';
    expect((await findings()).of('table ledger')?.finding).toBe('it is ARCHIVED, not ACTIVE');
  });
});

describe('a secret', () => {
  it.each([
    ['at once', 'there is no such secret in this AWS account and region', 'docs/operations.md#replace-what'],
    [
      'after some days',
      'it is marked for deletion, so its keys cannot be read',
      'restore-secret --secret-id api-keys',
    ],
  ] as const)('deleted %s is told from an empty one', async (how, finding, remedy) => {
    await fill(...both);
    standIns.secrets.delete(SECRET_ARN, how);
    const { exitCode, of, rows } = await findings();
    expect(exitCode).toBe(3);
    expect(of('secret')).toMatchObject({ state: 'wrong', finding });
    expect(of('secret')?.remedy).toContain(remedy);
    expect(of('sign-in')?.finding).toBe('not possible until the problem named above is fixed');
    expect(rows.filter(({ state }) => state === 'wrong')).toHaveLength(2);
  });

  it('that Secrets Manager does not give is unknown', async () => {
    deployQuick();
    await fill(...both);
    standIns.secrets.fail('denied');
    expect((await findings()).of('secret')).toMatchObject({ state: 'unknown' });
  });
});

describe('the function', () => {
  const answer = (run: () => Promise<unknown>) => {
    const { variables = {} } = lambda.functions.get(FUNCTION) ?? {};
    lambda.functions.set(FUNCTION, { variables, run });
  };

  it('of an older version is reported in one sentence, and its findings are still shown', async () => {
    answer(async () => ({
      check: true,
      accounts: [
        { account: 'id/main', outcome: 'ok', currencies: 2 },
        {
          account: 'sg/main',
          outcome: 'key.expired',
          detail: 'Upbit answered 401 expired_access_key',
          currencies: null,
        },
      ],
      remarks: [],
    }));
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('version')?.finding).toMatch(/^the deployed code is older: it does not report/);
    expect(of('version')?.remedy).toBe('Deploy again: npx cdk deploy.');
    expect(of('address')).toBeUndefined();
    expect(of('id/main')).toMatchObject({ state: 'ok' });
    expect(of('sg/main')).toMatchObject({
      state: 'wrong',
      remedy: expect.stringContaining('Make a new key'),
    });
  });

  it('of a newer version may use codes unknown to this one', async () => {
    answer(async () => ({
      check: true,
      version: '99.0.0',
      accounts: [{ account: 'sg/main', outcome: 'key.sleepy', detail: 'it sleeps', remedy: 'Wake it.' }, 17],
    }));
    const { of } = await findings();
    expect(of('version')?.finding).toBe('the deployed code is version 99.0.0; this is 0.1.0');
    expect(of('sg/main')).toMatchObject({ finding: 'key.sleepy: it sleeps', remedy: 'Wake it.' });
  });

  it.each([
    [
      'crashes',
      () =>
        Promise.reject(
          Object.assign(new Error('RequestId: 1 Error: Runtime exited'), { name: 'Runtime.ExitError' }),
        ),
      'the function failed: Runtime.ExitError: RequestId: 1 Error: Runtime exited',
    ],
    [
      'throws an error without a message',
      () => Promise.reject(Object.assign(new Error('\u001b[2J'), { name: '' })),
      'the function failed: : \u001b[2J',
    ],
  ])('that %s is a separate finding', async (_, run, finding) => {
    answer(run);
    const { exitCode, of } = await findings();
    expect(exitCode).toBe(3);
    expect(of('sign-in')).toMatchObject({ state: 'wrong', finding });
    expect(of('table ledger')).toMatchObject({ state: 'ok' });
  });

  it('cannot move the cursor', async () => {
    answer(() => Promise.reject(new Error('\u001b[2Jall is well')));
    expect((await doctor()).stdout).toContain('Error: \uFFFD[2Jall is well');
  });

  it.each([null, 'hello', { accounts: [] }, { check: true }, { slot: 'x', accounts: [] }])(
    'that answers %j is not recognized as ours',
    async (report) => {
      answer(async () => report);
      expect((await findings()).of('sign-in')).toMatchObject({
        state: 'unknown',
        finding: `its answer is not a check report: check whether ${FUNCTION} is this project’s function`,
      });
    },
  );

  it('that does not exist, or has another environment, is not called', async () => {
    lambda.functions.clear();
    const absent = await findings();
    expect(absent.of(`function ${FUNCTION}`)?.finding).toBe(
      'there is no such function in this AWS account and region',
    );
    let called = false;
    lambda.functions.set(FUNCTION, {
      variables: {},
      run: async () => {
        called = true;
      },
    });
    const { of } = await findings();
    expect(of(`function ${FUNCTION}`)?.finding).toBe('the environment variable TABLE_NAME is not set');
    expect([called, of('sign-in')]).toEqual([false, undefined]);
  });

  it('that uses another table or secret than the checked ones is reported, but still called', async () => {
    outputs({ ...OUTPUTS, TableName: 'former', ApiKeysSecretArn: 'former-keys' });
    standIns.secrets.put('former-keys', secret(...ACCOUNTS));
    await client.send(
      new CreateTableCommand({
        TableName: 'former',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['account', 'slot'].map((name) => ({
          AttributeName: name,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: 'account', KeyType: 'HASH' },
          { AttributeName: 'slot', KeyType: 'RANGE' },
        ],
      }),
    );
    const { exitCode, rows, of } = await findings();
    expect(exitCode).toBe(3);
    expect(rows.filter(({ looked_at }) => looked_at === `function ${FUNCTION}`)).toMatchObject([
      { state: 'ok' },
      {
        state: 'wrong',
        finding:
          'it writes to the table ledger and reads its keys from api-keys, which cdk.outputs.json does not name',
        remedy:
          'Deploy again, which writes cdk.outputs.json. If somebody changed the function by hand, undo that.',
      },
    ]);
    expect(of('sg/main')).toMatchObject({ state: 'ok' });
  });

  it('is called only once even if Lambda itself fails, because a check must not run twice', async () => {
    const { variables = {} } = lambda.functions.get(FUNCTION) ?? {};
    lambda.functions.set(FUNCTION, { variables, run: null });
    expect((await findings()).of('sign-in')?.finding).toMatch(/^it could not be checked: ServiceException/);
    expect(lambda.calls.filter((operation) => operation === 'Invoke')).toHaveLength(1);
  });

  it('that must not be called is reported, and the rest is checked', async () => {
    lambda.denied.add('Invoke').add('GetFunctionConfiguration');
    const { of } = await findings();
    expect(of(`function ${FUNCTION}`)).toMatchObject({ state: 'unknown' });
    expect(of('sign-in')).toMatchObject({ state: 'unknown' });
    expect(of('sign-in')?.finding).toMatch(
      /^it could not be checked: AccessDeniedException: .* lambda:Invoke$/,
    );
    expect(of('secret')).toMatchObject({ state: 'ok' });
  });
});

describe('a failed doctor run', () => {
  it('without a deploy is one error message', async () => {
    rmSync(join(root, 'cdk.outputs.json'));
    expect(await doctor()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error: no table to read: deploy first (that writes cdk.outputs.json), or name one with --table or TABLE_NAME, or use --local for the demo\n',
    });
  });

  it('without credentials is one error message', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
      vi.stubEnv(name, join(root, 'none'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    expect(await doctor()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: there are no usable AWS credentials: [^\n]+; choose a profile with AWS_PROFILE and log in [^\n]+\n$/,
      ),
    });
  });

  it('without an AWS region is one error message', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
      vi.stubEnv(name, join(root, 'none'));
    expect(await doctor()).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: no AWS region is set: put it into AWS_REGION or into your AWS profile\n',
    });
  });
});

describe('another table', () => {
  it('that is not ours is one finding, without any about its snapshots', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: 'orders',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const { exitCode, rows, of } = await findings('--table orders');
    expect(exitCode).toBe(3);
    expect(of('table orders')).toMatchObject({
      state: 'wrong',
      finding: 'its keys are not account and slot: it is not a ledger of this project',
    });
    expect(rows.map(({ looked_at }) => looked_at)).toEqual(['configuration', 'table orders', 'all else']);
    expect(of('all else')?.finding).toBe('unknown: cdk.outputs.json has no deployment of the table orders');
  });

  it('that does not exist is one finding', async () => {
    const { exitCode, of } = await findings('--table absent');
    expect(exitCode).toBe(3);
    expect(of('table absent')?.finding).toBe('there is no such table in this AWS account and region');
  });

  it('of one of two stacks is checked with its own function and secret', async () => {
    const one = { TableName: 'ledger', ApiKeysSecretArn: SECRET_ARN, CollectorFunctionName: FUNCTION };
    const two = { TableName: 'other', ApiKeysSecretArn: 'other', CollectorFunctionName: 'other' };
    writeFileSync(join(root, 'cdk.outputs.json'), JSON.stringify({ one, two }));
    const { of } = await findings('--table ledger');
    expect(of(`function ${FUNCTION}`)).toMatchObject({ state: 'ok' });
    expect(of('secret')).toMatchObject({ state: 'ok' });
  });
});
