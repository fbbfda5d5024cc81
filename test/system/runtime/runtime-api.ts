import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, stop } from '../../../infra/local/http-server.ts';
import type { Instant } from '../../../lambda/core/instant.ts';
import { isObject } from '../../../lambda/core/parsed.ts';

/** The outcome of one event, as the runtime reported it; after `initError` a runtime takes no events. */
export type Answer = { readonly at: Instant } & (
  | { readonly kind: 'response'; readonly body: unknown }
  | { readonly kind: 'error' | 'initError'; readonly error: RuntimeError }
);

/** What a runtime reports about a thrown error. */
export interface RuntimeError {
  readonly errorType: unknown;
  readonly errorMessage: unknown;
  readonly trace: unknown;
}

/** A running Runtime API, for one runtime and one event at a time. */
export interface RuntimeApi {
  /** `host:port`, as `AWS_LAMBDA_RUNTIME_API` wants it. */
  readonly address: string;
  /** Everything the runtime has sent: headers and bodies. */
  readonly received: readonly string[];
  /** Hands the event to the runtime when it asks for one, and resolves with its answer. */
  invoke(event: unknown, deadline: Instant): Promise<Answer>;
  close(): Promise<void>;
}

/** An event, and the callback for its outcome. */
interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: Instant;
  readonly answer: (answer: Answer) => void;
}

/**
 * Starts Lambda's side of a runtime, over HTTP on a free local port: `invocation/next`, `response`, `error`
 * and `init/error`. docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  const received: string[] = [];
  let invocation: Invocation | undefined;
  let idle: ServerResponse | undefined;

  /** Sends the event to the runtime once there is an event and the runtime has asked for one. */
  function handOver(): void {
    if (invocation === undefined || idle === undefined) return;
    const { id, event, deadline } = invocation;
    idle.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': deadline,
      'lambda-runtime-invoked-function-arn': functionArn,
      'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0',
    });
    idle.end(JSON.stringify(event));
    idle = undefined;
  }

  function take(path: string, body: unknown): boolean {
    const at = Date.now();
    const of = `/invocation/${invocation?.id}`;
    if (path === `${of}/response`) invocation?.answer({ kind: 'response', at, body });
    else if (path === `${of}/error`) invocation?.answer({ kind: 'error', at, error: runtimeError(body) });
    else if (path === '/init/error') invocation?.answer({ kind: 'initError', at, error: runtimeError(body) });
    else return false;
    invocation = undefined;
    return true;
  }

  const server = createServer(async (request, response) => {
    const path = request.url?.replace(/^\/2018-06-01\/runtime/, '') ?? '';
    if (request.method === 'GET' && path === '/invocation/next') {
      idle = response;
      handOver();
      return;
    }
    const body = await text(request);
    received.push(...request.rawHeaders, body);
    const taken = request.method === 'POST' && take(path, JSON.parse(body));
    response.writeHead(taken ? 202 : 404).end('{}');
  });
  const endpoint = await listen(server);
  return {
    address: endpoint.replace('http://', ''),
    received,
    invoke: (event, deadline) =>
      new Promise((answer) => {
        invocation = { id: randomUUID(), event, deadline, answer };
        handOver();
      }),
    close: () => stop(server),
  };
}

function runtimeError(body: unknown): RuntimeError {
  if (!isObject(body)) throw new Error(`${JSON.stringify(body)} is not a runtime error`);
  return { errorType: body['errorType'], errorMessage: body['errorMessage'], trace: body['trace'] };
}
