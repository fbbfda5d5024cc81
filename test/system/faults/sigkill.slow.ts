import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../../infra/local/seeded.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { formatSecond, SECOND } from '../../../lambda/core/instant.ts';
import { slotAtOrBefore } from '../../../lambda/core/slots.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import { startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import { ADA, named, simulated } from '../../support/local-parts.ts';
import { readable } from '../../support/readable.ts';
import { type DeployedFunction, invocation, invoke, synthesize } from '../bundle/deployed.ts';
import { type StandIns, startStandIns } from '../bundle/stand-ins.ts';
import { createTable } from '../contract/tables.ts';

const KILLS = 200;
const GRID = { every: '1m', timeZone: 'UTC' } as const;
const ACCOUNTS = ['sg', 'id', 'th'].flatMap((region) =>
  Array.from({ length: region === 'sg' ? 4 : 3 }, (_, index) => named(`${region}/a${index}`)),
);
/** `KILL_SEED` in the environment repeats a run's moments, as far as timing can be repeated. */
const SEED = process.env['KILL_SEED'] ?? '1';

/** How far a process had got when it was killed. */
const STAGES = [
  'before Upbit was called',
  'before the first record',
  'between two records',
  'after the last record',
] as const;
type Stage = (typeof STAGES)[number];

function stageOf(asked: number, recorded: number): Stage {
  if (asked === 0) return 'before Upbit was called';
  if (recorded === 0) return 'before the first record';
  return recorded < ACCOUNTS.length ? 'between two records' : 'after the last record';
}

describe('the synthesized bundle, killed with SIGKILL at random moments, on AWS’s DynamoDB Local', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  let endpoint: string;
  let client: DynamoDBClient;
  beforeAll(async () => {
    deployed = synthesize();
    const local = await startDynamoDbLocal();
    endpoint = local.endpoint;
    client = new DynamoDBClient({
      endpoint,
      region: 'ap-southeast-1',
      credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
    });
    standIns = await startStandIns(ACCOUNTS, { endpoint, close: local.stop });
    // Every amount is the time at which Upbit sent it.
    for (const account of ACCOUNTS) {
      const told = simulated(account, (now) => [{ ...ADA, balance: String(now) }]);
      standIns.upbit.accounts.set(told.accessKey, told);
    }
  });
  afterAll(async () => {
    deployed.remove();
    client.destroy();
    await standIns.close();
  });

  /** A separate table, how to run the bundle on it, and how to read it. */
  async function newLedger(name: string) {
    await createTable(endpoint, name);
    const reader = createLedgerReader({ client, tableName: name });
    const slot = slotAtOrBefore(GRID, Date.now());
    return {
      slot,
      reader,
      events: [[{ slot: formatSecond(slot) }]],
      environment: { ...standIns.environment(deployed), TABLE_NAME: name, EVERY: GRID.every },
      items: async () =>
        (await Promise.all(ACCOUNTS.map((account) => reader.newest(account, slot)))).filter(
          (item) => item !== undefined,
        ),
    };
  }

  type Ledger = Awaited<ReturnType<typeof newLedger>>;

  /** How long a process takes until its first call to Upbit, and until its end: the median of five. */
  async function undisturbed() {
    const asked: number[] = [];
    const ended: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const { environment, events } = await newLedger(`undisturbed-${run}`);
      const [begun, calls] = [Date.now(), standIns.upbit.calls.length];
      await invoke(deployed, environment, events);
      ended.push(Date.now() - begun);
      asked.push((standIns.upbit.calls[calls]?.at ?? begun) - begun);
    }
    const middle = (times: number[]) => times.sort((a, b) => a - b)[2] ?? 0;
    return { asked: middle(asked), ended: middle(ended) };
  }

  /** Runs the slot in a process that is killed after a time. Returns how far it got; undefined if it had ended. */
  async function kill({ environment, events, items }: Ledger, afterMs: number): Promise<Stage | undefined> {
    const calls = standIns.upbit.calls.length;
    const child = spawn(process.execPath, invocation(deployed, events), {
      env: environment,
      stdio: 'ignore',
    });
    const exit = once(child, 'exit');
    await setTimeout(afterMs);
    child.kill('SIGKILL');
    const [, signal] = await exit;
    if (signal === null) return undefined;
    return stageOf(standIns.upbit.calls.length - calls, (await items()).length);
  }

  /** Runs the slot in a new process, and checks that exactly the items of an undisturbed run are there. */
  async function complete({ slot, reader, environment, events, items }: Ledger, where: string) {
    await invoke(deployed, environment, events);
    const stored = await items();
    expect(
      stored.map(({ account }) => account),
      where,
    ).toEqual(ACCOUNTS);
    for (const item of stored.map((one) => readable<Entry>(one))) {
      if (isFailure(item)) throw new Error(`${where}: ${item.account} failed with ${item.failure}`);
      const told = Number(item.balances.map(({ balance }) => formatDecimal(balance)).join());
      expect(item.slot, where).toBe(slot);
      expect(item.observedAt, where).toBeGreaterThanOrEqual(told);
      expect(item.observedAt - told, where).toBeLessThan(5 * SECOND);
    }
    const { accounts, schedules } = await reader.catalog();
    expect([...accounts.values()], where).toEqual(
      [...ACCOUNTS].sort().map((account) => ({ account, since: slot })),
    );
    expect(schedules, where).toEqual([{ from: slot, ...GRID, regions: ['id', 'sg', 'th'] }]);
  }

  it(`completes the slot in a second process after each of ${KILLS} kills`, {
    timeout: 600_000,
  }, async () => {
    const { asked, ended } = await undisturbed();
    // A process spends most time starting up, when there is little to lose: kills begin shortly before its work.
    const begin = 0.8 * asked;
    const stages = new Map<Stage, number>(STAGES.map((stage) => [stage, 0]));
    let kills = 0;
    for (let attempt = 0; kills < KILLS && attempt < 4 * KILLS; attempt += 1) {
      const ledger = await newLedger(`kill-${attempt}`);
      const stage = await kill(ledger, begin + seeded(`kill ${SEED} ${attempt}`) * (ended - begin));
      if (stage === undefined) continue;
      kills += 1;
      stages.set(stage, (stages.get(stage) ?? 0) + 1);
      await complete(ledger, `attempt ${attempt}, ${stage}; again with KILL_SEED=${SEED}`);
    }
    console.log(`${kills} kills with seed ${SEED}, each slot completed:`, Object.fromEntries(stages));
    expect(kills).toBe(KILLS);
    // A test in which no kill hits would prove nothing.
    for (const [stage, count] of stages) expect(count, stage).toBeGreaterThan(0);
  });
});
