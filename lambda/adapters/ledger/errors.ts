import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { CodedError } from '../../core/error.ts';

/**
 * What an AWS client threw at a table, as an error of ours: `ledger.foreign` where the table has other keys than
 * ours, else `ledger.unavailable`.
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
        `the table ${tableName} has other keys than account and slot: it is not a ledger of this project`,
        { cause: error },
      );
    }
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
  return new CodedError('ledger.unavailable', `the table ${tableName} could not be used: ${what}`, {
    cause: error,
  });
}
