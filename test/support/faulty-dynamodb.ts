import { createServer, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, stop } from '../../infra/local/http-server.ts';

/** How DynamoDB treats one request. */
export type DynamoDbFault =
  | keyof typeof ANSWERS
  /** The write is applied, but answered with a server error. */
  | 'applied, but answered 500'
  /** The request is read and never answered. */
  | 'silent'
  /** The headers and half of a body are sent, and then nothing. */
  | 'half an answer'
  /** The connection is cut. */
  | 'reset'
  /** The request waits for this, and is then forwarded. */
  | Promise<void>;

/** One incoming request. */
export interface DynamoDbCall {
  /** `PutItem`, `Query` and so on. */
  readonly operation: string;
  readonly body: string;
  /** The number of the request for this operation, from 1. */
  readonly count: number;
}

/** docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const ANSWERS = {
  throttled: [400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException', 'Rate exceeded'],
  internalError: [500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal error'],
  denied: [
    400,
    'com.amazon.coral.service#AccessDeniedException',
    'not authorized to perform: dynamodb:PutItem',
  ],
  noTable: [
    400,
    'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    'Requested resource not found',
  ],
} as const;

/** A DynamoDB that can fail. */
export interface FaultyDynamoDb {
  readonly endpoint: string;
  /** Decides whether and how each request fails. */
  fault: (call: DynamoDbCall) => DynamoDbFault | undefined;
  /** All requests received, in order. */
  readonly calls: readonly DynamoDbCall[];
  close(): Promise<void>;
}

/** Starts a proxy in front of a real DynamoDB API that makes requests fail as they do in AWS. */
export async function startFaultyDynamoDb(endpoint: string): Promise<FaultyDynamoDb> {
  const calls: DynamoDbCall[] = [];
  const server = createServer(async (incoming, response) => {
    // A caller that disconnects in the middle of its request does not count.
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const count = calls.filter((call) => call.operation === operation).length + 1;
    const call = { operation, body: body.toString(), count };
    calls.push(call);
    const fault = proxy.fault(call);
    if (fault instanceof Promise) await fault;
    if (fault === 'silent') return;
    if (fault === 'half an answer') {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).write('{"Items":[');
      return;
    }
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    if (fault !== undefined && !(fault instanceof Promise) && fault !== 'applied, but answered 500') {
      refuse(response, fault);
      return;
    }
    const { method, headers } = incoming;
    request(endpoint, { method, headers }, (answer) => {
      if (fault === 'applied, but answered 500')
        answer.resume().on('end', () => refuse(response, 'internalError'));
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    })
      .on('error', () => response.destroy())
      .end(body);
  });
  const proxy: FaultyDynamoDb = {
    endpoint: await listen(server),
    fault: () => undefined,
    calls,
    close: () => stop(server),
  };
  return proxy;
}

function refuse(response: ServerResponse, kind: keyof typeof ANSWERS): void {
  const [status, type, message] = ANSWERS[kind];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: type, message }));
}
