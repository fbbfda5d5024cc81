import type { Exchange } from '../../collector/ports.ts';
import { regionOf } from '../../core/account.ts';
import type { ApiKey } from '../../core/keys.ts';
import type { Region, SigningAlgorithm } from '../../core/regions.ts';
import { createTurns, type Turns } from '../turns.ts';
import type { UpbitAnswer } from './http-answer.ts';
import { requestUpbit, type UpbitHosts } from './request.ts';
import { signToken } from './token.ts';
import { judgeAnswer, judgeBreak, judgeKeyList } from './verdict.ts';

export interface UpbitOptions extends UpbitHosts {
  readonly algorithm: (region: Region) => SigningAlgorithm;
  /** Our egress address if it is fixed: included in the detail when Upbit does not allow it. */
  readonly egressAddress?: string | undefined;
  /** Returns a new UUIDv4 for every call. */
  readonly nonce: () => string;
  /** Waited for before an answer is judged; by default {@link createTurns}. */
  readonly turn?: Turns | undefined;
}

/** The limit of a body after decompression. A normal answer has a few kilobytes. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Upbit's `GET /v1/accounts` and `GET /v1/api_keys`: one call, one verdict. `verdict.ts` judges answers and broken calls
 * alike.
 */
export function createUpbit(options: UpbitOptions): Exchange {
  const { turn = createTurns() } = options;
  return {
    async ask(account, key, timeoutMs, { region = regionOf(account), algorithm } = {}) {
      const token = await sign(options, key, region, algorithm);
      try {
        const answer = await request(options, region, '/v1/accounts', token, timeoutMs);
        await turn();
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
  options: UpbitOptions,
  region: Region,
  path: '/v1/accounts' | '/v1/api_keys',
  token: string,
  timeoutMs: number,
): Promise<UpbitAnswer> {
  const headers = { authorization: `Bearer ${token}` };
  return requestUpbit(options, { region, path, headers, timeoutMs, mostBytes: MAX_BODY_BYTES });
}
