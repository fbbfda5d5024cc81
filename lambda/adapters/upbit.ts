import { regionOf } from '../core/account.ts';
import type { Instant } from '../core/instant.ts';
import type { Region, SigningAlgorithm } from '../core/regions.ts';
import { VERSION } from '../core/version.ts';
import type { Exchange } from '../ports.ts';
import { withTimeOut } from './time-out.ts';
import { signToken } from './token.ts';
import { judgeAnswer, judgeBreak, type UpbitAnswer } from './upbit-verdict.ts';

/** The one way this program uses fetch. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface UpbitOptions {
  readonly fetch: Fetch;
  /** Where a region's API answers, without a path. */
  readonly baseUrl: (region: Region) => string;
  readonly algorithm: (region: Region) => SigningAlgorithm;
  /** The address that calls come from, where it is a fixed one: a refusal of it names it. */
  readonly egressAddress?: string | undefined;
  /** A new UUIDv4 at every call. */
  readonly nonce: () => string;
  readonly now: () => Instant;
}

/** A body is cut off here, counted after decompression. An ordinary answer has a few kilobytes. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Upbit's `GET /v1/accounts`: one call, one verdict. The call carries no Origin (Upbit limits such calls to one per
 * 10 s), follows no redirect (the token must not leave the host), and ends within its time whatever the other side
 * does; a broken call is judged by `upbit-verdict.ts` as an answer is.
 */
export function createUpbit(options: UpbitOptions): Exchange {
  return {
    async ask(account, key, timeoutMs) {
      const region = regionOf(account);
      const token = await signToken(key, options.nonce(), options.algorithm(region));
      try {
        const url = `${options.baseUrl(region)}/v1/accounts`;
        const answer = await withTimeOut(timeoutMs, (signal) => request(options.fetch, url, token, signal));
        // The token's middle part is the access key in another alphabet.
        const secrets = [key.accessKey, key.secretKey, ...token.split('.').slice(1)];
        return judgeAnswer(answer, options.now(), secrets, options.egressAddress);
      } catch (error) {
        return judgeBreak(error);
      }
    },
  };
}

async function request(fetch: Fetch, url: string, token: string, signal: AbortSignal): Promise<UpbitAnswer> {
  const response = await fetch(url, {
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'user-agent': `upbit-balance-snapshots/${VERSION}`,
    },
    redirect: 'manual',
    signal,
  });
  return {
    status: response.status,
    date: response.headers.get('date'),
    retryAfter: response.headers.get('retry-after'),
    body: await readBody(response),
  };
}

/** The body's bytes, or undefined where they are too many; what is left of it is then not fetched. */
async function readBody(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
