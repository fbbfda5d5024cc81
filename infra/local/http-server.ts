import type { Server } from 'node:http';

/**
 * Listens on a free port of this machine, and of no other, and returns the address. What a client keeps alive stays so
 * until {@link stop}.
 */
export async function listen(server: Server): Promise<string> {
  // Node would end what is idle for 5 s. On a machine that stands still for so long, that is all of a client's
  // connections at once, just as it uses them again: more than its attempts.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Stops a server at once: what its clients keep alive is cut. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
