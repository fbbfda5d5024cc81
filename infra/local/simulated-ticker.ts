import { gzipSync } from 'node:zlib';
import type { Instant } from '../../lambda/core/instant.ts';
import { partsOf } from '../../lambda/core/prices.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import { PUBLIC_CALLS_PER_SECOND, RateLimit } from './rate-limit.ts';
import { type MarketPrice, tickerRow } from './ticker-row.ts';
import { type Delivery, faulty } from './upbit-delivery.ts';
import { type Answer, type Fault, upbitError } from './upbit-faults.ts';

/** One call of the public ticker. */
export interface TickerCall {
  readonly region: Region;
  /** The quote currencies asked for, as sent; empty if the parameter is missing. */
  readonly quotes: readonly string[];
  readonly at: Instant;
  /** The number of this call among those to this region, from 1. */
  readonly count: number;
  /** Whether it carried an `Authorization` header, which no public call needs. */
  readonly authorized: boolean;
}

/** What the ticker says; may change while it runs. */
export interface TickerScript {
  /** The last trades of the markets of a region. */
  prices: (region: Region, now: Instant) => readonly MarketPrice[];
  /** The quote currencies in which a region trades. */
  quotes: (region: Region) => readonly string[];
  /** Decides whether a call that would be answered fails, and how. */
  tickerFault: (call: TickerCall) => Fault | undefined;
}

/** One HTTP request for the ticker. */
export interface TickerRequest {
  readonly region: Region;
  /** `quote_currencies=SGD,USDT,BTC` */
  readonly query: string;
  /** Where it comes from. */
  readonly address: string;
  readonly authorized: boolean;
  /** The `Accept-Encoding` header. */
  readonly accepts: string;
}

/** The quote currencies of each region's markets: its fiat currency, USDT and BTC. */
export function tradedQuotes(region: Region): readonly string[] {
  return [REGIONS[region].fiat, 'USDT', 'BTC'];
}

const PARAMETER = 'quote_currencies';

/**
 * `GET /v1/ticker/all`: the last trades of all markets quoted in the given currencies, without a token. An address has 10
 * calls a second on each region's site. One quote currency in which the region does not trade fails the whole call. The
 * names of errors are numbers. The answer is compressed if the caller accepts gzip.
 */
export class SimulatedTicker {
  readonly calls: TickerCall[] = [];
  readonly #now: () => Instant;
  readonly #counts = new Map<Region, number>();
  readonly #limits = new Map<string, RateLimit>();

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** Counts the call, and decides what it gets. */
  judge({ region, query, address, authorized, accepts }: TickerRequest, script: TickerScript): Delivery {
    const now = this.#now();
    const parameter = new URLSearchParams(query).get(PARAMETER) ?? '';
    const quotes = parameter === '' ? [] : parameter.split(',');
    const count = (this.#counts.get(region) ?? 0) + 1;
    const call: TickerCall = { region, quotes, at: now, count, authorized };
    this.#counts.set(region, count);
    this.calls.push(call);

    const admission = this.#limit(`${region} ${address}`).admit(now);
    if (admission.kind === 'limited') return refused(429, 'Too many API requests.');
    if (admission.kind === 'blocked')
      return refused(418, `This IP is blocked for ${admission.seconds} seconds.`);
    if (quotes.length === 0) return refused(400, `Missing request parameter: ${PARAMETER}`);
    const traded = script.quotes(region);
    if (!quotes.every((quote) => traded.includes(quote))) return refused(404, 'Code not found');
    const prices = script.prices(region, now).filter(({ market }) => quotes.includes(partsOf(market).quote));
    return faulty(listing(prices, admission.left, accepts), script.tickerFault(call));
  }

  #limit(caller: string): RateLimit {
    const limit = this.#limits.get(caller) ?? new RateLimit(PUBLIC_CALLS_PER_SECOND);
    this.#limits.set(caller, limit);
    return limit;
  }
}

function refused(status: number, message: string): Delivery {
  return { answer: upbitError(status, status, message), flaw: undefined };
}

function listing(prices: readonly MarketPrice[], callsLeft: number, accepts: string): Answer {
  const text = `[${prices.map(tickerRow).join(',')}]`;
  const isCompressed = /\bgzip\b/.test(accepts);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'remaining-req': `group=ticker; min=600; sec=${callsLeft}`,
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    },
    body: isCompressed ? gzipSync(text, { level: 1 }) : text,
  };
}
