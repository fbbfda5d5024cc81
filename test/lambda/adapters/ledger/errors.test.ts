import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ledgerError } from '../../../../lambda/adapters/ledger/errors.ts';
import { CodedError } from '../../../../lambda/core/error.ts';

function service(name: string, message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: {} });
}

describe('an error that an AWS client threw for a table', () => {
  const foreign = 'the table prod is not keyed by account and slot: it is not a ledger of this project';
  it.each<[string, unknown, string, string]>([
    [
      'without the table',
      service('ResourceNotFoundException', 'Requested resource not found'),
      'ledger.unavailable',
      'there is no table prod in this account and AWS region',
    ],
    [
      'of other keys',
      service('ValidationException', 'The provided key element does not match the schema'),
      'ledger.foreign',
      foreign,
    ],
    [
      'of a missing key',
      service('ValidationException', 'One of the required Keys was not given a value'),
      'ledger.foreign',
      foreign,
    ],
    [
      'of a request that is wrong otherwise',
      service('ValidationException', 'Item size has exceeded the maximum allowed size'),
      'ledger.unavailable',
      'the table prod could not be used: ValidationException: Item size has exceeded the maximum allowed size',
    ],
    [
      'of a key that encrypts it',
      service('KMSAccessDeniedException', 'the key is not yours'),
      'ledger.unavailable',
      'the table prod could not be used: KMSAccessDeniedException: the key is not yours',
    ],
    [
      'that did not come from a service',
      Object.assign(new Error('no key and no schema'), { name: 'ValidationException' }),
      'ledger.unavailable',
      'the table prod could not be used: ValidationException: no key and no schema',
    ],
    [
      'that is not an Error',
      'broken',
      'ledger.unavailable',
      'the table prod could not be used: an unknown error',
    ],
  ])('%s becomes a CodedError, with its cause', (_, error, code, message) => {
    const found = ledgerError(error, 'prod');
    expect(found).toBeInstanceOf(CodedError);
    expect(found).toMatchObject({ code, message });
    expect(found.cause).toBe(error);
  });
});
