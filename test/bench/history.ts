import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import { createLedgerReader } from '../../lambda/adapters/ledger-reader.ts';
import { parseBalances } from '../../lambda/core/balances.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { DAY, HOUR, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { at, latest } from '../../lambda/history.ts';
import { readRange } from '../../lambda/range.ts';
import { samples } from '../../lambda/samples.ts';
import { createTables } from '../contract/tables.ts';
import { must } from '../core/arbitraries.ts';
import { startDynamoDbLocal } from '../slow/dynamodb-local.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { meteredClient } from './metered-client.ts';
import { PROFILES } from './profiles.ts';

// What it costs to read: ten years of hourly slots of 30 typical currencies, read units by AWS's DynamoDB Local.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const ACCOUNT = 'sg/main';
const CURRENCIES = 30;
const YEAR = 365 * DAY;
const END = Date.UTC(2026, 10, 22);
const BEGIN = END - 10 * YEAR;
const LATENCY = 100;
const CATALOG: Catalog = {
  accounts: new Map([[ACCOUNT, { account: ACCOUNT, since: BEGIN }]]),
  schedules: [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg'] }],
};

/** BatchWriteItem takes so many. */
const BATCH = 25;

async function fill(endpoint: string): Promise<void> {
  const { client } = meteredClient(endpoint);
  const profile = PROFILES.find(({ name }) => name.startsWith('typical'));
  const answer = must(parseBalances(Array.from({ length: CURRENCIES }, (_, index) => profile?.line(index))));
  const item = (slot: Instant) =>
    encodeItem({
      account: ACCOUNT,
      slot,
      observedAt: slot + SECOND,
      manual: false,
      writer: '0.1.0',
      keyId: '01234567',
      ...answer,
    });
  const starts = Array.from(
    { length: Math.ceil((END - BEGIN) / HOUR / BATCH) },
    (_, index) => BEGIN + index * BATCH * HOUR,
  );
  await pLimit(8).map(starts, async (start) => {
    const slots = Array.from({ length: BATCH }, (_, index) => start + index * HOUR).filter(
      (slot) => slot < END,
    );
    const requests = slots.map((slot) => ({ PutRequest: { Item: item(slot) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { ledger: requests } }));
  });
  client.destroy();
}

async function count(things: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const _ of things) found += 1;
  return found;
}

async function timed(read: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await read();
  return Math.round(performance.now() - begun);
}

/** The most that was in use while the entries were read, in MB, garbage collected each time before it is looked at. */
async function peak(entries: AsyncIterable<Entry>): Promise<number> {
  let [seen, most] = [0, 0];
  for await (const _ of entries) {
    seen += 1;
    if (seen % 240 !== 1) continue;
    globalThis.gc?.();
    most = Math.max(most, process.memoryUsage().heapUsed);
  }
  return Math.round(most / 2 ** 20);
}

const { endpoint, stop } = await startDynamoDbLocal();
const lines: string[] = [];
let missed = 0;
try {
  await createTables(endpoint);
  const filled = await timed(() => fill(endpoint));
  process.stderr.write(`filled in ${filled} ms\n`);
  const { client, take } = meteredClient(endpoint);
  const reader = createLedgerReader({ client, tableName: 'ledger' });
  const range = (from: Instant, to = END) => readRange(reader, CATALOG, ACCOUNT, { from, to }, END);

  const measure = async (
    what: string,
    goal: { units: number; requests: number },
    read: () => Promise<number>,
  ) => {
    take();
    const [found, { units, requests }] = [await read(), take()];
    const kept = units <= goal.units && requests <= goal.requests && found > 0;
    if (!kept) missed += 1;
    lines.push(
      `| ${what} | ${found} | ${units} | ${requests} | ${goal.units} in ${goal.requests}${kept ? '' : ' MISSED'} |`,
    );
  };
  lines.push('| read | snapshots | read units | requests | goal |', '|---|---|---|---|---|');
  await measure(
    'latest',
    { units: 0.5, requests: 1 },
    async () => (await latest(reader, CATALOG, [ACCOUNT], END)).length,
  );
  await measure(
    'at a time',
    { units: 0.5, requests: 1 },
    async () => (await at(reader, CATALOG, [ACCOUNT], END - 100 * DAY, END)).length,
  );
  await measure('30 days, every hour', { units: 92, requests: 1 }, () => count(range(END - 30 * DAY)));
  const days = () => samples(reader, CATALOG, ACCOUNT, { from: END - YEAR, to: END }, '1d', END);
  await measure('a year, one a day', { units: 190, requests: 4 }, () => count(days()));
  await measure('a year, every hour', { units: 1200, requests: 13 }, () => count(range(END - YEAR)));

  const far = await startCountingProxy(endpoint, LATENCY);
  const distant = meteredClient(far.endpoint);
  const farReader = createLedgerReader({ client: distant.client, tableName: 'ledger' });
  const oneByOne = () => count(farReader.entries(ACCOUNT, END - YEAR, END));
  const sliced = () => count(readRange(farReader, CATALOG, ACCOUNT, { from: END - YEAR, to: END }, END));
  await oneByOne();
  const [slow, fast] = [await timed(oneByOne), await timed(sliced)];
  const before = process.cpuUsage();
  const near = await timed(() => count(range(END - YEAR)));
  const { user, system } = process.cpuUsage(before);
  lines.push(
    '',
    `A year, every hour, ${LATENCY} ms away: ${slow} ms one query after the other, ${fast} ms in slices: ${(slow / fast).toFixed(1)} times as fast.`,
    `The same in slices without the latency: ${near} ms, ${Math.round((user + system) / 1000)} ms of them this process’s own work.`,
  );
  distant.client.destroy();
  await far.close();

  const most: string[] = [];
  for (const [name, length] of [
    ['a month', 30 * DAY],
    ['a year', YEAR],
    ['ten years', 10 * YEAR],
  ] as const) {
    most.push(`${await peak(range(END - length))} MB for ${name}`);
  }
  lines.push('', `Most memory in use: ${most.join(', ')}.`);
  client.destroy();
} finally {
  await stop();
}
process.stdout.write(`${lines.join('\n')}\n`);
if (missed > 0) process.exitCode = 1;
