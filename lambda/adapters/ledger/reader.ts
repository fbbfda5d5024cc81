import { setTimeout } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  type KeysAndAttributes,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type AccountName, defaultAccount } from '../../core/account.ts';
import type { Catalog } from '../../core/catalog.ts';
import { regionsOnceUnknown } from '../../core/completeness.ts';
import { CodedError } from '../../core/error.ts';
import { formatSecond, type Instant, parseSecond, SECOND } from '../../core/instant.ts';
import { decodeItem } from '../../core/item.ts';
import { type Found, isFailure, type Snapshot, type Unreadable } from '../../core/snapshot.ts';
import type { StoredItem } from '../../core/stored.ts';
import type { LedgerReader } from '../../history/reader.ts';
import { readCatalog, type Table } from './catalog.ts';
import { ledgerError } from './errors.ts';

/** How many items a page looks at while a snapshot is sought behind failures: few at first, since failures are few. */
const SEARCH_PAGE_SIZES = [8, 64, 512] as const;

/** How many keys a BatchGetItem takes. */
const BATCH = 100;
/** How long to wait before what a BatchGetItem left out is asked for again, in milliseconds: 6 s in all. */
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
    entries: (account, from, to) => entries(table, account, from, to),
    get: (account, slots) => get(table, account, slots, sleep),
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

/** One item where the newest is a snapshot. A limit applies before a filter, so behind a failure the pages grow. */
async function newestSnapshot(
  table: Table,
  account: AccountName,
  at: Instant,
): Promise<Snapshot | Unreadable | undefined> {
  const first = await newest(table, account, at);
  if (first === undefined || !isFailure(first)) return first;
  const before = upTo(account, first.slot - SECOND);
  let start: QueryCommandOutput['LastEvaluatedKey'];
  for (let page = 0; page === 0 || start !== undefined; page += 1) {
    const { Items: [item] = [], LastEvaluatedKey } = await query(table, {
      ...before,
      ExpressionAttributeNames: { ...before.ExpressionAttributeNames, '#failure': 'failure' },
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

async function* entries(
  table: Table,
  account: AccountName,
  from: Instant,
  to: Instant,
): AsyncIterable<Found> {
  // BETWEEN includes both ends; slots have whole seconds, so the last before `to` is this.
  const [first, last] = [Math.ceil(from / SECOND) * SECOND, Math.ceil(to / SECOND) * SECOND - SECOND];
  if (first > last) return;
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await query(table, {
      KeyConditionExpression: '#account = :account AND #slot BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
      ExpressionAttributeValues: {
        ':account': { S: account },
        ':first': { S: formatSecond(first) },
        ':last': { S: formatSecond(last) },
      },
      ExclusiveStartKey: start,
    });
    for (const item of page.Items ?? []) yield decode(account, item);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

async function get(
  table: Table,
  account: AccountName,
  slots: readonly Instant[],
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<Found[]> {
  const keys = slots.map((slot) => ({ account: { S: account }, slot: { S: formatSecond(slot) } }));
  const found: Found[] = [];
  for (let index = 0; index < keys.length; index += BATCH) {
    const items = await getBatch(table, keys.slice(index, index + BATCH), sleep);
    found.push(...items.map((item) => decode(account, item)));
  }
  return found;
}

/** Throttling leaves keys out of an answer that is otherwise fine, as more than 16 MB do; these are asked for again. */
async function getBatch(
  { client, tableName }: Table,
  keys: NonNullable<KeysAndAttributes['Keys']>,
  sleep: (milliseconds: number) => Promise<unknown>,
): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  let left = keys;
  const ask = async () => {
    try {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: left } } }),
      );
      // One table was asked, whatever the answer calls it: its name, or its ARN.
      items.push(...Object.values(Responses ?? {}).flat());
      left = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys = [] }) => Keys);
    } catch (error) {
      throw ledgerError(error, tableName);
    }
  };
  await ask();
  for (const pause of RETRY_DELAYS) {
    if (left.length === 0) return items;
    await sleep(pause);
    await ask();
  }
  if (left.length === 0) return items;
  throw new CodedError(
    'ledger.unavailable',
    `the table ${tableName} left out ${left.length} of ${keys.length} items at every one of ${RETRY_DELAYS.length + 1} attempts: it is throttled`,
  );
}

function upTo(account: AccountName, at: Instant) {
  return {
    KeyConditionExpression: '#account = :account AND #slot <= :at',
    ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
    ExpressionAttributeValues: { ':account': { S: account }, ':at': { S: formatSecond(at) } },
    ScanIndexForward: false,
  };
}

async function query(
  { client, tableName }: Table,
  input: Omit<QueryCommandInput, 'TableName'>,
): Promise<QueryCommandOutput> {
  try {
    return await client.send(new QueryCommand({ TableName: tableName, ...input }));
  } catch (error) {
    throw ledgerError(error, tableName);
  }
}

/** Of one item nobody else's answer hangs: what cannot be read is handed on as that. */
function decode(account: AccountName, item: StoredItem): Found {
  const { value, problem } = decodeItem(item);
  if (problem === undefined) return value;
  const key = item['slot']?.S ?? '';
  return { account, key, slot: parseSecond(key), problem };
}
