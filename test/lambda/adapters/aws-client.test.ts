import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { AWS_ATTEMPT, AWS_CALL_TIMEOUT, withoutLogging } from '../../../lambda/adapters/aws-client.ts';
import { SECOND } from '../../../lambda/core/instant.ts';

describe('an AWS client', () => {
  it('has limits that leave time for another attempt, and throw', () => {
    expect(AWS_ATTEMPT).toEqual({
      connectionTimeout: 3 * SECOND,
      requestTimeout: 5 * SECOND,
      socketTimeout: 5 * SECOND,
      throwOnRequestTimeout: true,
    });
    expect(AWS_CALL_TIMEOUT).toBe(12 * SECOND);
  });

  it('has no middleware that copies each call for a log nobody reads', () => {
    const isLogger = (name: string) => name.startsWith('loggerMiddleware');
    const client = new DynamoDBClient({ region: 'local' });
    expect(client.middlewareStack.identify().filter(isLogger)).toHaveLength(1);
    expect(withoutLogging(client)).toBe(client);
    expect(client.middlewareStack.identify().filter(isLogger)).toEqual([]);
  });
});
