import type { Instant } from '../../core/instant.ts';
import type { Region } from '../../core/regions.ts';
import { VERSION } from '../../core/version.ts';
import { type Fetch, type Reply, readBody } from '../fetch.ts';
import { withTimeOut } from '../time-out.ts';
import type { UpbitAnswer } from './http-answer.ts';

/** How Upbit is reached. */
export interface UpbitHosts {
  readonly fetch: Fetch;
  /** The URL of a region's API, without a path. */
  readonly baseUrl: (region: Region) => string;
  readonly now: () => Instant;
}

/** One GET. */
export interface UpbitRequest {
  readonly region: Region;
  /** With its query. */
  readonly path: string;
  /** Besides those of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** The limit of the body after decompression, in bytes. */
  readonly mostBytes: number;
}

/**
 * Sends one GET to Upbit. It sends no Origin (Upbit limits such calls to one per 10 s), follows no redirect (a token must not
 * leave the host), and ends within its timeout whatever the server does.
 *
 * @throws what the network throws, and DOMException `TimeoutError`.
 */
export function requestUpbit(
  { fetch, baseUrl, now }: UpbitHosts,
  { region, path, headers, timeoutMs, mostBytes }: UpbitRequest,
): Promise<UpbitAnswer> {
  return withTimeOut(timeoutMs, async (signal) => {
    const response = await fetch(baseUrl(region) + path, {
      headers: {
        accept: 'application/json',
        'user-agent': `upbit-balance-snapshots/${VERSION}`,
        ...headers,
      },
      redirect: 'manual',
      signal,
    });
    return {
      status: response.status,
      headersAt: now(),
      date: response.headers.get('date'),
      retryAfter: response.headers.get('retry-after'),
      server: response.headers.get('server'),
      body: await readBodyUnlessBlocked(response, mostBytes),
    };
  });
}

/** The body; undefined if that of a 418 breaks off: the status alone is a block, and must not be lost. */
async function readBodyUnlessBlocked(reply: Reply, mostBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await readBody(reply, mostBytes);
  } catch (error) {
    if (reply.status === 418) return undefined;
    throw error;
  }
}
