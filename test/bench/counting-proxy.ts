import { createServer, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { listen, stop } from '../../infra/local/http-server.ts';

/** A proxy for an AWS endpoint that adds latency and counts the calls of each operation. */
export interface CountingProxy {
  readonly endpoint: string;
  /** The calls of each operation since this was last called. */
  take(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** @param latency how long each request is delayed, in milliseconds. */
export async function startCountingProxy(target: string, latency = 0): Promise<CountingProxy> {
  let counts = new Map<string, number>();
  const server = createServer((incoming, response) => {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const { method, headers, url: path } = incoming;
    const forwarded = request(target, { method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    if (latency === 0) incoming.pipe(forwarded);
    else void setTimeout(latency).then(() => incoming.pipe(forwarded));
  });
  return {
    endpoint: await listen(server),
    take() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    close: () => stop(server),
  };
}
