import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { CodedError } from '../../core/error.ts';

/**
 * Converts an error that an AWS client threw for a table: `ledger.foreign` if the table has other keys than ours, else
 * `ledger.unavailable`.
 */
export function ledgerError(error: unknown, tableName: string): CodedError {
  if (error instanceof DynamoDBServiceException) {
    if (error.name === 'ResourceNotFoundException') {
      return new CodedError(
        'ledger.unavailable',
        `there is no table ${tableName} in this account and AWS region`,
        { cause: error },
      );
    }
    if (error.name === 'ValidationException' && /key|schema/i.test(error.message)) {
      return new CodedError(
        'ledger.foreign',
        `the table ${tableName} is not keyed by account and slot: it is not a ledger of this project`,
        { cause: error },
      );
    }
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
  return new CodedError('ledger.unavailable', `the table ${tableName} could not be used: ${what}`, {
    cause: error,
  });
}
