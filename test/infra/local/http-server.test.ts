import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { listen, stop } from '../../../infra/local/http-server.ts';

it('a local server listens only on this machine, and closes no client connection before it stops', async () => {
  const server = createServer((_, response) => response.end('ok'));
  const address = await listen(server);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(server.keepAliveTimeout).toBe(0);
  expect(await (await fetch(address)).text()).toBe('ok');
  await stop(server);
  await expect(fetch(address)).rejects.toThrow();
});
