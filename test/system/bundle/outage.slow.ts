import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, SECOND } from '../../../lambda/core/instant.ts';
import { startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import { named } from '../../support/local-parts.ts';
import { createTables } from '../contract/tables.ts';
import { type DeployedFunction, invoke, synthesize } from './deployed.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const ACCOUNTS = ['sg/main', 'id/main', 'th/main'].map(named);

describe('the synthesized bundle on AWS’s DynamoDB Local, in real time', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  beforeAll(async () => {
    deployed = synthesize();
    const { endpoint, stop } = await startDynamoDbLocal();
    await createTables(endpoint);
    standIns = await startStandIns(ACCOUNTS, { endpoint, close: stop });
  });
  afterAll(async () => {
    deployed.remove();
    await standIns.close();
  });

  it('loses no snapshot when Upbit is down for 20 s', async () => {
    const up = Date.now() + 20 * SECOND;
    standIns.upbit.fault = ({ at }) => (at < up ? FAULTS.reset : undefined);
    const environment = standIns.environment(deployed);
    const { outcomes } = await invoke(deployed, environment, [[{ manual: formatSecond(Date.now()) }]]);
    const lines = outcomes.flatMap(({ report }) => report?.accounts ?? []);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(lines.map(({ attempts }) => attempts)).toEqual([4, 4, 4]);
  });

  it('stores one item per account when three processes, and a fourth ten times, get the same event', async () => {
    standIns.upbit.fault = () => undefined;
    const event = { manual: formatSecond(Date.now()) };
    const environment = standIns.environment(deployed);
    const invocations = await Promise.all([
      ...Array.from({ length: 3 }, () => invoke(deployed, environment, [[event]])),
      invoke(deployed, environment, [Array.from({ length: 10 }, () => event)]),
    ]);
    const lines = invocations
      .flatMap(({ outcomes }) => outcomes)
      .flatMap(({ report }) => report?.accounts ?? []);
    expect(lines.filter(({ outcome }) => outcome === 'ok')).toHaveLength(3);
    expect(lines.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(36);
    for (const account of ACCOUNTS) {
      const slots = (await standIns.entries(account)).filter(
        ({ slot }) => formatSecond(slot) === event.manual,
      );
      expect(slots).toHaveLength(1);
    }
  });
});
