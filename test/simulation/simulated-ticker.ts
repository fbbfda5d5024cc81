import { type Answer, upbitError } from '../../infra/local/upbit-faults.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Dice } from './dice.ts';
import { type Host, never, PRICE_STEPS } from './host.ts';
import { type PriceRow, pricesAt } from './simulated-prices.ts';
import { TICKER_FAULTS, type TickerFault, type TickerFaultName } from './ticker-faults.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { type Arrival, connectionError, deliver, travel } from './wire.ts';

/** Where Upbit tells the last trades of every market of some quote currencies, to anyone. */
export const TICKER_PATH = '/v1/ticker/all';

/** One call of the public ticker. */
export interface TickerCall {
  readonly region: Region;
  readonly quotes: readonly string[];
  readonly at: Instant;
  /** Its query and headers, as text. */
  readonly text: string;
  readonly isSigned: boolean;
}

/** What a living process has been told. */
export interface TickerTold {
  readonly fault: TickerFaultName | 'untradedQuote' | undefined;
  /** Absent if it is not a list of prices. */
  readonly rows?: readonly PriceRow[];
  /** How long this address is blocked, in milliseconds. */
  readonly block?: number;
  /** The least wait that it asks for, in milliseconds. */
  readonly wait?: number;
  /** The caller stopped waiting. */
  readonly isTimedOut?: true;
}

/** What the ticker needs from the world. */
export interface TickerHooks {
  /** How a call fails now. */
  readonly fault: (region: Region) => TickerFaultName | undefined;
  /** The quotes in which the region trades nothing now: one of them fails the whole call. */
  readonly untraded: (region: Region) => readonly string[];
  readonly asked: (call: TickerCall, host: Host) => void;
  readonly told: (call: TickerCall, told: TickerTold, host: Host) => void;
}

interface TickerOptions {
  readonly ticker: TickerHooks;
  readonly clock: VirtualClock;
  readonly dice: Dice;
  /** How far Upbit's clock is ahead. */
  readonly ahead: number;
}

/** How many calls of a region one address may make a second: global-docs.upbit.com/reference/rate-limits */
const CALLS_PER_SECOND = 10;

/** What the ticker answers to one call. */
interface Reply {
  readonly answer: Answer;
  readonly told: TickerTold;
  readonly arrival?: Arrival;
}

/** The public ticker of every site of Upbit. Its calls are limited by address: every process has the same. */
export class SimulatedTicker {
  readonly #options: TickerOptions;
  readonly #times = new Map<Region, readonly Instant[]>();
  readonly #blockedUntil = new Map<Region, Instant>();

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Node's fetch of {@link TICKER_PATH}. */
  ask(host: Host, region: Region, query: string, { headers, signal }: RequestInit): Promise<Response> {
    if (!host.begins(PRICE_STEPS.ask)) return never();
    const { clock, dice, ahead, ticker } = this.#options;
    const sent = new Headers(headers);
    const call: TickerCall = {
      region,
      quotes: (new URLSearchParams(query).get('quote_currencies') ?? '').split(','),
      at: clock.now(),
      text: `${query} ${JSON.stringify([...sent])}`,
      isSigned: sent.has('authorization'),
    };
    ticker.asked(call, host);
    const about = `ticker call ${region} ${call.quotes} ${clock.now()}`;
    const fault = ticker.fault(region);
    const isSlow = fault === 'slow' || dice.chance(0.05, `${about} slow`);
    const latency = isSlow ? dice.between(500, 6_500, about) : dice.between(8, 250, about);
    const connection = { clock, host, what: PRICE_STEPS.ask, signal: signal ?? undefined };
    const timedOut = () => ticker.told(call, { fault: fault ?? 'slow', isTimedOut: true }, host);
    return travel({
      ...connection,
      latency: fault === 'silence' ? undefined : latency,
      timedOut,
      arrive: () => {
        const broken = connectionError(fault);
        if (broken !== undefined)
          return () => {
            ticker.told(call, { fault }, host);
            return broken;
          };
        const { answer, told, arrival } = this.#reply(call, fault, about);
        const date = new Date(clock.now() + ahead).toUTCString();
        return () =>
          deliver({
            ...connection,
            answer,
            date,
            arrival,
            ended: (how) => (how === 'timed out' ? timedOut() : ticker.told(call, told, host)),
          });
      },
    });
  }

  #reply({ region, quotes }: TickerCall, fault: TickerFaultName | undefined, about: string): Reply {
    const { clock, dice, ahead, ticker } = this.#options;
    const now = clock.now();
    if ((this.#blockedUntil.get(region) ?? 0) > now) return this.#refuse('addressBlocked', region);
    const recent = (this.#times.get(region) ?? []).filter((time) => time > now - SECOND);
    this.#times.set(region, [...recent, now]);
    if (recent.length >= CALLS_PER_SECOND) return this.#refuse('tooManyRequests', region);
    const { answer, flaw }: TickerFault = fault === undefined ? {} : TICKER_FAULTS[fault];
    if (fault !== undefined && answer !== undefined) return this.#refuse(fault, region);
    if (ticker.untraded(region).some((quote) => quotes.includes(quote)))
      return { answer: upbitError(404, 404, 'Code not found'), told: { fault: 'untradedQuote' } };
    const rows = pricesAt(dice, region, quotes, now + ahead, flaw);
    const good: Answer = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `[${rows.map(({ json }) => json).join()}]`,
    };
    if (fault === 'drip' || fault === 'truncate') return { answer: good, told: { fault }, arrival: fault };
    const told = { fault, rows };
    return dice.chance(0.03, `${about} late body`)
      ? { answer: good, told, arrival: 'late' }
      : { answer: good, told };
  }

  #refuse(fault: TickerFaultName, region: Region): Reply {
    const { answer = { status: 500 }, block, wait }: TickerFault = TICKER_FAULTS[fault];
    if (block !== undefined) this.#blockedUntil.set(region, this.#options.clock.now() + block);
    const told: TickerTold = {
      fault,
      ...(fault === 'emptyList' ? { rows: [] } : {}),
      ...(block === undefined ? {} : { block }),
      ...(wait === undefined ? {} : { wait }),
    };
    return { answer, told };
  }
}
