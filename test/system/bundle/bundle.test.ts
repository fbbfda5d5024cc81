import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { parseDecimal } from '../../../lambda/core/decimal.ts';
import { formatSecond, HOUR } from '../../../lambda/core/instant.ts';
import { REGIONS } from '../../../lambda/core/regions.ts';
import { slotAtOrBefore } from '../../../lambda/core/slots.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import { must } from '../../support/arbitraries.ts';
import { startFaultyDynamoDb } from '../../support/faulty-dynamodb.ts';
import { named } from '../../support/local-parts.ts';
import { type DeployedFunction, invoke, synthesize } from './deployed.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const ACCOUNTS = ['sg/main', 'id/main', 'th/main'].map(named);

describe('the synthesized bundle, in a process of its own', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  beforeAll(() => {
    deployed = synthesize();
  });
  afterAll(() => deployed.remove());
  beforeEach(async () => {
    standIns = await startStandIns(ACCOUNTS);
    return () => standIns.close();
  });

  const run = (...groups: (readonly unknown[])[]) => invoke(deployed, standIns.environment(deployed), groups);
  /** We choose a manual time, so a test does not depend on the minute it runs in. */
  const manual = () => ({ manual: formatSecond(Date.now()) });

  it('stores a snapshot for each of three keys and prices for each region, and logs one JSON line for each', async () => {
    const price = '0.1234567890123456789';
    standIns.upbit.prices = (region) => [
      { market: `${REGIONS[region].fiat}-ADA`, price, tradedAt: Date.now() },
    ];
    const { outcomes, stdout, stderr } = await run([manual()]);
    expect(outcomes).toMatchObject([
      { report: { accounts: [{ outcome: 'ok' }, { outcome: 'ok' }, { outcome: 'ok' }] } },
    ]);
    for (const account of ACCOUNTS)
      expect(await standIns.entries(account)).toMatchObject([
        { account, manual: true, balances: [{ currency: 'ADA' }] },
      ]);
    for (const region of ['sg', 'id', 'th'] as const) {
      const sheet = await standIns.reader.newestPrices(region, Date.now());
      expect(sheet).toMatchObject({
        prices: new Map([[`${REGIONS[region].fiat}-ADA`, { price: must(parseDecimal(price)) }]]),
      });
    }
    const lines = stdout
      .trimEnd()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.message).sort()).toEqual([
      ...new Array<string>(3).fill('account'),
      ...new Array<string>(3).fill('prices'),
      'run',
    ]);
    expect(stderr).toBe('');
    expect(stdout + stderr).not.toMatch(/fake-(access|secret)|Bearer/);
  });

  it('stores three items when several processes, and one process ten times, get the same event', async () => {
    const event = manual();
    const invocations = await Promise.all([
      ...Array.from({ length: 3 }, () => run([event])),
      run(Array.from({ length: 10 }, () => event)),
    ]);
    const lines = invocations
      .flatMap(({ outcomes }) => outcomes)
      .flatMap(({ report }) => report?.accounts ?? []);
    expect(lines.filter(({ outcome }) => outcome === 'ok')).toHaveLength(3);
    expect(lines.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(36);
    for (const account of ACCOUNTS) expect(await standIns.entries(account)).toHaveLength(1);
  });

  it('reads the secret once while it is warm', async () => {
    const { outcomes } = await run([manual()], [manual()], [manual()]);
    expect(outcomes).toHaveLength(3);
    expect(standIns.secrets.calls()).toBe(1);
  });

  it('lets a later success replace a failure, and nothing replace a success', async () => {
    const event = manual();
    standIns.upbit.fault = () => FAULTS.outOfScope;
    await run([event]);
    for (const account of ACCOUNTS)
      expect(await standIns.entries(account)).toMatchObject([{ failure: 'key.scope' }]);
    standIns.upbit.fault = () => undefined;
    await run([event]);
    const stored = await Promise.all(ACCOUNTS.map(standIns.entries));
    expect(stored.flat().map(isFailure)).toEqual([false, false, false]);
    standIns.upbit.fault = () => FAULTS.expiredAccessKey;
    await run([event]);
    expect(await Promise.all(ACCOUNTS.map(standIns.entries))).toEqual(stored);
  });

  it('records late for an event an hour late, and adds the template’s schedule to the catalog', async () => {
    const slot = slotAtOrBefore({ every: '1h', timeZone: 'UTC' }, Date.now()) - HOUR;
    const { stdout } = await run([{ slot: formatSecond(slot) }]);
    for (const account of ACCOUNTS)
      expect(await standIns.entries(account)).toMatchObject([{ failure: 'late', attempts: 0, slot }]);
    expect((await standIns.reader.catalog()).schedules).toEqual([
      { from: slot, every: '1h', timeZone: 'UTC', regions: ['id', 'sg', 'th'] },
    ]);
    expect(standIns.upbit.calls).toEqual([]);
    const metric = stdout
      .split('\n')
      .map((line) => line && JSON.parse(line))
      .find((line) => line?._aws);
    expect(metric).toMatchObject({ AccountsFailed: 3 });
  });

  it('rejects an invalid event, stores nothing, and goes on with the next', async () => {
    const { outcomes } = await run([{}, null, { slot: '<aws.scheduler.scheduled-time>' }], [manual()]);
    expect(outcomes.map(({ error }) => error?.code)).toEqual([
      'event.invalid',
      'event.invalid',
      'event.invalid',
      undefined,
    ]);
    for (const account of ACCOUNTS) expect(await standIns.entries(account)).toHaveLength(1);
  });

  it('records keys.missing and returns while the secret has no value', async () => {
    standIns.secrets.put('api-keys', undefined);
    const { outcomes } = await run([manual()]);
    expect(outcomes[0]?.report?.accounts.map(({ outcome }) => outcome)).toEqual([
      'keys.missing',
      'keys.missing',
      'keys.missing',
    ]);
  });

  it.each([
    ['not json', 'secret.unreadable', 'the secret is not JSON'],
    ['["fake-secret-list"]', 'secret.unreadable', 'the secret is an array, not an object of regions'],
  ])('throws if the secret is %j, without revealing it', async (value, code, message) => {
    standIns.secrets.put('api-keys', value);
    const { outcomes, stdout, stderr } = await run([manual()]);
    expect(outcomes).toEqual([{ error: { code, message } }]);
    expect(stdout + stderr).not.toContain('fake-secret-list');
  });

  it('throws soon if Secrets Manager is down', async () => {
    standIns.secrets.fail('unavailable');
    const { outcomes } = await run([manual()]);
    expect(outcomes[0]?.error?.code).toBe('secret.unavailable');
  });

  it('throws if there is no table', async () => {
    const environment = { ...standIns.environment(deployed), TABLE_NAME: 'absent' };
    const { outcomes } = await invoke(deployed, environment, [[manual()]]);
    expect(outcomes).toMatchObject([
      {
        error: {
          code: 'ledger.unavailable',
          message: 'there is no table absent in this account and AWS region',
        },
      },
    ]);
  });

  it('names a missing environment variable, including credentials', async () => {
    for (const name of ['TABLE_NAME', 'EVERY', 'AWS_ACCESS_KEY_ID']) {
      const { [name]: _, ...environment } = standIns.environment(deployed);
      const { outcomes } = await invoke(deployed, environment, [[manual()]]);
      expect(outcomes[0]?.error?.message).toContain(`the environment variable ${name} is not set`);
    }
  });

  it('names its fixed address in the item, the log and the check when Upbit does not allow it', async () => {
    standIns.upbit.fault = () => FAULTS.addressNotAllowed;
    const environment = { ...standIns.environment(deployed), EGRESS_ADDRESS: '203.0.113.7' };
    const { stdout, outcomes } = await invoke(deployed, environment, [[manual()], [{ check: true }]]);
    const detail = 'Upbit answered 401 no_authorization_ip; the address to register is 203.0.113.7';
    for (const account of ACCOUNTS)
      expect(await standIns.entries(account)).toMatchObject([
        { failure: 'key.addressNotAllowed', detail, attempts: 1 },
      ]);
    const [line] = stdout.split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ outcome: 'key.addressNotAllowed', detail });
    expect(outcomes[1]).toMatchObject({ report: { accounts: ACCOUNTS.map(() => ({ detail })) } });
  });

  it('says so if no AWS region is set', async () => {
    const { AWS_REGION: _, ...environment } = standIns.environment(deployed);
    const { outcomes } = await invoke(deployed, environment, [[manual()]]);
    expect(outcomes[0]?.error?.message).toBe(
      'no AWS region is set: put it into AWS_REGION or into your AWS profile',
    );
  });

  it('signs in with every key and stores nothing for a check', async () => {
    standIns.upbit.fault = ({ region }) => (region === 'th' ? FAULTS.addressNotAllowed : undefined);
    const { outcomes } = await run([{ check: true }]);
    expect(outcomes).toMatchObject([
      {
        report: {
          check: true,
          accounts: [
            { outcome: 'ok' },
            { outcome: 'ok' },
            { account: 'th/main', outcome: 'key.addressNotAllowed' },
          ],
        },
      },
    ]);
    for (const account of ACCOUNTS) expect(await standIns.entries(account)).toEqual([]);
    expect((await standIns.reader.catalog()).accounts.size).toBe(0);
  });

  it('puts items and queries only the catalog partition, as its role allows', async () => {
    const environment = standIns.environment(deployed);
    const proxy = await startFaultyDynamoDb(environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
    const slot = slotAtOrBefore({ every: '1h', timeZone: 'UTC' }, Date.now() - HOUR);
    const events = [{ slot: formatSecond(slot) }, manual(), { check: true }];
    const { outcomes } = await invoke(
      deployed,
      { ...environment, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint },
      [events],
    );
    await proxy.close();
    expect(outcomes.map(({ error }) => error)).toEqual(events.map(() => undefined));
    const queries = proxy.calls.filter(({ operation }) => operation !== 'PutItem');
    expect(queries.length).toBeGreaterThan(0);
    for (const { operation, body } of queries) {
      expect(operation).toBe('Query');
      expect(JSON.parse(body)).toMatchObject({
        KeyConditionExpression: '#account = :catalog',
        ExpressionAttributeNames: { '#account': 'account' },
        ExpressionAttributeValues: { ':catalog': { S: '#catalog' } },
      });
    }
  });
});
