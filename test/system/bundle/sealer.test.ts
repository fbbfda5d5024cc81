import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { createSealableLedger } from '../../../lambda/adapters/ledger/seals.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { tokenReader } from '../../../lambda/adapters/timestamp/token.ts';
import { DAY, formatSecond, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { dayName, lastSealable, rootText } from '../../../lambda/core/seal.ts';
import type { SealerReport } from '../../../lambda/sealer/run.ts';
import { Authority } from '../../support/authority.ts';
import { type AuthorityServer, signing, startAuthorityServer } from '../../support/authority-server.ts';
import { startFaultyDynamoDb } from '../../support/faulty-dynamodb.ts';
import { named } from '../../support/local-parts.ts';
import { failure, line, sheet, snapshot } from '../../support/memory-ledger.ts';
import { startTopic, TOPIC, type Topic } from '../../support/topic.ts';
import { type DeployedFunction, invoke, synthesize } from './deployed.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const ACCOUNT = named('sg/main');

describe('the synthesized bundle of the sealer, in a process of its own', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  let client: DynamoDBClient;
  /** The first instants of the last two days that can be sealed. */
  let days: readonly Instant[];
  let event: { readonly seal: string };
  beforeAll(() => {
    deployed = synthesize({}, 'Sealer');
  });
  afterAll(() => deployed.remove());

  const start = async () => {
    standIns = await startStandIns([ACCOUNT]);
    client = new DynamoDBClient({ endpoint: endpoint(), ...LOCAL_CREDENTIALS });
  };
  const end = async () => {
    client.destroy();
    await standIns.close();
  };
  beforeEach(async () => {
    await start();
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const last = lastSealable('UTC', now);
    days = [last - DAY, last];
    event = { seal: formatSecond(now) };
    await fill(last - DAY);
    return end;
  });

  const endpoint = () => standIns.environment(deployed)['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  const run = (...groups: (readonly unknown[])[]) =>
    invoke<SealerReport>(deployed, standIns.environment(deployed), groups);
  const seals = async () => {
    const ledger = createSealableLedger({ client, tableName: 'ledger' });
    return await Promise.all(days.map((day) => ledger.newestSeal(day)));
  };

  /** A snapshot, a failure and prices on the first day; a snapshot on the second, and one on the day after, which is not over. */
  async function fill(first: Instant): Promise<void> {
    const writer = createLedgerWriter({ client, tableName: 'ledger' });
    await writer.addSchedule({ from: first, every: '1h', timeZone: 'UTC', regions: ['sg'] }, MINUTE);
    await writer.putAccount(undefined, { account: ACCOUNT, since: first }, MINUTE);
    await writer.record(snapshot(ACCOUNT, first, [line('BTC', '0.00000001')]), MINUTE);
    await writer.record(failure(ACCOUNT, first + HOUR), MINUTE);
    await writer.recordPrices(sheet('sg', first, { 'SGD-BTC': '64200' }), MINUTE);
    for (const day of [first + DAY, first + 2 * DAY])
      await writer.record(snapshot(ACCOUNT, day, [line('BTC', '1')]), MINUTE);
  }

  it('seals the two days that are over, chained, and logs one JSON line for each', async () => {
    const { outcomes, stdout, stderr } = await run([event]);
    const [first, second] = await seals();
    expect(first).toMatchObject({ from: days[0], previous: undefined });
    expect(second).toMatchObject({ from: days[1], previous: first?.root });
    expect([...(first?.items ?? [])]).toEqual([
      ['#price/sg', 1],
      ['sg/main', 2],
    ]);
    const sealed = [first, second].map((seal) => ({
      day: seal && dayName(seal),
      root: seal?.root,
    }));
    expect(outcomes).toMatchObject([{ report: { sealed } }]);
    const lines = stdout.trimEnd().split('\n').slice(0, -1);
    expect(lines.map((text) => JSON.parse(text))).toMatchObject(
      sealed.map((one) => ({ level: 'INFO', message: 'seal', ...one })),
    );
    expect(stderr).toBe('');
  });

  it('leaves the same seals when it runs again, and when two processes run at once', async () => {
    await Promise.all([run([event]), run([event])]);
    const before = await seals();
    const { outcomes } = await run([event], [event]);
    expect(outcomes).toEqual([{ report: { sealed: [] } }, { report: { sealed: [] } }]);
    expect(await seals()).toEqual(before);
    expect(before.map((seal) => seal?.from)).toEqual(days);
  });

  it('refuses any other event, stores nothing, and goes on with the next', async () => {
    const { outcomes } = await run(
      [{}, null, { seal: '<aws.scheduler.scheduled-time>' }, { slot: event.seal }],
      [{ seal: formatSecond(Math.floor(Date.now() / 1_000) * 1_000 + HOUR) }],
    );
    expect(outcomes.map(({ error }) => error?.code)).toEqual(new Array(5).fill('event.invalid'));
    expect(await seals()).toEqual([undefined, undefined]);
    expect((await run([event])).outcomes).toMatchObject([{ report: { sealed: [{}, {}] } }]);
  });

  it('throws if there is no table, and names a variable that is not set', async () => {
    const environment = standIns.environment(deployed);
    const absent = await invoke(deployed, { ...environment, TABLE_NAME: 'absent' }, [[event]]);
    expect(absent.outcomes[0]?.error?.code).toBe('ledger.unavailable');
    const { TIME_ZONE: _, ...without } = environment;
    const unset = await invoke(deployed, without, [[event]]);
    expect(unset.outcomes[0]?.error?.message).toContain('the environment variable TIME_ZONE is not set');
  });

  describe('on the first of a month', () => {
    let first: Instant;
    let topic: Topic;
    let authority: AuthorityServer;
    beforeEach(async () => {
      const now = new Date();
      first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
      if (first + HOUR > Date.now()) first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
      // Another ledger, which begins earlier.
      await end();
      await start();
      await fill(first - 2 * DAY);
      [topic, authority] = [
        await startTopic(),
        await startAuthorityServer(signing(new Authority(first - 9 * DAY))),
      ];
      return async () => {
        await topic.close();
        await authority.close();
      };
    });
    const runThen = async () =>
      await invoke<SealerReport>(
        deployed,
        {
          ...standIns.environment(deployed),
          ...{ TIMESTAMP_URL: authority.url, ROOT_TOPIC_ARN: TOPIC, AWS_ENDPOINT_URL_SNS: topic.endpoint },
        },
        [[{ seal: formatSecond(first + HOUR) }]],
      );
    const newest = async () =>
      await createSealableLedger({ client, tableName: 'ledger' }).newestSeal(first - DAY);

    it('has each seal signed, and mails the root of the month’s last day', async () => {
      const { outcomes, stdout, stderr } = await runThen();
      expect(outcomes).toMatchObject([{ report: { sealed: [{}, {}], stamped: 2 } }]);
      expect(stderr).toBe('');
      const seal = await newest();
      const text = rootText(seal?.previous, seal?.accounts ?? new Map());
      expect((await tokenReader()(seal?.timestamp ?? new Uint8Array(), text, first)).value?.authority).toBe(
        'CN=Test authority',
      );
      expect(topic.subjects).toEqual([`Ledger root ${seal && dayName(seal)}: ${seal?.root}`]);
      const messages = stdout.split('\n').slice(0, -2);
      expect(messages.map((line_) => JSON.parse(line_).message)).toEqual([
        ...['seal', 'seal', 'timestamp', 'timestamp', 'mail'],
      ]);
    });

    it('throws if that cannot be mailed, and mails it when it is tried again', async () => {
      topic.isOpen = false;
      expect((await runThen()).outcomes[0]?.error?.code).toBe('mail.unsent');
      expect((await newest())?.timestamp).toBeDefined();
      topic.isOpen = true;
      expect((await runThen()).outcomes).toMatchObject([{ report: { sealed: [], stamped: 0 } }]);
      expect(topic.subjects).toHaveLength(1);
    });

    it('asks nobody for anything that is not configured', async () => {
      const environment = standIns.environment(deployed);
      const event_ = { seal: formatSecond(first + HOUR) };
      const { outcomes } = await invoke<SealerReport>(deployed, environment, [[event_]]);
      expect(outcomes[0]?.report).not.toHaveProperty('stamped');
      expect([authority.asked, topic.subjects]).toEqual([[], []]);
    });
  });

  it('queries the table and puts only into #seal, as its role allows', async () => {
    const proxy = await startFaultyDynamoDb(endpoint());
    const environment = { ...standIns.environment(deployed), AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
    await invoke(deployed, environment, [[event]]);
    await proxy.close();
    const puts = proxy.calls.filter(({ operation }) => operation === 'PutItem');
    expect(puts.map(({ body }) => JSON.parse(body).Item.account)).toEqual([{ S: '#seal' }, { S: '#seal' }]);
    const others = proxy.calls.filter(({ operation }) => operation !== 'PutItem');
    expect(new Set(others.map(({ operation }) => operation))).toEqual(new Set(['Query']));
  });
});
