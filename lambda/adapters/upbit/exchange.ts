import type { Exchange } from '../../collector/ports.ts';
import { regionOf } from '../../core/account.ts';
import type { Instant } from '../../core/instant.ts';
import type { ApiKey } from '../../core/keys.ts';
import type { Region, SigningAlgorithm } from '../../core/regions.ts';
import { VERSION } from '../../core/version.ts';
import { type Fetch, type Reply, readBody } from '../fetch.ts';
import { withTimeOut } from '../time-out.ts';
import type { UpbitAnswer } from './http-answer.ts';
import { signToken } from './token.ts';
import { judgeAnswer, judgeBreak, judgeKeyList } from './verdict.ts';

export interface UpbitOptions {
  readonly fetch: Fetch;
  /** The URL of a region's API, without a path. */
  readonly baseUrl: (region: Region) => string;
  readonly algorithm: (region: Region) => SigningAlgorithm;
  /** Our egress address if it is fixed: included in the detail when Upbit does not allow it. */
  readonly egressAddress?: string | undefined;
  /** Returns a new UUIDv4 for every call. */
  readonly nonce: () => string;
  readonly now: () => Instant;
}

/** The limit of a body after decompression. A normal answer has a few kilobytes. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Upbit's `GET /v1/accounts` and `GET /v1/api_keys`: one call, one verdict. A call sends no Origin (Upbit limits such
 * calls to one per 10 s), follows no redirect (the token must not leave the host), and ends within its timeout whatever
 * the server does. `verdict.ts` judges answers and broken calls alike.
 */
export function createUpbit(options: UpbitOptions): Exchange {
  return {
    async ask(account, key, timeoutMs, { region = regionOf(account), algorithm } = {}) {
      const token = await sign(options, key, region, algorithm);
      try {
        const answer = await request(options, region, '/v1/accounts', token, timeoutMs);
        // The token's middle part is the access key in another encoding.
        const secrets = [key.accessKey, key.secretKey, ...token.split('.').slice(1)];
        return judgeAnswer(answer, options.now(), secrets, options.egressAddress);
      } catch (error) {
        return judgeBreak(error);
      }
    },
    async expiry(account, key, timeoutMs) {
      const region = regionOf(account);
      const token = await sign(options, key, region);
      try {
        const answer = await request(options, region, '/v1/api_keys', token, timeoutMs);
        return judgeKeyList(answer, options.now(), key.accessKey);
      } catch {
        return {};
      }
    },
  };
}

function sign(
  { nonce, algorithm }: UpbitOptions,
  key: ApiKey,
  region: Region,
  chosen = algorithm(region),
): Promise<string> {
  return signToken(key, nonce(), chosen);
}

function request(
  { fetch, baseUrl, now }: UpbitOptions,
  region: Region,
  path: '/v1/accounts' | '/v1/api_keys',
  token: string,
  timeoutMs: number,
): Promise<UpbitAnswer> {
  return withTimeOut(timeoutMs, async (signal) => {
    const response = await fetch(baseUrl(region) + path, {
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
      headersAt: now(),
      date: response.headers.get('date'),
      retryAfter: response.headers.get('retry-after'),
      server: response.headers.get('server'),
      body: await readBodyUnlessBlocked(response),
    };
  });
}

/** The body; undefined if that of a 418 breaks off: the status alone is a block, and must not be lost. */
async function readBodyUnlessBlocked(reply: Reply): Promise<Uint8Array | undefined> {
  try {
    return await readBody(reply, MAX_BODY_BYTES);
  } catch (error) {
    if (reply.status === 418) return undefined;
    throw error;
  }
}
