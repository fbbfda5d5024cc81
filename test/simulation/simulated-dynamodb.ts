import {
  BatchGetItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  InternalServerError,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import type { Instant } from '../../lambda/core/instant.ts';
import type { AwsErrors, AwsFault, AwsNetwork } from './aws-call.ts';
import { type Host, PRICE_STEPS } from './host.ts';
import type { SimulatedTable, Write } from './simulated-table.ts';

/** The SDK's number of attempts for DynamoDB. */
const ATTEMPTS = 4;

const ERRORS: AwsErrors = {
  throttled: () => new ThrottlingException({ $metadata: {}, message: 'Rate exceeded' }),
  internal: () => new InternalServerError({ $metadata: {}, message: 'Internal server error' }),
  denied: () =>
    new DynamoDBServiceException({
      name: 'AccessDeniedException',
      $fault: 'client',
      $metadata: {},
      message: 'not authorized to perform this',
    }),
};

/** A DynamoDB operation. */
export type Operation = 'PutItem' | typeof PRICE_STEPS.put | 'Query' | 'BatchGetItem';

export interface SimulatedDynamoDbOptions {
  readonly table: SimulatedTable;
  readonly network: AwsNetwork;
  readonly host: Host;
  readonly now: () => Instant;
  /** How long eventually consistent reads may miss a write, in milliseconds. */
  readonly lag: () => number;
  /** How an attempt that arrives now is treated; `slot` is that of the item put, else empty. */
  readonly fault: (operation: Operation, slot: string) => AwsFault | undefined;
  /** Called for each write, when it is applied. */
  readonly wrote: (write: Write) => void;
  /** Called for each answered query. */
  readonly read: (account: string) => void;
}

let common: DynamoDBClient | undefined;

/** A client of the SDK's own class, as its paginator requires. Creating one takes 1 ms, so unused parts are shared. */
function clientWith(send: (...call: readonly never[]) => Promise<unknown>): DynamoDBClient {
  common ??= new DynamoDBClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
  });
  return Object.assign(Object.create(common), { send });
}

/** DynamoDB as seen by one process. */
export function simulatedDynamoDb(options: SimulatedDynamoDbOptions): DynamoDBClient {
  const { network, host } = options;
  const send = (command: unknown, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) => {
    const { operation, slot = '', apply } = asked(command, options);
    return network.call({
      what: operation,
      host,
      signal: abortSignal,
      attempts: ATTEMPTS,
      errors: ERRORS,
      apply,
      fault: () => options.fault(operation, slot),
    });
  };
  return clientWith(send);
}

/** A client for the tables directly: no network, no faults, no delays. */
export function directDynamoDb(tables: Readonly<Record<string, SimulatedTable>>): DynamoDBClient {
  const send = async (command: unknown) => {
    const name = tableNameOf(command);
    const table = tables[name];
    if (table !== undefined)
      return asked(command, {
        table,
        now: () => 0,
        lag: () => Number.NEGATIVE_INFINITY,
        wrote: () => undefined,
        read: () => undefined,
      }).apply();
    throw new ResourceNotFoundException({ $metadata: {}, message: `Requested resource not found: ${name}` });
  };
  return clientWith(send);
}

function asked(
  command: unknown,
  {
    table,
    now,
    lag,
    wrote,
    read,
  }: Pick<SimulatedDynamoDbOptions, 'table' | 'now' | 'lag' | 'wrote' | 'read'>,
): { readonly operation: Operation; readonly slot?: string; readonly apply: () => unknown } {
  if (command instanceof PutItemCommand) {
    const apply = () => {
      wrote(table.put(command.input, now()));
      return { $metadata: {} };
    };
    const { account, slot } = command.input.Item ?? {};
    const isOfPrices = account?.S?.startsWith('#price/') === true;
    return { operation: isOfPrices ? PRICE_STEPS.put : 'PutItem', slot: slot?.S ?? '', apply };
  }
  if (command instanceof QueryCommand) {
    const apply = () => {
      const answer = table.query(command.input, now() - lag());
      read(Object.values(command.input.ExpressionAttributeValues ?? {})[0]?.S ?? '');
      return answer;
    };
    return { operation: 'Query', apply };
  }
  if (command instanceof BatchGetItemCommand)
    return { operation: 'BatchGetItem', apply: () => table.batchGet(command.input) };
  throw new TypeError('this operation is not simulated');
}

function tableNameOf(command: unknown): string {
  if (command instanceof PutItemCommand || command instanceof QueryCommand)
    return command.input.TableName ?? '';
  return command instanceof BatchGetItemCommand
    ? (Object.keys(command.input.RequestItems ?? {})[0] ?? '')
    : '';
}
