import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { type Catalog, decodeCatalog } from '../../core/catalog.ts';
import { CodedError } from '../../core/error.ts';
import { CATALOG_PARTITION } from '../../core/partitions.ts';
import type { StoredItem } from '../../core/stored.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { requireAwsRegion } from '../aws-region.ts';
import { withTimeOut } from '../time-out.ts';
import { ledgerError } from './errors.ts';

/** A table, and how to reach it. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * Reads the whole catalog, consistently: a cold process must see a block that another has just written.
 *
 * @throws CodedError `ledger.unavailable`, or `ledger.foreign` if the table or an entry is not ours.
 */
export async function readCatalog({ client, tableName }: Table): Promise<Catalog> {
  await requireAwsRegion(client, 'ledger.unavailable');
  const items: StoredItem[] = [];
  try {
    // The whole catalog within the time of one call: a page holds 5,000 entries.
    await withTimeOut(AWS_CALL_TIMEOUT, async (abortSignal) => {
      const query = {
        TableName: tableName,
        KeyConditionExpression: '#account = :catalog',
        ExpressionAttributeNames: { '#account': 'account' },
        ExpressionAttributeValues: { ':catalog': { S: CATALOG_PARTITION } },
        ConsistentRead: true,
      };
      const pages = paginateQuery({ client }, query, { abortSignal });
      for await (const page of pages) items.push(...(page.Items ?? []));
    });
  } catch (error) {
    throw ledgerError(error, tableName);
  }
  const catalog = decodeCatalog(items);
  if (catalog.problem !== undefined)
    throw new CodedError('ledger.foreign', `the table ${tableName} has a ${catalog.problem}`);
  return catalog.value;
}
