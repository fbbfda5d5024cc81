import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { SECOND } from '../core/instant.ts';
import type { Fetch } from './fetch.ts';

/** An idle connection is kept for so long: calls of one run share it, and the next run finds none that died meanwhile. */
const IDLE = 4 * SECOND;

type Connect = (url: URL, options: RequestOptions) => ReturnType<typeof requestHttps>;

const overTls = new Agent({ keepAlive: true, timeout: IDLE });
const secure: Connect = (url, options) => requestHttps(url, { ...options, agent: overTls });

/**
 * {@link Fetch} by Node's own HTTP client, with keep-alive. Unlike the platform's fetch it loads no second client: that
 * one costs a cold start 25 ms of processor time, and each call 0.4 ms.
 *
 * Rejects with the network's own error and its code, or one without a code where there is no answer and no error; once
 * `signal` is aborted, with its reason, also in the middle of the body.
 */
export const nodeGet: Fetch = async (url, { headers = {}, signal }) => {
  const target = new URL(url);
  const connect = target.protocol === 'https:' ? secure : await plain();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
    connect(target, { headers, signal })
      .once('response', resolve)
      // Not once: an error may follow the response, and one that nobody hears ends the process.
      .on('error', fail)
      // A switch of protocols (101) that nobody asked for ends the connection without a response, or an error.
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
};

/**
 * Only tests and local parts speak without TLS. Imported at the top, this would load the platform's fetch after all: a
 * module has all that `node:http` exports ready, and some of that is in there.
 */
const plain = once(async (): Promise<Connect> => {
  const { Agent: PlainAgent, request } = await import('node:http');
  const agent = new PlainAgent({ keepAlive: true, timeout: IDLE });
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

/** Nobody is asked to compress, but a gateway may do so all the same. */
async function decompressed(response: IncomingMessage): Promise<Readable> {
  const encoding = response.headers['content-encoding']?.toLowerCase();
  if (encoding === undefined || isBodiless(response)) return response;
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  const decompressors = new Map([
    ['gzip', createGunzip],
    ['deflate', createInflate],
    ['br', createBrotliDecompress],
  ]);
  const decompressor = decompressors.get(encoding)?.();
  // What breaks at either end is thrown where the other is read.
  return decompressor === undefined ? response : pipeline(response, decompressor, () => undefined);
}

/** Nothing is no compressed text either: a decompressor would call it cut off. */
function isBodiless({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
}
