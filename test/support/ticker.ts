import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { listen, stop } from '../../infra/local/http-server.ts';
import type { Fetch } from '../../lambda/adapters/fetch.ts';
import { nodeGet } from '../../lambda/adapters/node-get.ts';
import type { Ticker } from '../../lambda/collector/ports.ts';
import { parseDecimal } from '../../lambda/core/decimal.ts';
import type { Prices } from '../../lambda/core/prices.ts';
import type { TickerVerdict } from '../../lambda/core/verdict.ts';
import { SLOT } from './memory-parts.ts';

/** One row of the ticker as JSON text, with the fields around the price that Upbit sends. */
export function tickerRow(market: string, price: string, tradedAt = String(SLOT)): string {
  return `{"market":${JSON.stringify(market)},"trade_date":"20261122","trade_time":"060000","trade_timestamp":${tradedAt},"opening_price":1.5,"trade_price":${price},"change":"EVEN","trade_volume":0.25,"timestamp":${SLOT}}`;
}

/** The whole answer, by market. */
export function tickerBody(prices: Readonly<Record<string, string>>): string {
  return `[${Object.entries(prices)
    .map(([market, price]) => tickerRow(market, price))
    .join(',')}]`;
}

/** The verdict on an answer with these prices. */
export function quoted(prices: Readonly<Record<string, string>>, refused = 0): TickerVerdict {
  return { kind: 'prices', prices: pricesOf(prices), refused };
}

/** Last trades at the slot. */
export function pricesOf(prices: Readonly<Record<string, string>>): Prices {
  return new Map(
    Object.entries(prices).map(([market, text]) => {
      const { value: price, problem } = parseDecimal(text);
      if (price === undefined) throw new RangeError(`${text} ${problem}`);
      return [market, { price, tradedAt: SLOT }];
    }),
  );
}

/** A call of the ticker. */
export interface TickerCall {
  readonly region: string;
  readonly quotes: readonly string[];
  readonly timeoutMs: number;
}

/** A ticker that notes its calls and answers them by a script: the n-th call from 1. */
export function scriptedTicker(
  script: (call: TickerCall, nth: number) => TickerVerdict | Promise<TickerVerdict>,
): Ticker & { readonly calls: readonly TickerCall[] } {
  const calls: TickerCall[] = [];
  return {
    calls,
    ask: async (region, quotes, timeoutMs) => {
      const call = { region, quotes, timeoutMs };
      calls.push(call);
      return await script(call, calls.length);
    },
  };
}

/** A request that reached the ticker's server. */
export interface TickerRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A server of the public ticker. */
export interface TickerServer {
  readonly url: string;
  readonly requests: readonly TickerRequest[];
  answer: RequestListener;
  /** The network as it is, except that calls of the ticker reach this server. */
  readonly fetch: Fetch;
  close(): Promise<void>;
}

/** Starts a ticker on a free port of this machine. */
export async function startTicker(answer: RequestListener): Promise<TickerServer> {
  const requests: TickerRequest[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, url, headers });
    ticker.answer(request, response);
  });
  const url = await listen(server);
  const ticker: TickerServer = {
    url,
    requests,
    answer,
    fetch: (target, init) => {
      const { pathname, search } = new URL(target);
      return nodeGet(pathname.includes('/v1/ticker/') ? url + pathname + search : target, init);
    },
    close: () => stop(server),
  };
  return ticker;
}
