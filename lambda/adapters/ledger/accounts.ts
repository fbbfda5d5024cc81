import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type AccountEntry, encodeAccountEntry } from '../../core/catalog.ts';
import { CodedError } from '../../core/error.ts';
import type { Table } from './catalog.ts';
import { ledgerError } from './errors.ts';

/** All attributes of an account's entry except its key. */
const ATTRIBUTES = ['since', 'closedFrom', 'closed', 'blockedUntil'] as const;

const NOT_THERE = {
  ConditionExpression: 'attribute_not_exists(#account)',
  ExpressionAttributeNames: { '#account': 'account' },
};

/**
 * Puts the whole entry of an account into the catalog: in place of `before`, which must be unchanged since it was read,
 * or as a new one if that is undefined. So no change is lost, neither a person’s closing nor a run’s block.
 *
 * @throws CodedError `ledger.changed` if the catalog's entry has changed or gone, or exists when it should not;
 * `ledger.unavailable`; `ledger.foreign`.
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
      `the catalog’s entry for ${after.account} has just changed: check it, then try again`,
      { cause: error },
    );
  }
}

/** The condition that every attribute of an entry is as it was read. */
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
