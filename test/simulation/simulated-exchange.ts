import { RateLimit } from '../../infra/local/rate-limit.ts';
import type { BalanceLine } from '../../infra/local/simulated-upbit.ts';
import type { Answer } from '../../infra/local/upbit-faults.ts';
import { parseToken } from '../../infra/local/upbit-token.ts';
import { CHECK_IP } from '../../lambda/adapters/check-ip.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import type { FailureCode } from '../../lambda/core/failures.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { REGION_IDS, REGIONS, type Region } from '../../lambda/core/regions.ts';
import type { Dice } from './dice.ts';
import { EXCHANGE_FAULTS, type ExchangeFault, type ExchangeFaultName } from './exchange-faults.ts';
import { type Host, never } from './host.ts';
import { balancesAt } from './simulated-balances.ts';
import { SimulatedTicker, TICKER_PATH, type TickerHooks } from './simulated-ticker.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { type Arrival, connectionError, deliver, type ReplyEnd, travel } from './wire.ts';

/** One call that has reached Upbit, or was on its way. */
export interface ExchangeCall {
  /** The account of its key; undefined if Upbit never knew the key. */
  readonly account: AccountName | undefined;
  readonly region: Region;
  readonly path: string;
  readonly at: Instant;
  readonly accessKey: string;
}

/** What a living process has been told. */
export interface ExchangeTold {
  /** The failure code, unless it is a list of balances. */
  readonly code: FailureCode | undefined;
  readonly fault: ExchangeFaultName | undefined;
  /** False if the call itself was wrong, or blocked. */
  readonly isPlanned: boolean;
  readonly lines: readonly BalanceLine[] | undefined;
  /** How long Upbit has blocked calls, and whose. */
  readonly block?: { readonly milliseconds: number; readonly whom: 'account' | 'address' };
  /** The minimum wait after a 429. */
  readonly wait?: number;
}

/** A key pair that Upbit knows. */
export interface KnownKey {
  readonly account: AccountName;
  readonly region: Region;
  readonly secretKey: string;
  isDeleted: boolean;
}

export interface SimulatedExchangeOptions {
  readonly ticker: TickerHooks;
  readonly clock: VirtualClock;
  readonly dice: Dice;
  /** How a call for an account fails now. */
  readonly fault: (account: AccountName, region: Region) => ExchangeFaultName | undefined;
  /** How far Upbit's clock is ahead. */
  readonly ahead: number;
  readonly asked: (call: ExchangeCall, host: Host) => void;
  readonly told: (call: ExchangeCall, told: ExchangeTold, host: Host) => void;
}

const BLOCKS: Readonly<Partial<Record<ExchangeFaultName, ExchangeTold['block']>>> = {
  accountBlocked: { milliseconds: 2 * MINUTE, whom: 'account' },
  addressBlocked: { milliseconds: 2 * MINUTE, whom: 'address' },
  blockedUnreadably: { milliseconds: 15 * MINUTE, whom: 'account' },
  blockedAmongNumbers: { milliseconds: 30 * MINUTE, whom: 'account' },
};

const WAITS: Readonly<Partial<Record<ExchangeFaultName, number>>> = {
  tooManyRequests: SECOND,
  tooManyRequestsText: SECOND,
  tooManyRequestsRetryAfter: 10 * SECOND,
};

const PATHS = ['/v1/accounts', '/v1/api_keys'];

/** The result of a call. */
interface Reply {
  readonly answer: Answer;
  readonly told: ExchangeTold;
  /** How its body arrives, if not at once. */
  readonly body?: Arrival;
}

/**
 * All of Upbit's sites, as a network: tokens are decoded and checked, nonces are accepted once, calls are
 * counted and limited, balances change with every call, and faults happen as planned.
 */
export class SimulatedExchange {
  readonly keys = new Map<string, KnownKey>();
  readonly #options: SimulatedExchangeOptions;
  readonly #nonces = new Set<string>();
  readonly #limits = new Map<AccountName, RateLimit>();
  readonly #blockedUntil = new Map<AccountName | Region, Instant>();
  readonly #counts = new Map<AccountName, number>();
  readonly #ticker: SimulatedTicker;

  constructor(options: SimulatedExchangeOptions) {
    this.#options = options;
    this.#ticker = new SimulatedTicker(options);
  }

  /** Node's fetch, for one process. */
  fetch(host: Host): (url: string, init: RequestInit) => Promise<Response> {
    return (url, init) => (url === CHECK_IP ? this.#address(host) : this.#ask(host, url, init));
  }

  #address(host: Host): Promise<Response> {
    return host.begins('checkip') ? Promise.resolve(new Response('203.0.113.7\n')) : never();
  }

  #ask(host: Host, url: string, init: RequestInit): Promise<Response> {
    const { origin, pathname, search } = new URL(url);
    const region = REGION_IDS.find((id) => REGIONS[id].baseUrl === origin);
    if (region !== undefined && pathname === TICKER_PATH) return this.#ticker.ask(host, region, search, init);
    if (!host.begins('fetch')) return never();
    const { clock, dice, asked, told } = this.#options;
    if (region === undefined || !PATHS.includes(pathname)) throw new Error(`a call of ${url}`);
    const token = parseToken(new Headers(init.headers).get('authorization') ?? '');
    const accessKey = token?.accessKey ?? '';
    const account = this.keys.get(accessKey)?.account;
    const call: ExchangeCall = { account, region, path: pathname, at: clock.now(), accessKey };
    asked(call, host);
    const about = `upbit ${account} ${region}${pathname} ${clock.now()}`;
    const fault = account === undefined ? undefined : this.#options.fault(account, region);
    const latency = dice.chance(0.06, `${about} slow`)
      ? dice.between(500, 4_900, about)
      : dice.between(8, 250, about);
    const signal = init.signal ?? undefined;
    return travel({
      clock,
      host,
      what: 'fetch',
      signal,
      latency: fault === 'silence' ? undefined : latency,
      timedOut: () => told(call, { code: 'upbit.timeout', fault, isPlanned: true, lines: undefined }, host),
      arrive: () => {
        const broken = connectionError(fault);
        if (broken === undefined || fault === undefined) {
          const reply = this.#reply(call, token, fault, about);
          return () => this.#response(reply, call, host, signal);
        }
        return () => {
          told(call, { code: EXCHANGE_FAULTS[fault].code, fault, isPlanned: true, lines: undefined }, host);
          return broken;
        };
      },
    });
  }

  /** Upbit's answer to a call that has arrived. */
  #reply(
    call: ExchangeCall,
    token: ReturnType<typeof parseToken>,
    fault: ExchangeFaultName | undefined,
    about: string,
  ): Reply {
    const { clock, dice } = this.#options;
    const key = this.keys.get(call.accessKey);
    if (token === undefined) return this.#refuse('noToken', call);
    if (key === undefined || key.isDeleted || key.region !== call.region)
      return this.#refuse('invalidAccessKey', call);
    if (!token.isSignedWith(key.secretKey, 'HS256')) return this.#refuse('jwtVerification', call);
    if (this.#nonces.has(token.nonce)) return this.#refuse('nonceUsed', call);
    this.#nonces.add(token.nonce);
    const { account, region } = key;
    const until = Math.max(this.#blockedUntil.get(account) ?? 0, this.#blockedUntil.get(region) ?? 0);
    if (until > clock.now()) return this.#refuse('accountBlocked', call);
    const limit = this.#limits.get(account) ?? new RateLimit();
    this.#limits.set(account, limit);
    const admission = limit.admit(clock.now());
    if (admission.kind === 'limited') return this.#refuse('tooManyRequests', call);
    if (admission.kind === 'blocked') return this.#refuse('accountBlocked', call);
    const body = fault === 'drip' || fault === 'truncate' ? fault : undefined;
    if (fault !== undefined && body === undefined) return this.#refuse(fault, call, true);
    if (call.path === '/v1/api_keys') return this.#keyList(call);
    const count = (this.#counts.get(account) ?? 0) + 1;
    this.#counts.set(account, count);
    const lines = balancesAt(dice, region, account, count);
    const answer = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(lines),
    };
    if (body !== undefined)
      return {
        answer,
        told: { code: EXCHANGE_FAULTS[body].code, fault: body, isPlanned: true, lines: undefined },
        body,
      };
    const told = { code: undefined, fault: undefined, isPlanned: false, lines };
    return dice.chance(0.03, `${about} late body`) ? { answer, told, body: 'late' } : { answer, told };
  }

  #refuse(fault: ExchangeFaultName, { account, region }: ExchangeCall, isPlanned = false): Reply {
    const { code, answer = { status: 500 } }: ExchangeFault = EXCHANGE_FAULTS[fault];
    const block = BLOCKS[fault];
    const wait = WAITS[fault];
    if (block !== undefined && account !== undefined)
      this.#blockedUntil.set(
        block.whom === 'address' ? region : account,
        this.#options.clock.now() + block.milliseconds,
      );
    const told = {
      code,
      fault,
      isPlanned,
      lines: undefined,
      ...(block === undefined ? {} : { block }),
      ...(wait === undefined ? {} : { wait }),
    };
    return { answer, told };
  }

  /** Only Korea's site says when keys expire: docs.upbit.com/kr/reference/list-api-keys */
  #keyList(call: ExchangeCall): Reply {
    if (call.region !== 'kr') return this.#refuse('notFound', call, true);
    const expire_at = `${new Date(this.#options.clock.now() + 9 * HOUR).toISOString().slice(0, 19)}+09:00`;
    const body = JSON.stringify([{ access_key: call.accessKey, expire_at }]);
    return {
      answer: { status: 200, body },
      told: { code: undefined, fault: undefined, isPlanned: false, lines: undefined },
    };
  }

  #response(
    { answer, told, body }: Reply,
    call: ExchangeCall,
    host: Host,
    signal: AbortSignal | undefined,
  ): Response {
    const { clock, ahead } = this.#options;
    const date = new Date(clock.now() + ahead).toUTCString();
    const ended = (how: ReplyEnd) =>
      this.#options.told(
        call,
        how === 'timed out' ? { ...told, code: 'upbit.timeout', lines: undefined } : told,
        host,
      );
    return deliver({ clock, host, what: 'body', signal, answer, date, arrival: body, ended });
  }
}
