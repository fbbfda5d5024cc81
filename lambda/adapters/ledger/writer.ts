import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { LedgerWriter, WriteResult } from '../../collector/ports.ts';
import { encodeScheduleEntry } from '../../core/catalog.ts';
import { equals } from '../../core/decimal.ts';
import { CodedError } from '../../core/error.ts';
import { decodeItem, encodeItem } from '../../core/item.ts';
import { encodePrices } from '../../core/price-item.ts';
import { type Entry, isFailure, mayReplaceFailure, type Snapshot } from '../../core/snapshot.ts';
import type { EncodedItem, StoredItem } from '../../core/stored.ts';
import { AWS_CALL_TIMEOUT } from '../aws-client.ts';
import { withTimeOut } from '../time-out.ts';
import { putAccount } from './accounts.ts';
import type { Table } from './catalog.ts';
import { ledgerError } from './errors.ts';

/** Attributes are named through these placeholders: DynamoDB may reserve any name, now or later. */
const NAMES = { '#account': 'account', '#failure': 'failure' };
const NOTHING_THERE = 'attribute_not_exists(#account)';
const A_FAILURE_THERE = 'attribute_exists(#failure)';
const FIRST = {
  ConditionExpression: NOTHING_THERE,
  ExpressionAttributeNames: { '#account': NAMES['#account'] },
};
const FIRST_SUCCESS = {
  ConditionExpression: `${NOTHING_THERE} OR ${A_FAILURE_THERE}`,
  ExpressionAttributeNames: NAMES,
};

/** Writes a ledger in DynamoDB: every write is one PutItem, whose condition says what it may replace. */
export function createLedgerWriter(table: Table): LedgerWriter {
  return {
    async record(entry, timeoutMs) {
      const condition = mayReplaceFailure(entry) ? FIRST_SUCCESS : FIRST;
      const winner = await within(table, timeoutMs, (signal) =>
        put(table, encodeItem(entry), condition, signal),
      );
      return winner === undefined ? { kind: 'recorded' } : compare(entry, winner.item);
    },
    async putAccount(before, after, timeoutMs) {
      await within(table, timeoutMs, (signal) => putAccount(table, before, after, signal));
    },
    async addSchedule(entry, timeoutMs) {
      await within(table, timeoutMs, (signal) => put(table, encodeScheduleEntry(entry), FIRST, signal));
    },
    async recordPrices(sheet, timeoutMs) {
      const item = encodePrices(sheet);
      const winner = await within(table, timeoutMs, (signal) => put(table, item, FIRST, signal));
      return { kind: winner === undefined ? 'recorded' : 'duplicate' };
    },
  };
}

type Condition = Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames'>;

/** Puts the item; returns undefined if stored, else the existing item, if the store returns it. */
async function put(
  { client, tableName }: Table,
  item: EncodedItem,
  condition: Condition,
  abortSignal: AbortSignal,
): Promise<{ readonly item: StoredItem | undefined } | undefined> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: item,
        ...condition,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { abortSignal },
    );
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { item: error.Item };
    throw ledgerError(error, tableName);
  }
}

/** Runs something in the time left. Throws `ledger.unavailable` if there is none. */
async function within<T>(
  { tableName }: Table,
  timeoutMs: number,
  act: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeoutMs <= 0) {
    throw new CodedError(
      'ledger.unavailable',
      `the table ${tableName} could not be written to: the run is out of time`,
    );
  }
  try {
    return await withTimeOut(Math.min(timeoutMs, AWS_CALL_TIMEOUT), act);
  } catch (error) {
    throw error instanceof CodedError ? error : ledgerError(error, tableName);
  }
}

/**
 * Compares the existing item with the one to be written. An identical item (the same answer at the same millisecond)
 * means that an earlier attempt of the SDK was applied although it got an error.
 */
function compare(entry: Entry, winner: StoredItem | undefined): WriteResult {
  const stored = winner === undefined ? undefined : decodeItem(winner).value;
  if (stored === undefined) return { kind: 'duplicate', differs: false };
  if (JSON.stringify(encodeItem(stored)) === JSON.stringify(encodeItem(entry))) return { kind: 'recorded' };
  return {
    kind: 'duplicate',
    differs: !isFailure(entry) && !isFailure(stored) && !hasSameAmounts(entry, stored),
  };
}

function hasSameAmounts(a: Snapshot, b: Snapshot): boolean {
  const other = new Map(b.balances.map((line) => [line.currency, line]));
  return (
    a.balances.length === b.balances.length &&
    a.balances.every((line) => {
      const its = other.get(line.currency);
      return its !== undefined && equals(line.balance, its.balance) && equals(line.locked, its.locked);
    })
  );
}
