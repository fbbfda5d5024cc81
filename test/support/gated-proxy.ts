import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, stop } from '../../infra/local/http-server.ts';

/** A moment at the boundary of a call: before the service gets it, or after it has answered and before the caller knows. */
export interface Boundary {
  /** The AWS operation, such as `PutSecretValue`, or the path. */
  readonly call: string;
  readonly when: 'before' | 'after';
}

/** What happens at a boundary: the call goes on, or its connection breaks. */
export type Passage = 'go on' | 'break';

/** A running proxy. */
export interface GatedProxy {
  readonly endpoint: string;
  /** Is asked at each boundary, and may wait. */
  gate: (boundary: Boundary) => Promise<Passage> | Passage;
  close(): Promise<void>;
}

const agent = new Agent({ keepAlive: true });

/** Starts a proxy in front of a service, which can stop a caller at every boundary of its calls. */
export async function startGatedProxy(target: string): Promise<GatedProxy> {
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const call = nameOf(incoming);
    if ((await proxy.gate({ call, when: 'before' })) === 'break') {
      incoming.socket.destroy();
      return;
    }
    const answer = await forward(target, incoming, body);
    if ((await proxy.gate({ call, when: 'after' })) === 'break') incoming.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const proxy: GatedProxy = {
    endpoint: await listen(server),
    gate: () => 'go on',
    close: () => stop(server),
  };
  return proxy;
}

function nameOf({ headers, url = '' }: IncomingMessage): string {
  return headers['x-amz-target']?.toString().split('.')[1] ?? url;
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(
  target: string,
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const call = request(new URL(url, target), { method, headers, agent }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
