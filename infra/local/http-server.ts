import type { Server } from 'node:http';

/**
 * Listens on a free port of the loopback address, and returns the URL. Connections that clients keep alive stay open
 * until {@link stop}.
 */
export async function listen(server: Server): Promise<string> {
  // Node would close connections that are idle for 5 s. On a machine that freezes for so long, that hits all of a
  // client's connections just as it reuses them: more than it has attempts.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Stops a server immediately, closing connections that clients keep alive. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
