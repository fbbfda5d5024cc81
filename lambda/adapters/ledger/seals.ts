import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { defaultAccount } from '../../core/account.ts';
import { CodedError } from '../../core/error.ts';
import { formatSecond, type Instant } from '../../core/instant.ts';
import { byCodeOrder } from '../../core/order.ts';
import { pricePartition, SEAL_PARTITION } from '../../core/partitions.ts';
import { REGION_IDS } from '../../core/regions.ts';
import type { Seal, SealedItem } from '../../core/seal.ts';
import { decodeSeal, encodeSeal } from '../../core/seal-item.ts';
import type { SealableLedger } from '../../sealer/ports.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { withTimeOut } from '../time-out.ts';
import { readCatalog, type Table } from './catalog.ts';
import { ledgerError } from './errors.ts';
import { query, upTo } from './query.ts';

/** Reads what is sealed, as it is stored, and writes seals. Every read is consistent. */
export function createSealableLedger(table: Table): SealableLedger {
  const newestSeal = async (day: Instant): Promise<Seal | undefined> => {
    const newest = { ...upTo(SEAL_PARTITION, day), Limit: 1, ConsistentRead: true };
    const { Items: [item] = [] } = await query(table, newest);
    return item === undefined ? undefined : decode(table, item);
  };
  return {
    async beginning() {
      const { accounts, schedules } = await readCatalog(table);
      const begins = [...accounts.values()].map(({ since }) => since);
      const first = Math.min(...begins, ...schedules.map(({ from }) => from));
      return first === Number.POSITIVE_INFINITY ? undefined : first;
    },
    async partitions() {
      const { accounts } = await readCatalog(table);
      return sealedPartitions(accounts.keys());
    },
    items: (partition, from, to) => storedItems(table, partition, from, to, true),
    newestSeal,
    async putSeal(seal) {
      if (await putIfAbsent(table, seal)) return seal;
      const stored = await newestSeal(seal.from);
      if (stored?.from === seal.from) return stored;
      const what = `the table ${table.tableName} has a seal of ${formatSecond(seal.from)} and does not return it`;
      throw new CodedError('ledger.unavailable', what);
    },
  };
}

/**
 * Every partition that can have items to seal, in code order: the given accounts; those that stand for a region of which no
 * account is known, which the catalog does not list; and the prices.
 */
export function sealedPartitions(accounts: Iterable<string>): string[] {
  const always = REGION_IDS.flatMap((region) => [defaultAccount(region), pricePartition(region)]);
  return [...new Set([...accounts, ...always])].sort(byCodeOrder);
}

/**
 * The items of a partition with from ≤ slot < to, in order of slot, as they are stored: also one whose slot is not a time, where it
 * sorts into the range.
 *
 * @throws CodedError `ledger.unavailable` or `ledger.foreign`.
 */
export async function storedItems(
  table: Table,
  partition: string,
  from: Instant,
  to: Instant,
  consistent: boolean,
): Promise<SealedItem[]> {
  const items: SealedItem[] = [];
  const end = formatSecond(to);
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await query(table, {
      KeyConditionExpression: '#account = :account AND #slot BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
      ExpressionAttributeValues: {
        ':account': { S: partition },
        ':from': { S: formatSecond(from) },
        ':to': { S: end },
      },
      ConsistentRead: consistent,
      ExclusiveStartKey: start,
    });
    items.push(...(page.Items ?? []).filter((item) => item['slot']?.S !== end));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

/** True if the seal was stored, false if its day has one. */
async function putIfAbsent({ client, tableName }: Table, seal: Seal): Promise<boolean> {
  const put = new PutItemCommand({
    TableName: tableName,
    Item: encodeSeal(seal),
    ConditionExpression: 'attribute_not_exists(#account)',
    ExpressionAttributeNames: { '#account': 'account' },
  });
  try {
    await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) => client.send(put, { abortSignal }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw ledgerError(error, tableName);
  }
}

function decode({ tableName }: Table, item: Record<string, AttributeValue>): Seal {
  const { value, problem } = decodeSeal(item);
  if (problem === undefined) return value;
  const day = item['slot']?.S ?? 'an unknown day';
  throw new CodedError(
    'ledger.foreign',
    `the table ${tableName} has a seal of ${day} that cannot be read: ${problem}`,
  );
}
