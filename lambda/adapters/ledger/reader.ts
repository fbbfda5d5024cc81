import { setTimeout } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  type KeysAndAttributes,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type AccountName, defaultAccount } from '../../core/account.ts';
import type { Catalog } from '../../core/catalog.ts';
import { regionsOnceUnknown } from '../../core/completeness.ts';
import { CodedError } from '../../core/error.ts';
import { atMostEnd, formatSecond, type Instant, parseSecond, SECOND } from '../../core/instant.ts';
import { decodeItem } from '../../core/item.ts';
import { pricePartition } from '../../core/partitions.ts';
import { decodePrices } from '../../core/price-item.ts';
import type { Region } from '../../core/regions.ts';
import { type Found, isFailure, type Snapshot, type Unreadable } from '../../core/snapshot.ts';
import type { StoredItem } from '../../core/stored.ts';
import type { FoundPrices, LedgerReader } from '../../history/reader.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { withTimeOut } from '../time-out.ts';
import { readCatalog, type Table } from './catalog.ts';
import { ledgerError } from './errors.ts';
import { type Condition, query, upTo } from './query.ts';

/** Page sizes, in items, when searching for a snapshot before failures: small at first, since failures are few. */
const SEARCH_PAGE_SIZES = [8, 64, 512] as const;

/** The maximum number of keys in a BatchGetItem. */
const BATCH = 100;
/** How long to wait before each retry of keys that a BatchGetItem left out, in milliseconds: 6 s in all. */
const RETRY_DELAYS = [50, 100, 200, 400, 800, 1600, 3200] as const;

/**
 * Reads a ledger in DynamoDB. Every call throws CodedError `ledger.unavailable` or `ledger.foreign`.
 *
 * @param sleep resolves after so many milliseconds.
 */
export function createLedgerReader(
  table: Table,
  sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
): LedgerReader {
  return {
    catalog: () => catalog(table),
    newest: (account, at) => newest(table, account, at),
    newestSnapshot: (account, at) => newestSnapshot(table, account, at),
    oldestSnapshot: (account, from, to) => firstSnapshot(table, account, between(account, from, to)),
    listed: (account, at, currencies) => listed(table, account, at, currencies),
    entries: (account, from, to) => entries(table, account, from, to),
    get: async (account, slots) =>
      (await get(table, account, slots, sleep)).map((item) => decode(account, item)),
    prices: async (region, slots) =>
      (await get(table, pricePartition(region), slots, sleep)).map((item) => decodeSheet(region, item)),
    newestPrices: async (region, at) => {
      const { Items: [item] = [] } = await query(table, { ...upTo(pricePartition(region), at), Limit: 1 });
      return item === undefined ? undefined : decodeSheet(region, item);
    },
  };
}

async function catalog(table: Table): Promise<Catalog> {
  const entered = await readCatalog(table);
  const defaults = regionsOnceUnknown(entered).map(defaultAccount);
  const slots = await Promise.all(defaults.map((account) => oldestSlot(table, account)));
  const found = defaults.flatMap((account, index) => {
    const slot = slots[index];
    return slot === undefined ? [] : [[account, slot] as const];
  });
  return { ...entered, firstOfDefaults: new Map(found) };
}

async function oldestSlot(table: Table, account: AccountName): Promise<Instant | undefined> {
  const { Items: [item] = [] } = await query(table, {
    KeyConditionExpression: '#account = :account',
    ExpressionAttributeNames: { '#account': 'account' },
    ExpressionAttributeValues: { ':account': { S: account } },
    Limit: 1,
  });
  return parseSecond(item?.['slot']?.S ?? '');
}

async function newest(table: Table, account: AccountName, at: Instant): Promise<Found | undefined> {
  const { Items: [item] = [] } = await query(table, { ...upTo(account, at), Limit: 1 });
  return item === undefined ? undefined : decode(account, item);
}

/** Reads one item if the newest is a snapshot. A limit applies before a filter, so the search pages grow. */
async function newestSnapshot(
  table: Table,
  account: AccountName,
  at: Instant,
): Promise<Snapshot | Unreadable | undefined> {
  const first = await newest(table, account, at);
  if (first === undefined || !isFailure(first)) return first;
  return await firstSnapshot(table, account, upTo(account, first.slot - SECOND));
}

/** The first item of a query that is not a failure. */
async function firstSnapshot(
  table: Table,
  account: AccountName,
  condition: Condition | undefined,
): Promise<Snapshot | Unreadable | undefined> {
  if (condition === undefined) return undefined;
  let start: QueryCommandOutput['LastEvaluatedKey'];
  for (let page = 0; page === 0 || start !== undefined; page += 1) {
    const { Items: [item] = [], LastEvaluatedKey } = await query(table, {
      ...condition,
      ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, '#failure': 'failure' },
      FilterExpression: 'attribute_not_exists(#failure)',
      Limit: SEARCH_PAGE_SIZES[page] ?? SEARCH_PAGE_SIZES[SEARCH_PAGE_SIZES.length - 1],
      ExclusiveStartKey: start,
    });
    const entry = item === undefined ? undefined : decode(account, item);
    if (entry !== undefined && !isFailure(entry)) return entry;
    start = LastEvaluatedKey;
  }
  return undefined;
}

/** The filter is applied in DynamoDB, so that an account's years are looked through without being sent. */
async function listed(
  table: Table,
  account: AccountName,
  at: Instant,
  currencies: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  const before = upTo(account, at);
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const missing = currencies.filter((currency) => !found.has(currency));
    if (missing.length === 0) break;
    const paths = missing.map((_, index) => `#balance.#c${index}`);
    const page = await query(table, {
      ...before,
      ExpressionAttributeNames: {
        ...before.ExpressionAttributeNames,
        '#balance': 'balance',
        ...Object.fromEntries(missing.map((currency, index) => [`#c${index}`, currency])),
      },
      FilterExpression: paths.map((path) => `attribute_exists(${path})`).join(' OR '),
      ProjectionExpression: paths.join(', '),
      ExclusiveStartKey: start,
    });
    for (const item of page.Items ?? [])
      for (const currency of Object.keys(item['balance']?.M ?? {})) found.add(currency);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return currencies.filter((currency) => found.has(currency));
}

async function* entries(
  table: Table,
  account: AccountName,
  from: Instant,
  to: Instant,
): AsyncIterable<Found> {
  const condition = between(account, from, to - 1);
  if (condition === undefined) return;
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await query(table, { ...condition, ExclusiveStartKey: start });
    for (const item of page.Items ?? []) yield decode(account, item);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

async function get(
  table: Table,
  partition: string,
  slots: readonly Instant[],
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<StoredItem[]> {
  const keys = slots.map((slot) => ({ account: { S: partition }, slot: { S: formatSecond(slot) } }));
  const found: StoredItem[] = [];
  for (let index = 0; index < keys.length; index += BATCH)
    found.push(...(await getBatch(table, keys.slice(index, index + BATCH), sleep)));
  return found;
}

/** Throttling, or an answer over 16 MB, leaves keys out of an otherwise good answer; these are requested again. */
async function getBatch(
  { client, tableName }: Table,
  keys: NonNullable<KeysAndAttributes['Keys']>,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  let left = keys;
  const attempt = async () => {
    try {
      const { Responses, UnprocessedKeys } = await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) =>
        client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: left } } }), {
          abortSignal,
        }),
      );
      // Only one table was requested; the answer may name it by name or by ARN.
      items.push(...Object.values(Responses ?? {}).flat());
      left = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys = [] }) => Keys);
    } catch (error) {
      throw ledgerError(error, tableName);
    }
  };
  await attempt();
  for (const pause of RETRY_DELAYS) {
    if (left.length === 0) return items;
    await sleep(pause);
    await attempt();
  }
  if (left.length === 0) return items;
  throw new CodedError(
    'ledger.unavailable',
    `the table ${tableName} left out ${left.length} of ${keys.length} items on each of ${RETRY_DELAYS.length + 1} attempts: it is throttled`,
  );
}

/** The items with from ≤ slot ≤ to, oldest first; undefined if no slot, which is a whole second, lies between. */
function between(account: AccountName, from: Instant, to: Instant): Condition | undefined {
  const [first, last] = [Math.ceil(from / SECOND) * SECOND, atMostEnd(Math.floor(to / SECOND) * SECOND)];
  if (first > last) return undefined;
  return {
    KeyConditionExpression: '#account = :account AND #slot BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
    ExpressionAttributeValues: {
      ':account': { S: account },
      ':first': { S: formatSecond(first) },
      ':last': { S: formatSecond(last) },
    },
  };
}

/** An unreadable item is returned as one, so that it affects no other answer. */
function decode(account: AccountName, item: StoredItem): Found {
  const { value, problem } = decodeItem(item);
  if (problem === undefined) return value;
  const key = item['slot']?.S ?? '';
  return { account, key, slot: parseSecond(key), problem };
}

function decodeSheet(region: Region, item: StoredItem): FoundPrices {
  const { value, problem } = decodePrices(item);
  return value ?? { region, slot: parseSecond(item['slot']?.S ?? '') ?? 0, problem };
}
