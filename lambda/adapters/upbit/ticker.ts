import type { Ticker } from '../../collector/ports.ts';
import { requestUpbit, type UpbitHosts } from './request.ts';
import { judgeBreak, judgeTicker } from './verdict.ts';

/** The limit of a body after decompression. Korea lists some 600 markets, at about 900 bytes each. */
const MAX_BODY_BYTES = 2_000_000;

/**
 * Upbit's public `GET /v1/ticker/all`, without a key: one call, one verdict.
 * global-docs.upbit.com/reference/list-quote-tickers
 */
export function createTicker(hosts: UpbitHosts): Ticker {
  return {
    async ask(region, quotes, timeoutMs) {
      try {
        const answer = await requestUpbit(hosts, {
          region,
          path: `/v1/ticker/all?quote_currencies=${quotes.join(',')}`,
          // Upbit compresses the answers of public calls.
          headers: { 'accept-encoding': 'gzip' },
          timeoutMs,
          mostBytes: MAX_BODY_BYTES,
        });
        return judgeTicker(answer, hosts.now(), quotes);
      } catch (error) {
        return judgeBreak(error);
      }
    },
  };
}
