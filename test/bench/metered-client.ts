import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isObject } from '../../lambda/core/parsed.ts';

/** A client that asks DynamoDB for the capacity that each request consumes. */
export interface MeteredClient {
  readonly client: DynamoDBClient;
  /** The requests and consumed units since this was last called. */
  take(): { readonly requests: number; readonly units: number };
}

export function meteredClient(endpoint: string): MeteredClient {
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials });
  let [requests, units] = [0, 0];
  client.middlewareStack.add(
    (next) => async (call) => {
      const answer = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: 'TOTAL' } });
      const output: unknown = answer.output;
      requests += 1;
      for (const one of [isObject(output) ? output['ConsumedCapacity'] : undefined].flat())
        units += Number(isObject(one) ? one['CapacityUnits'] : Number.NaN);
      return answer;
    },
    { step: 'initialize' },
  );
  return {
    client,
    take() {
      const taken = { requests, units };
      [requests, units] = [0, 0];
      return taken;
    },
  };
}
