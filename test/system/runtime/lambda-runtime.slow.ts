import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { type Grid, slotAtOrBefore } from '../../../lambda/core/slots.ts';
import { startCountingProxy } from '../../bench/counting-proxy.ts';
import { flawsOfEmbeddedMetric } from '../../support/embedded-metric.ts';
import { named } from '../../support/local-parts.ts';
import { secret } from '../../support/memory-parts.ts';
import { type DeployedFunction, synthesize } from '../bundle/deployed.ts';
import { type StandIns, startStandIns } from '../bundle/stand-ins.ts';
import {
  type ExecutionEnvironment,
  FUNCTION_NAME,
  startExecutionEnvironment,
} from './execution-environment.ts';
import { RUNS_NODE_24 } from './node-24.ts';
import { buildRuntimeClient } from './runtime-client.ts';

const ACCOUNTS = ['id/main', 'sg/main', 'th/main'].map(named);
/** So that at any moment the last slot is recent, and the next one is already allowed. */
const GRID: Grid = { every: '1m', timeZone: 'UTC' };

/** Deviations from the default process. */
interface Start {
  readonly of?: DeployedFunction;
  readonly on?: StandIns;
  readonly changes?: Readonly<Record<string, string>>;
  readonly withTelemetry?: boolean;
}

describe.runIf(RUNS_NODE_24)('the synthesized bundle on Node 24 under AWS’s own runtime client', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  let running: ExecutionEnvironment[];
  beforeAll(async () => {
    await buildRuntimeClient();
    deployed = synthesize({ every: GRID.every });
  }, 15 * MINUTE);
  afterAll(() => deployed?.remove());
  beforeEach(async () => {
    running = [];
    standIns = await startStandIns(ACCOUNTS);
    return async () => {
      await Promise.all(running.map((one) => one.kill()));
      await standIns.close();
    };
  });

  /** A new process of the function, with these stand-ins. */
  async function start({ of = deployed, on = standIns, changes = {}, withTelemetry = true }: Start = {}) {
    // This variable, needed on an older Node, is not set in AWS.
    const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...environment } = on.environment(of);
    const lambda = await startExecutionEnvironment(of, { ...environment, ...changes }, withTelemetry);
    running.push(lambda);
    return lambda;
  }

  it('reads the keys once for two slots in one process, and the catalog in each run, and stores both snapshots', async () => {
    const { AWS_ENDPOINT_URL_DYNAMODB: database = '' } = standIns.environment(deployed);
    const proxy = await startCountingProxy(database);
    const lambda = await start({ changes: { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint } });
    const slots = twoSlots();
    for (const slot of slots) expect(await lambda.invoke(slot)).toMatchObject(returned('ok', 'ok', 'ok'));
    expect(standIns.secrets.calls()).toBe(1);
    expect(proxy.take().get('Query')).toBe(2);
    for (const account of ACCOUNTS)
      expect((await standIns.entries(account)).map(({ slot }) => formatSecond(slot))).toEqual(
        slots.map(({ slot }) => slot),
      );
    await proxy.close();
  });

  describe('what it writes', () => {
    it.each([true, false])('is one JSON object per line, telemetry descriptor: %s', async (withTelemetry) => {
      standIns.upbit.fault = ({ region }) => (region === 'th' ? FAULTS.expiredAccessKey : undefined);
      const lambda = await start({ withTelemetry });
      await lambda.invoke(twoSlots()[0]);
      await lambda.invoke({});
      const { stdout, stderr, telemetry } = await lambda.kill();
      const lines = stdout.trimEnd().split('\n');
      const ofTheClient = withTelemetry ? telemetry : lines.splice(-1);
      const read = lines.map((line) => JSON.parse(line));
      // Three accounts in the order they were decided, then the run and its metric; prices wait for none of them.
      const others = read.filter(({ message }) => message !== 'prices');
      expect(others.map(({ message }) => message)).toEqual([
        'account',
        'account',
        'account',
        'run',
        undefined,
      ]);
      expect(others.map(({ level }) => level).sort()).toEqual(['INFO', 'INFO', 'WARN', 'WARN', undefined]);
      expect(others.at(-2)).toMatchObject({ failed: 1, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
      expect(others.at(-1)).toMatchObject({ FunctionName: FUNCTION_NAME, AccountsFailed: 1 });
      // A region in which nothing is held needs no prices.
      expect(read.flatMap(({ message, region }) => (message === 'prices' ? [region] : [])).sort()).toEqual([
        'id',
        'sg',
      ]);
      // The client itself writes only about a thrown error.
      expect(ofTheClient.map((line) => JSON.parse(line))).toMatchObject([
        { level: 'ERROR', message: { errorType: 'CodedError', code: 'event.invalid' } },
      ]);
      expect(stderr).toBe('');
    });

    it('has one metric that CloudWatch accepts for each scheduled run that returns, also for 0 failures', async () => {
      const lambda = await start();
      const [first, second] = twoSlots();
      await lambda.invoke(first);
      await lambda.invoke({ manual: true });
      await lambda.invoke({});
      standIns.upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.outOfScope : undefined);
      await lambda.invoke(second);
      const { stdout } = await lambda.kill();
      const metrics = stdout.split('\n').filter((line) => line.includes('"_aws"'));
      expect(metrics.map(flawsOfEmbeddedMetric)).toEqual([[], []]);
      expect(metrics.map((line) => JSON.parse(line).AccountsFailed)).toEqual([0, 1]);
    });

    it.each([true, false])(
      'would not be a metric if console.log wrote it, telemetry descriptor: %s',
      async (withTelemetry) => {
        const folder = mkdtempSync(join(tmpdir(), 'console-log-'));
        const file = join(folder, 'index.mjs');
        const metric = JSON.stringify({
          _aws: {
            Timestamp: 1,
            CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[]], Metrics: [{ Name: 'M' }] }],
          },
          M: 1,
        });
        writeFileSync(
          file,
          `export async function handler() { process.stdout.write('${metric}\\n'); console.log('${metric}'); }`,
        );
        const lambda = await start({ of: { ...deployed, file }, withTelemetry });
        expect((await lambda.invoke({})).kind).toBe('response');
        const { stdout, telemetry } = await lambda.kill();
        const [raw = '', logged = telemetry[0] ?? ''] = stdout.trimEnd().split('\n');
        expect(raw).toBe(metric);
        expect(flawsOfEmbeddedMetric(raw)).toEqual([]);
        expect(JSON.parse(logged)).toMatchObject({ level: 'INFO', message: metric });
        expect(flawsOfEmbeddedMetric(logged)).toEqual(['there is no object _aws at the root']);
        rmSync(folder, { recursive: true });
      },
    );
  });

  describe('an error', () => {
    it('that was thrown is reported with its code and message, and the next event is served', async () => {
      const lambda = await start();
      expect(await lambda.invoke({ slot: 'now' })).toMatchObject({
        kind: 'error',
        error: {
          errorType: 'event.invalid',
          errorMessage: expect.stringMatching(/^the event's slot is not a UTC time/),
        },
      });
      expect(await lambda.invoke(twoSlots()[0])).toMatchObject(returned('ok', 'ok', 'ok'));
    });

    it('of a missing table is reported for each event', async () => {
      const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = '' } = standIns.environment(deployed);
      const lambda = await start();
      const [first, second] = twoSlots();
      expect(await lambda.invoke(first)).toMatchObject(returned('ok', 'ok', 'ok'));
      const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS });
      await client.send(new DeleteTableCommand({ TableName: 'ledger' }));
      client.destroy();
      for (const event of [second, { manual: true }])
        expect(await lambda.invoke(event)).toMatchObject({
          kind: 'error',
          error: {
            errorType: 'run.unrecorded',
            errorMessage: expect.stringMatching(/^3 of 3 accounts could not be/),
          },
        });
    });

    it('of the environment fails the event, not the start', async () => {
      const lambda = await start({ changes: { REGIONS: 'SG' } });
      for (let times = 0; times < 2; times += 1)
        expect(await lambda.invoke(twoSlots()[0])).toMatchObject({
          kind: 'error',
          error: {
            errorType: 'environment.invalid',
            errorMessage: expect.stringMatching(/^the environment variable REGIONS is "SG"/),
          },
        });
    });

    it('of the start is reported as such if the handler does not exist', async () => {
      const lambda = await start({ of: { ...deployed, handlerName: 'absent' } });
      expect(await lambda.invoke({})).toMatchObject({
        kind: 'initError',
        error: { errorType: 'Runtime.HandlerNotFound' },
      });
    });

    it.each([
      ['the secret is not JSON', (text: string) => text.slice(1)],
      ['a key is refused', (text: string) => text],
    ])('reveals no key when %s', async (_, change) => {
      standIns.secrets.put('api-keys', change(secret(...ACCOUNTS)));
      standIns.upbit.fault = ({ accessKey }) => ({
        kind: 'answer',
        status: 401,
        body: JSON.stringify({ error: { name: accessKey, message: accessKey } }),
      });
      const lambda = await start();
      await lambda.invoke(twoSlots()[0]);
      const { stdout, stderr, received } = await lambda.kill();
      // Tokens, and any JSON object in base64, begin with eyJ.
      expect(stdout + stderr + received).not.toMatch(/fake-(access|secret)|Bearer|eyJ/);
      expect(received).not.toBe('');
    });
  });

  describe('at its time limit', () => {
    it('has decided every account and returned, if Upbit does not answer', async () => {
      const lambda = await start();
      const [first, second] = twoSlots();
      expect(await lambda.invoke(first)).toMatchObject(returned('ok', 'ok', 'ok'));
      standIns.upbit.fault = ({ region }) => (region === 'th' ? FAULTS.silence : undefined);
      expect(await lambda.invoke(second, 8 * SECOND)).toMatchObject(returned('ok', 'ok', 'deadline'));
      standIns.upbit.fault = () => undefined;
      expect(await lambda.invoke({ manual: true })).toMatchObject(returned('ok', 'ok', 'ok'));
    });

    it('has already thrown, if DynamoDB does not answer', async () => {
      const silence = createServer(() => undefined);
      const lambda = await start({ changes: { AWS_ENDPOINT_URL_DYNAMODB: await listen(silence) } });
      expect(await lambda.invoke(twoSlots()[0], MINUTE)).toMatchObject({
        kind: 'error',
        error: { errorType: 'ledger.unavailable' },
      });
      await stop(silence);
    });

    it('is killed if it has not started, and a new process completes the slot', async () => {
      standIns.secrets.fail('hang');
      const [, event] = twoSlots();
      const lambda = await start();
      expect(await lambda.invoke(event, SECOND)).toEqual({ kind: 'timedOut' });
      standIns.secrets.fail(undefined);
      await expectAsUndisturbed(event);
    });
  });

  describe('killed in the middle of a run', () => {
    it.each([
      ['before an answer came', () => true, 0],
      ['with two of three accounts recorded', (region: string) => region === 'th', 2],
    ])('%s, leaves a slot that a new process completes', async (_, isSilent, recorded) => {
      standIns.upbit.fault = ({ region }) => (isSilent(region) ? FAULTS.silence : undefined);
      const [, event] = twoSlots();
      const lambda = await start();
      const outcome = lambda.invoke(event);
      await vi.waitFor(
        async () => {
          expect(standIns.upbit.calls.length).toBeGreaterThanOrEqual(3);
          expect((await Promise.all(ACCOUNTS.map(standIns.entries))).flat()).toHaveLength(recorded);
        },
        { timeout: 30 * SECOND },
      );
      await lambda.kill();
      expect(await outcome).toEqual({ kind: 'ended' });
      standIns.upbit.fault = () => undefined;
      await expectAsUndisturbed(event);
    });
  });

  /** Runs the event here and against untouched stand-ins, and compares everything stored. */
  async function expectAsUndisturbed(event: object): Promise<void> {
    const undisturbed = await startStandIns(ACCOUNTS);
    for (const on of [standIns, undisturbed]) {
      const lambda = await start({ on });
      expect((await lambda.invoke(event)).kind).toBe('response');
    }
    expect(await stored(standIns)).toEqual(await stored(undisturbed));
    await undisturbed.close();
  }
});

/** The events of the last slot and of the one after it, which has more time left. */
function twoSlots() {
  const slot = slotAtOrBefore(GRID, Date.now());
  return [{ slot: formatSecond(slot) }, { slot: formatSecond(slot + MINUTE) }] as const;
}

/** The response of a run with these outcomes. */
function returned(...outcomes: readonly string[]) {
  const accounts = ACCOUNTS.map((account, index) => ({ account, outcome: outcomes[index] }));
  return { kind: 'response', body: { accounts } };
}

/** Everything in the ledger except the times of observation. */
async function stored({ entries, reader }: StandIns) {
  const found = (await Promise.all(ACCOUNTS.map(entries))).flat();
  return { entries: found.map((entry) => ({ ...entry, observedAt: 0 })), catalog: await reader.catalog() };
}
