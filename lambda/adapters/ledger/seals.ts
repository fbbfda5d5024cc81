import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beginning } from '../../core/catalog.ts';
import { CodedError } from '../../core/error.ts';
import { formatSecond, type Instant } from '../../core/instant.ts';
import { SEAL_PARTITION } from '../../core/partitions.ts';
import type { Seal } from '../../core/seal.ts';
import { decodeSeal, encodeSeal } from '../../core/seal-item.ts';
import type { SealableLedger, StampableLedger, UnstampedSeal } from '../../sealer/ports.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { withTimeOut } from '../time-out.ts';
import { readCatalog, type Table } from './catalog.ts';
import { ledgerError } from './errors.ts';
import { pages, query, since, upTo } from './query.ts';
import { sealedPartitions, storedItems } from './stored.ts';

/** Reads what is sealed, as it is stored, and writes seals. Every read is consistent. */
export function createSealableLedger(table: Table): SealableLedger & StampableLedger {
  const newestSeal = async (day: Instant): Promise<Seal | undefined> => {
    const newest = { ...upTo(SEAL_PARTITION, day), Limit: 1, ConsistentRead: true };
    const { Items: [item] = [] } = await query(table, newest);
    return item === undefined ? undefined : decode(table, item);
  };
  return {
    async unstamped(from) {
      const found: UnstampedSeal[] = [];
      for await (const page of pages(table, { ...since(SEAL_PARTITION, from), ConsistentRead: true }))
        for (const item of page) {
          const { value: seal } = decodeSeal(item);
          if (seal !== undefined && seal.timestamp === undefined) found.push({ seal, item });
        }
      return found;
    },
    stamp: ({ seal, item }, timestamp) =>
      put(table, {
        Item: { ...item, timestamp: { B: timestamp } },
        ConditionExpression: '#root = :root AND attribute_not_exists(#timestamp)',
        ExpressionAttributeNames: { '#root': 'root', '#timestamp': 'timestamp' },
        ExpressionAttributeValues: { ':root': { S: seal.root } },
      }),
    async beginning() {
      const first = beginning(await readCatalog(table));
      return first === Number.POSITIVE_INFINITY ? undefined : first;
    },
    partitions: () => sealedPartitions(table),
    items: (partition, from, to) => storedItems(table, partition, from, to, true),
    newestSeal,
    async putSeal(seal) {
      const isStored = await put(table, {
        Item: encodeSeal(seal),
        ConditionExpression: 'attribute_not_exists(#account)',
        ExpressionAttributeNames: { '#account': 'account' },
      });
      if (isStored) return seal;
      const stored = await newestSeal(seal.from);
      if (stored?.from === seal.from) return stored;
      const what = `the table ${table.tableName} has a seal of ${formatSecond(seal.from)} but does not return it`;
      throw new CodedError('ledger.unavailable', what);
    },
  };
}

/** True if the item was stored, false if its condition did not hold. */
async function put(
  { client, tableName }: Table,
  input: Omit<PutItemCommandInput, 'TableName'>,
): Promise<boolean> {
  const command = new PutItemCommand({ ...input, TableName: tableName });
  try {
    await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) => client.send(command, { abortSignal }));
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
