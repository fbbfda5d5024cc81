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
 * Upbit's `GET /v1/accounts` and `GET /v1/api_keys`: one call, one verdict. A call carries no Origin (Upbit limits such
 * calls to one per 10 s), follows no redirect (the token must not leave the host), and ends within its time whatever
 * the other side does; a broken call is judged by `upbit-verdict.ts` as an answer is.
 */
export function createUpbit(options: UpbitOptions): Exchange {
  return {
    async ask(account, key, timeoutMs, { region = regionOf(account), algorithm } = {}) {
      const token = await sign(options, key, region, algorithm);
      try {
        const answer = await request(options, region, '/v1/accounts', token, timeoutMs);
        // The token's middle part is the access key in another alphabet.
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
  { fetch, baseUrl }: UpbitOptions,
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
      date: response.headers.get('date'),
      retryAfter: response.headers.get('retry-after'),
      body: await readWhatCounts(response),
    };
  });
}

/** The body; undefined where that of a 418 breaks: the status alone forbids to ask again, and is not to be lost with it. */
async function readWhatCounts(reply: Reply): Promise<Uint8Array | undefined> {
  try {
    return await readBody(reply, MAX_BODY_BYTES);
  } catch (error) {
    if (reply.status === 418) return undefined;
    throw error;
  }
}
