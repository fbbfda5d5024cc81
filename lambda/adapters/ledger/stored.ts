import { defaultAccount } from '../../core/account.ts';
import { formatSecond, type Instant } from '../../core/instant.ts';
import { byCodeOrder } from '../../core/order.ts';
import { pricePartition, SEAL_PARTITION } from '../../core/partitions.ts';
import { REGION_IDS } from '../../core/regions.ts';
import type { SealedItem } from '../../core/seal.ts';
import { decodeSeal } from '../../core/seal-item.ts';
import type { FoundSeal, StoredLedger } from '../../history/stored-ledger.ts';
import { readCatalog, type Table } from './catalog.ts';
import { pages, query, since } from './query.ts';

/** Reads what is sealed, as it is stored, and the seals. */
export function createStoredLedger(table: Table): StoredLedger {
  return {
    partitions: () => sealedPartitions(table),
    items: (partition, from, to) => storedItems(table, partition, from, to, false),
    async oldest(partition) {
      const { Items: [item] = [] } = await query(table, { ...since(partition, undefined), Limit: 1 });
      return item;
    },
    async *seals(from) {
      for await (const page of pages(table, since(SEAL_PARTITION, from)))
        for (const item of page) yield decodeFound(item);
    },
  };
}

/**
 * Every partition that can have sealed items, in code order: the accounts of the catalog; those that stand for a region of which
 * no account is known, which the catalog does not list; and the prices.
 *
 * @throws CodedError `ledger.unavailable` or `ledger.foreign`.
 */
export async function sealedPartitions(table: Table): Promise<string[]> {
  const { accounts } = await readCatalog(table);
  const always = REGION_IDS.flatMap((region) => [defaultAccount(region), pricePartition(region)]);
  return [...new Set([...accounts.keys(), ...always])].sort(byCodeOrder);
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
  const condition = {
    KeyConditionExpression: '#account = :account AND #slot BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
    ExpressionAttributeValues: {
      ':account': { S: partition },
      ':from': { S: formatSecond(from) },
      ':to': { S: end },
    },
    ConsistentRead: consistent,
  };
  for await (const page of pages(table, condition))
    items.push(...page.filter((item) => item['slot']?.S !== end));
  return items;
}

function decodeFound(item: SealedItem): FoundSeal {
  const { value, problem } = decodeSeal(item);
  return problem === undefined ? value : { slot: item['slot']?.S ?? '', problem };
}
