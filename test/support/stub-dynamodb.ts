import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS } from '../../infra/local/embedded-dynamodb.ts';

/** A request, as the code under test made it: what it asks for, and the signal that ends it. */
export interface Asked {
  readonly input: Readonly<Record<string, unknown>>;
  readonly abortSignal: unknown;
}

/**
 * A client whose calls are answered by `answer`, the n-th (from 0) with what it gives or throws, and reach no network;
 * and all that was asked.
 */
export function stubDynamoDb(answer: (call: number) => object): { client: DynamoDBClient; asked: Asked[] } {
  const client = new DynamoDBClient({ endpoint: 'http://127.0.0.1:9', ...LOCAL_CREDENTIALS });
  const asked: Asked[] = [];
  const { send } = client;
  client.middlewareStack.add(
    () => async (args) => {
      asked.push({ input: { ...args.input }, abortSignal: signals.shift() });
      return { output: { $metadata: {}, ...answer(asked.length - 1) }, response: undefined };
    },
    { step: 'initialize', priority: 'high' },
  );
  const signals: unknown[] = [];
  // The signal is an option of the call and does not reach the middleware.
  Object.assign(client, {
    send: (...args: Parameters<typeof send>) => {
      const [, options] = args;
      signals.push(options && 'abortSignal' in options ? options.abortSignal : undefined);
      return Reflect.apply(send, client, args);
    },
  });
  return { client, asked };
}
