import { lookup } from 'node:dns';
import type { Agent as ConnectionPool, IncomingMessage, RequestOptions } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { SECOND } from '../core/instant.ts';
import type { Fetch, Reply } from './fetch.ts';
import { shareLookups } from './shared-lookup.ts';

/** How long an idle connection is kept: calls of one run share it, but the next run does not reuse a dead one. */
const IDLE = 4 * SECOND;

type Connect = (url: URL, options: RequestOptions) => ReturnType<typeof requestHttps>;

const sharedLookup = shareLookups(lookup);
const overTls = new Agent({ keepAlive: true, timeout: IDLE, lookup: sharedLookup });

/**
 * {@link Fetch} with Node's own HTTP client and keep-alive. The platform's fetch would load a second client, which costs
 * 25 ms of processor time in a cold start, and 0.4 ms per call.
 *
 * Rejects with the network error and its code, or with an error without a code if there is neither an answer nor an
 * error; once `signal` is aborted, with its reason, even in the middle of the body.
 */
export const nodeGet: Fetch = getThrough(overTls);

/** {@link nodeGet} with other connections for HTTPS, such as those of a proxy. */
export function getThrough(connections: ConnectionPool): Fetch {
  const secure: Connect = (url, options) => requestHttps(url, { ...options, agent: connections });
  return async (url, init) => {
    const target = new URL(url);
    return await get(target, init, target.protocol === 'https:' ? secure : await plain());
  };
}

async function get(
  target: URL,
  { headers = {}, signal }: Parameters<Fetch>[1],
  connect: Connect,
): Promise<Reply> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
    connect(target, { headers, signal })
      .once('response', resolve)
      // Not once: an error may follow the response, and an unhandled one would end the process.
      .on('error', fail)
      // An unrequested protocol switch (101) ends the connection without a response or an error.
      .once('close', () => fail(new Error('the connection ended without an answer')))
      .end();
  });
  return {
    status: response.statusCode ?? 0,
    headers: {
      get: (name) => {
        const value = response.headers[name.toLowerCase()];
        return typeof value === 'string' ? value : null;
      },
    },
    body: readAll(response, signal),
  };
}

/**
 * Only tests and local parts use plain HTTP. A static import would load the platform's fetch after all, because it
 * evaluates everything that `node:http` exports.
 */
const plain = once(async (): Promise<Connect> => {
  const { Agent: PlainAgent, request } = await import('node:http');
  const agent = new PlainAgent({ keepAlive: true, timeout: IDLE, lookup: sharedLookup });
  return (url, options) => request(url, { ...options, agent });
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function* readAll(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* await decompressed(response);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

/**
 * How much a decompressor gives at a time, in bytes. Each piece takes a turn of the event loop, and while 16 accounts are asked
 * on 0.145 of a processor a turn takes 0.3 s: with Node's 16 KB a ticker of 500 KB needed more than its 5 s.
 */
const PIECE = { chunkSize: 256 * 1024 };

/** No honest answer is compressed more often than this. */
const MAX_CODINGS = 3;

/**
 * The body without its codings; empty if one of them is unknown. Only the ticker requests compression, but a gateway may
 * compress anything. Codings are listed in the order they were applied, and `x-gzip` is `gzip`: RFC 9110, sections 8.4 and 8.4.1.
 */
async function decompressed(response: IncomingMessage): Promise<Readable> {
  const codings = (response.headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length === 0 || isBodiless(response)) return response;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const decompressors = new Map([
    ['gzip', createGunzip],
    ['x-gzip', createGunzip],
    ['deflate', createInflate],
    ['br', createBrotliDecompress],
  ]);
  const steps = codings.flatMap((coding) => decompressors.get(coding) ?? []);
  if (steps.length < codings.length || steps.length > MAX_CODINGS) {
    response.destroy();
    return Readable.from([]);
  }
  // An error at either end is thrown where the result is read.
  return steps.reduceRight<Readable>(
    (encoded, step) => pipeline(encoded, step(PIECE), () => undefined),
    response,
  );
}

/** An empty body is not valid compressed data: a decompressor would report it as truncated. */
function isBodiless({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
}
