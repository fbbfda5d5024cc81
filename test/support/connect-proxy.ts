import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';

/** A proxy on this machine that knows only tunnels. */
export interface ConnectProxy {
  readonly port: number;
  /** What was asked for, as `host:port`, with the credentials it came with. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/**
 * Starts a proxy that leads every tunnel to one port of this machine, whatever host is asked for; or refuses them all with a
 * status.
 */
export async function startConnectProxy(to: { port: number } | { status: number }): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if ('status' in to) {
      client.end(`HTTP/1.1 ${to.status} No\r\nContent-Length: 7\r\n\r\nrefused`);
      return;
    }
    const target = connect(to.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    for (const socket of [client, target])
      socket.on('error', () => {
        client.destroy();
        target.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
