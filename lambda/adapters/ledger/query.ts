import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
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
