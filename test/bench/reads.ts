import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { createLedgerWriter } from '../../lambda/adapters/ledger/writer.ts';
import { parseBalances } from '../../lambda/core/balances.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { parseDecimal } from '../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import { marketOf, quotesOf } from '../../lambda/core/prices.ts';
import type { Found } from '../../lambda/core/snapshot.ts';
import { at, latest } from '../../lambda/history/latest.ts';
import { PriceBook } from '../../lambda/history/price-book.ts';
import { readRange } from '../../lambda/history/read-range.ts';
import { samples } from '../../lambda/history/samples.ts';
import { worthOf } from '../../lambda/history/worth.ts';
import { must } from '../support/arbitraries.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { type Figure, round } from './figure.ts';
import { meteredClient } from './metered-client.ts';
import { profileNamed } from './profiles.ts';

// The cost of reading ten years of hourly slots of 30 typical currencies, with read units by AWS's DynamoDB Local.

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

/** The most that BatchWriteItem takes. */
const BATCH = 25;

async function fill(endpoint: string): Promise<void> {
  const { client } = meteredClient(endpoint);
  const profile = profileNamed('typical');
  const answer = must(parseBalances(Array.from({ length: CURRENCIES }, (_, index) => profile.line(index))));
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

/** Writes the prices of each midnight of the last year: of every currency, in three quotes. */
async function fillPrices(endpoint: string): Promise<void> {
  const { client } = meteredClient(endpoint);
  const profile = profileNamed('typical');
  const writer = createLedgerWriter({ client, tableName: 'ledger' });
  const price = must(parseDecimal('12.345678'));
  const prices = new Map(
    quotesOf('sg').flatMap((quote) =>
      Array.from({ length: CURRENCIES }, (_, index) => [
        marketOf(quote, String(profile.line(index)['currency'])),
        { price },
      ]),
    ),
  );
  const days = Array.from({ length: YEAR / DAY }, (_, day) => END - YEAR + day * DAY);
  await pLimit(8).map(days, async (slot) => {
    await writer.recordPrices(
      { region: 'sg', slot, observedAt: slot + SECOND, prices, writer: '0.1.0' },
      5 * SECOND,
    );
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

/** The peak memory while the entries are read, beyond that before, in MB; garbage is collected each time. */
async function peak(entries: AsyncIterable<Found>): Promise<number> {
  const inUse = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = inUse();
  let [seen, most] = [0, 0];
  for await (const _ of entries) {
    seen += 1;
    if (seen % 240 === 1) most = Math.max(most, inUse() - before);
  }
  return round(most / 2 ** 20);
}

/** The cost and time of the reader's queries on a ledger of ten years. */
export async function measureReads(endpoint: string): Promise<Figure[]> {
  await fill(endpoint);
  await fillPrices(endpoint);
  const { client, take } = meteredClient(endpoint);
  const reader = createLedgerReader({ client, tableName: 'ledger' });
  const range = (from: Instant, to = END) =>
    readRange({ reader, catalog: CATALOG, now: END }, ACCOUNT, { from, to });
  const figures: Figure[] = [];

  const measure = async (
    id: string,
    what: string,
    most: { readonly units: number; readonly requests: number },
    read: () => Promise<number>,
  ) => {
    take();
    const begun = performance.now();
    const found = await read();
    const [milliseconds, { units, requests }] = [performance.now() - begun, take()];
    if (found === 0) throw new Error(`nothing was read: ${what}`);
    figures.push(
      {
        id: `read.${id}`,
        what: `${what}: ${found} ${found === 1 ? 'snapshot' : 'snapshots'}`,
        value: units,
        unit: 'read units',
        kind: 'exact',
        goal: { most: most.units },
        note: `${round(milliseconds)} ms`,
      },
      {
        id: `requests.${id}`,
        what: `${what}, requests`,
        value: requests,
        unit: 'requests',
        kind: 'exact',
        goal: { most: most.requests },
      },
    );
  };
  await measure(
    'latest',
    'latest',
    { units: 0.5, requests: 1 },
    async () => (await latest({ reader, catalog: CATALOG, now: END }, [ACCOUNT])).length,
  );
  await measure(
    'at',
    'at a time',
    { units: 0.5, requests: 1 },
    async () => (await at({ reader, catalog: CATALOG, now: END }, [ACCOUNT], END - 100 * DAY)).length,
  );
  await measure('month', '30 days, every hour', { units: 92, requests: 1 }, () =>
    count(range(END - 30 * DAY)),
  );
  const days = () =>
    samples({ reader, catalog: CATALOG, now: END }, ACCOUNT, { from: END - YEAR, to: END }, '1d');
  await measure('days', 'a year, one a day', { units: 190, requests: 4 }, () => count(days()));
  const worth = async function* () {
    for await (const { snapshot } of days()) if (snapshot !== undefined) yield { snapshot };
  };
  // At most twice what the balances alone cost.
  await measure('worth-days', 'a year, one a day, and its worth', { units: 380, requests: 8 }, async () => {
    let valued = 0;
    for await (const { sum } of worthOf(worth(), new PriceBook(reader), 'SGD'))
      if (sum.value !== undefined) valued += 1;
    return valued;
  });
  await measure('year', 'a year, every hour', { units: 1_200, requests: 13 }, () => count(range(END - YEAR)));

  const far = await startCountingProxy(endpoint, LATENCY);
  const distant = meteredClient(far.endpoint);
  const farReader = createLedgerReader({ client: distant.client, tableName: 'ledger' });
  const oneByOne = () => count(farReader.entries(ACCOUNT, END - YEAR, END));
  const sliced = () =>
    count(
      readRange({ reader: farReader, catalog: CATALOG, now: END }, ACCOUNT, { from: END - YEAR, to: END }),
    );
  await oneByOne();
  const [slow, fast] = [await timed(oneByOne), await timed(sliced)];
  const before = process.cpuUsage();
  const near = await timed(() => count(range(END - YEAR)));
  const { user, system } = process.cpuUsage(before);
  distant.client.destroy();
  await far.close();
  figures.push({
    id: 'slices',
    what: `a year, every hour, ${LATENCY} ms away: one query after the other, to slices read in parallel`,
    value: round(slow / fast),
    unit: '×',
    kind: 'ratio',
    goal: { least: 1 },
    note: `${slow} ms to ${fast} ms; without the latency ${near} ms, ${Math.round((user + system) / 1000)} ms of them this process’s own work`,
  });

  for (const [id, name, length] of [
    ['month', 'a month', 30 * DAY],
    ['decade', 'ten years', 10 * YEAR],
  ] as const) {
    figures.push({
      id: `memory.${id}`,
      what: `most memory in use while ${name} is read`,
      value: await peak(range(END - length)),
      unit: 'MB',
      kind: 'shown',
    });
  }
  client.destroy();
  return figures;
}
