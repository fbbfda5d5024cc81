import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { readBody } from '../../../lambda/adapters/fetch.ts';
import { nodeGet } from '../../../lambda/adapters/node-get.ts';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((end) => end()));
});

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  running.push(() => stop(server));
  return { server, url: await listen(server) };
}

const LIVING = new AbortController().signal;
const get = (url: string, signal = LIVING) => nodeGet(url, { redirect: 'manual', signal });
const read = async (url: string, signal?: AbortSignal) =>
  new TextDecoder().decode(await readBody(await get(url, signal), 1_000));

describe('a GET by Node’s own client', () => {
  it('sends the given headers, and returns status, headers and body', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(203, { date: 'a date', 'set-cookie': ['a', 'b'] }).end(request.headers['x-asked']);
    });
    const reply = await nodeGet(url, { headers: { 'x-asked': 'yes' }, redirect: 'manual', signal: LIVING });
    expect(reply.status).toBe(203);
    expect(reply.headers.get('date')).toBe('a date');
    expect(reply.headers.get('retry-after')).toBeNull();
    expect(new TextDecoder().decode(await readBody(reply, 1_000))).toBe('yes');
  });

  it('does not request compression, and adds only the headers host and connection', async () => {
    const { url } = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    expect(Object.keys(JSON.parse(await read(url)))).toEqual(['host', 'connection']);
  });

  it('follows no redirect', async () => {
    const asked: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const reply = await get(url);
    await readBody(reply, 0);
    expect(reply.status).toBe(302);
    expect(asked).toEqual(['/']);
  });

  it.each([
    ['gzip', gzipSync('told')],
    ['GZIP', gzipSync('told')],
    ['deflate', deflateSync('told')],
    ['br', brotliCompressSync('told')],
    ['x-gzip', gzipSync('told')],
    ['identity', Buffer.from('told')],
    ['gzip, identity', gzipSync('told')],
    [' , deflate ,gzip', gzipSync(deflateSync('told'))],
    ['gzip, X-GZIP, br', brotliCompressSync(gzipSync(gzipSync('told')))],
    ['', Buffer.from('told')],
  ])('reads a body in %j', async (encoding, body) => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    expect(await read(url)).toBe('told');
  });

  it('undoes a list of codings from the last to the first, also if it is in two headers', async () => {
    const { url } = await serve((_, response) =>
      response
        .writeHead(200, ['content-encoding', 'br', 'content-encoding', 'gzip'])
        .end(gzipSync(brotliCompressSync('told'))),
    );
    expect(await read(url)).toBe('told');
  });

  it.each(['something unknown', 'gzip, something', 'something, gzip', 'gzip, gzip, gzip, gzip'])(
    'gets no body in %j, and ends the connection',
    async (encoding) => {
      let closed: () => void = () => undefined;
      const end = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const { url } = await serve((request, response) => {
        request.socket.once('close', closed);
        response.writeHead(200, { 'content-encoding': encoding }).write('never ends');
      });
      const reply = await get(url);
      expect([reply.status, await readBody(reply, 1_000)]).toEqual([200, Buffer.alloc(0)]);
      await end;
    },
  );

  it.each([
    [204, {}],
    [502, { 'content-length': '0' }],
  ])('reads a missing body declared as gzip as empty: %i', async (status, headers) => {
    const { url } = await serve((_, response) =>
      response.writeHead(status, { 'content-encoding': 'gzip', ...headers }).end(),
    );
    const reply = await get(url);
    expect([reply.status, await readBody(reply, 10)]).toEqual([status, Buffer.alloc(0)]);
    expect(reply.headers.get('Content-Encoding')).toBe('gzip');
  });

  it('counts a body after decompression, and stops reading at the limit', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000_000))),
    );
    expect(await readBody(await get(url), 1_000_000)).toBeUndefined();
  });

  it.each([
    ['is not what it says', gzipSync('told').subarray(1)],
    ['ends too soon', gzipSync('told'.repeat(100)).subarray(0, 20)],
    ['is not what it says inside', gzipSync('told'), 'gzip, gzip'],
    ['ends too soon inside', gzipSync(gzipSync('told'.repeat(100)).subarray(0, 20)), 'gzip, gzip'],
    ['ends too soon outside', gzipSync(gzipSync('told'.repeat(100))).subarray(0, 20), 'gzip, gzip'],
  ])('throws if a compressed body %s', async (_, body, encoding = 'gzip') => {
    const { url } = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    await expect(read(url)).rejects.toMatchObject({ code: expect.stringMatching(/^Z_/) });
  });

  it('throws the network error if the connection is refused', async () => {
    const { server, url } = await serve(() => undefined);
    await stop(server);
    await expect(get(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('throws if the connection breaks before the answer, or in the middle of it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/middle') response.write('to', () => response.destroy());
      else request.socket.destroy();
    });
    await expect(get(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(read(`${url}/middle`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('throws if the answer is an unrequested protocol switch', async () => {
    const { server, url } = await serve(() => undefined);
    server.on('connection', (socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n'),
      ),
    );
    await expect(get(url)).rejects.toThrow('the connection ended without an answer');
  });

  it.each([
    ['before the answer', '/'],
    ['in the middle of it', '/middle'],
    ['in the middle of a compressed one', '/compressed'],
  ])('throws the signal’s reason if it is aborted %s', async (_, path) => {
    const { url } = await serve((request, response) => {
      if (request.url === '/compressed') response.setHeader('content-encoding', 'gzip');
      if (request.url !== '/') response.write('t');
      setTimeout(() => controller.abort(reason), 50);
    });
    const controller = new AbortController();
    const reason = new DOMException('over', 'TimeoutError');
    await expect(read(url + path, controller.signal)).rejects.toBe(reason);
  });

  it('sends nothing if the signal is already aborted', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    await expect(get(url, AbortSignal.abort('over'))).rejects.toBe('over');
    expect(asked).toBe(0);
  });

  it('keeps a connection for the next call, and closes one whose body was not read to the end', async () => {
    const ports: number[] = [];
    const { url } = await serve((request, response) => {
      ports.push((request.socket.address() as AddressInfo).port, request.socket.remotePort ?? 0);
      response.end('x'.repeat(request.url === '/long' ? 1_000_000 : 1));
    });
    await read(url);
    await readBody(await get(`${url}/long`), 1_000);
    await read(url);
    const [, first, , second, , third] = ports;
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('a GET over TLS', () => {
  // dynalite contains a self-signed key and certificate for its own tests.
  const folder = join(dirname(createRequire(import.meta.url).resolve('dynalite/package.json')), 'ssl');
  async function serveTls(listener: RequestListener): Promise<string> {
    const [key, cert] = ['server-key.pem', 'server-crt.pem'].map((name) => readFileSync(join(folder, name)));
    const server = createTlsServer({ key, cert }, listener);
    running.push(() => stop(server as never));
    return (await listen(server as never)).replace('http:', 'https:');
  }
  afterEach(() => vi.unstubAllEnvs());

  it('is sent, on one connection for several calls, if the certificate is accepted', async () => {
    const ports: (number | undefined)[] = [];
    const url = await serveTls((request, response) => {
      ports.push(request.socket.remotePort);
      response.end(request.headers['x-asked']);
    });
    // Read at each connection. This certificate is self-signed, so verification is off for this test only.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    for (const asked of ['one', 'two']) {
      const reply = await nodeGet(url, { headers: { 'x-asked': asked }, redirect: 'manual', signal: LIVING });
      expect(new TextDecoder().decode(await readBody(reply, 1_000))).toBe(asked);
    }
    expect(new Set(ports).size).toBe(1);
  });

  it('is not sent if the certificate is not trusted', async () => {
    let asked = 0;
    const url = await serveTls((_, response) => {
      asked += 1;
      response.end();
    });
    await expect(get(url)).rejects.toMatchObject({
      code: expect.stringMatching(/^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_|ERR_TLS_)/),
    });
    expect(asked).toBe(0);
  });
});
