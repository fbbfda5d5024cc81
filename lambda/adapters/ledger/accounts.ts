import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type AccountEntry, encodeAccountEntry } from '../../core/catalog.ts';
import { CodedError } from '../../core/error.ts';
import type { Table } from './catalog.ts';
import { ledgerError } from './errors.ts';

/** All that an entry of an account may have beside its key. */
const ATTRIBUTES = ['since', 'closedFrom', 'closed', 'blockedUntil'] as const;

const NOT_THERE = {
  ConditionExpression: 'attribute_not_exists(#account)',
  ExpressionAttributeNames: { '#account': 'account' },
};

/**
 * Puts the whole entry of an account into the catalog: in place of `before`, which must still be as it was read, or as
 * a new one where that is undefined. Nobody’s change is lost so: neither a person’s closing nor a run’s block.
 *
 * @throws CodedError `ledger.changed` where the catalog has another entry by now, has none any more, or has one
 * already; `ledger.unavailable`; `ledger.foreign`.
 */
export async function putAccount(
  { client, tableName }: Table,
  before: AccountEntry | undefined,
  after: AccountEntry,
  abortSignal?: AbortSignal,
): Promise<void> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: encodeAccountEntry(after),
        ...(before === undefined ? NOT_THERE : unchanged(before)),
      }),
      { ...(abortSignal === undefined ? {} : { abortSignal }) },
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw ledgerError(error, tableName);
    throw new CodedError(
      'ledger.changed',
      `the catalog’s entry of ${after.account} has been changed meanwhile: look at it again, then repeat`,
      { cause: error },
    );
  }
}

/** The condition that an entry is, in every attribute it can have, as it was read. */
function unchanged(
  before: AccountEntry,
): Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> {
  const was = encodeAccountEntry(before);
  const present = ATTRIBUTES.flatMap((name) => {
    const value = was[name];
    return value === undefined ? [] : [[`:${name}`, value] as const];
  });
  return {
    ConditionExpression: ATTRIBUTES.map((name) =>
      was[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
    ).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(ATTRIBUTES.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(present),
  };
}
