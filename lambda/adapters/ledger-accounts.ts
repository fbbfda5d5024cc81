import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type AccountEntry, encodeAccountEntry } from '../core/catalog.ts';
import { CodedError } from '../core/error.ts';
import type { Table } from './ledger-catalog.ts';
import { ledgerError } from './ledger-errors.ts';

/** All that an entry of an account may have beside its key. */
const ATTRIBUTES = ['since', 'closedFrom', 'blockedUntil'] as const;

/**
 * Puts the whole entry of an account in place of the one in the catalog, which must still be as it was read.
 *
 * @throws CodedError `ledger.changed` where it is not there any more, or is another by now; `ledger.unavailable`;
 * `ledger.foreign`.
 */
export async function replaceAccount(
  { client, tableName }: Table,
  before: AccountEntry,
  after: AccountEntry,
): Promise<void> {
  const was = encodeAccountEntry(before);
  const present = ATTRIBUTES.flatMap((name) => {
    const value = was[name];
    return value === undefined ? [] : [[`:${name}`, value] as const];
  });
  try {
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: encodeAccountEntry(after),
        ConditionExpression: ATTRIBUTES.map((name) =>
          was[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
        ).join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(ATTRIBUTES.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(present),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw ledgerError(error, tableName);
    throw new CodedError(
      'ledger.changed',
      `the catalog’s entry of ${before.account} has been changed meanwhile: look at it again, then repeat`,
      { cause: error },
    );
  }
}
