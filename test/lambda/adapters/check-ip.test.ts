import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { findAddress } from '../../../lambda/adapters/check-ip.ts';
import { nodeGet } from '../../../lambda/adapters/node-get.ts';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((end) => end()));
});

async function answering(listener: RequestListener): Promise<string | undefined> {
  const server = createServer(listener);
  running.push(() => stop(server));
  return await findAddress(nodeGet, await listen(server));
}

describe('our public address', () => {
  it.each(['203.0.113.7', '203.0.113.7\n', '2001:db8::7\n'])('is read from %j', async (text) => {
    expect(await answering((_, response) => response.end(text))).toBe(text.trim());
  });

  it.each([
    ['a page', '<html>203.0.113.7</html>'],
    ['two addresses', '203.0.113.7, 203.0.113.8'],
    ['nothing', ''],
    ['no address', '203.0.113.256'],
    ['an address behind too much white space', `${' '.repeat(64)}203.0.113.7`],
  ])('is unknown if the answer is %s', async (_, text) => {
    expect(await answering((_request, response) => response.end(text))).toBeUndefined();
  });

  it('is unknown if the answer is an error or a redirect', async () => {
    expect(await answering((_, response) => response.writeHead(500).end('203.0.113.7'))).toBeUndefined();
    const elsewhere = { location: 'http://127.0.0.1:9/' };
    expect(
      await answering((_, response) => response.writeHead(302, elsewhere).end('203.0.113.7')),
    ).toBeUndefined();
  });

  it('is unknown after two seconds without an answer', async () => {
    const before = performance.now();
    expect(await answering(() => undefined)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(4_000);
  });

  it('is unknown if the connection is refused', async () => {
    const server = createServer();
    const url = await listen(server);
    await stop(server);
    expect(await findAddress(nodeGet, url)).toBeUndefined();
  });
});
