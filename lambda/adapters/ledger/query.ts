import {
  type AttributeValue,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { formatSecond, type Instant } from '../../core/instant.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { withTimeOut } from '../time-out.ts';
import type { Table } from './catalog.ts';
import { ledgerError } from './errors.ts';

/** Which items a query is about, and in which order. */
export type Condition = Pick<
  QueryCommandInput,
  'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'ScanIndexForward'
>;

/** The items with slot ≤ at, newest first. */
export function upTo(partition: string, at: Instant): Condition {
  return {
    KeyConditionExpression: '#account = :account AND #slot <= :at',
    ExpressionAttributeNames: { '#account': 'account', '#slot': 'slot' },
    ExpressionAttributeValues: { ':account': { S: partition }, ':at': { S: formatSecond(at) } },
    ScanIndexForward: false,
  };
}

/** The items with slot ≥ from, oldest first; all of the partition without it. */
export function since(partition: string, from: Instant | undefined): Condition {
  const all = {
    KeyConditionExpression: '#account = :account',
    ExpressionAttributeNames: { '#account': 'account' },
    ExpressionAttributeValues: { ':account': { S: partition } },
  };
  if (from === undefined) return all;
  return {
    KeyConditionExpression: `${all.KeyConditionExpression} AND #slot >= :from`,
    ExpressionAttributeNames: { ...all.ExpressionAttributeNames, '#slot': 'slot' },
    ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':from': { S: formatSecond(from) } },
  };
}

/**
 * The items that a query finds, page by page as they arrive.
 *
 * @throws CodedError `ledger.unavailable` or `ledger.foreign`.
 */
export async function* pages(
  table: Table,
  input: Parameters<typeof query>[1],
): AsyncGenerator<readonly Record<string, AttributeValue>[]> {
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await query(table, { ...input, ExclusiveStartKey: start });
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/**
 * Runs one query, bounded as a whole.
 *
 * @throws CodedError `ledger.unavailable` or `ledger.foreign`.
 */
export async function query(
  { client, tableName }: Table,
  input: Omit<QueryCommandInput, 'TableName'>,
): Promise<QueryCommandOutput> {
  try {
    return await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) =>
      client.send(new QueryCommand({ TableName: tableName, ...input }), { abortSignal }),
    );
  } catch (error) {
    throw ledgerError(error, tableName);
  }
}
