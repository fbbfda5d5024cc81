import { createServer } from 'node:http';
import { listen, stop } from './http-server.ts';

/** Something that tells callers the address they come from, as checkip.amazonaws.com does. */
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
