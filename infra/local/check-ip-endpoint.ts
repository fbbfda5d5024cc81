import { createServer } from 'node:http';
import { listen, stop } from './http-server.ts';

/** A server that tells callers their address, like checkip.amazonaws.com. */
export interface CheckIpEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it on a free port of this machine. */
export async function startCheckIpEndpoint(): Promise<CheckIpEndpoint> {
  const server = createServer((request, response) => {
    response.end(`${request.socket.remoteAddress}\n`);
  });
  return { url: await listen(server), close: () => stop(server) };
}
