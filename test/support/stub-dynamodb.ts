import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS } from '../../infra/local/embedded-dynamodb.ts';

/** A request from the code under test: its input, and its abort signal. */
export interface Asked {
  readonly input: Readonly<Record<string, unknown>>;
  readonly abortSignal: unknown;
}

/**
 * A client whose n-th call (from 0) is answered with what `answer` returns or throws, without a network;
 * and all its requests.
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
