import { createServer, type IncomingMessage } from 'node:http';
import { formatSecond, HOUR, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { isRegion, type Region, type SigningAlgorithm } from '../../lambda/core/regions.ts';
import { listen, stop } from './http-server.ts';
import { RateLimit } from './rate-limit.ts';
import { SimulatedTicker, type TickerCall, type TickerScript, tradedQuotes } from './simulated-ticker.ts';
import { type Delivery, deliver, faulty } from './upbit-delivery.ts';
import { type Answer, blocked, FAULTS, type Fault } from './upbit-faults.ts';
import { parseToken, type Token } from './upbit-token.ts';

/** One line of the answer of `GET /v1/accounts`: global-docs.upbit.com/reference/overall-account-inquiry */
export interface BalanceLine {
  readonly currency: string;
  readonly balance: string;
  readonly locked: string;
  readonly avg_buy_price: string;
  readonly avg_buy_price_modified: boolean;
  readonly unit_currency: string;
}

/** An account of the simulation. */
export interface SimulatedAccount {
  readonly region: Region;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly balances: (now: Instant) => readonly BalanceLine[];
  /** When the key expires, for `GET /v1/api_keys`; decades ahead by default. */
  readonly expiresAt?: Instant;
}

/** The paths that need a token. */
type Path = 'v1/accounts' | 'v1/api_keys';

/** The public path. */
const TICKER = 'v1/ticker/all';

/** One call with a key that exists. */
export interface Call {
  readonly path: Path;
  readonly region: Region;
  readonly accessKey: string;
  readonly at: Instant;
  /** The number of this call among those with this key, from 1. */
  readonly count: number;
  /** The call's token. */
  readonly token: string;
}

export interface SimulatedUpbitOptions {
  /** The clock for its `Date`, its limits and its balances. */
  readonly now: () => Instant;
  readonly accounts?: readonly SimulatedAccount[];
  /** The algorithm it accepts; HS256 by default. */
  readonly algorithm?: SigningAlgorithm;
  /** The sites that list when keys expire; by default only Korea's, the only one to document it. */
  readonly listsKeys?: readonly Region[];
  /** What the ticker says; by default, no market exists. */
  readonly prices?: TickerScript['prices'];
}

const YEARS_AHEAD = Date.UTC(2099, 0, 1);

/** A running simulated Upbit. */
export interface SimulatedUpbit extends TickerScript {
  /** Contains `{region}`, as the collector's `UPBIT_API_URL` requires. */
  readonly url: string;
  /** The accounts by access key; they may change while it runs. */
  readonly accounts: Map<string, SimulatedAccount>;
  /** Decides whether a call with a valid token fails, and how. */
  fault: (call: Call) => Fault | undefined;
  /** All calls with a key that exists, in order. */
  readonly calls: readonly Call[];
  /** All calls of the ticker, in order. */
  readonly tickerCalls: readonly TickerCall[];
  close(): Promise<void>;
}

/**
 * Starts a simulated Upbit over HTTP on a free port of this machine: `GET /{region}/v1/accounts`, on some sites
 * `GET /{region}/v1/api_keys`, and without a token `GET /{region}/v1/ticker/all` ({@link SimulatedTicker}). It checks the
 * token as documented (algorithm, signature, claims, each nonce only once, a key only on its own region's site), limits an
 * account to 30 calls a second over its paths, and sends `Remaining-Req`. All its data is made up.
 */
export async function startSimulatedUpbit(options: SimulatedUpbitOptions): Promise<SimulatedUpbit> {
  const { now, algorithm = 'HS256', listsKeys = ['kr'] } = options;
  const accounts = new Map((options.accounts ?? []).map((account) => [account.accessKey, account]));
  const calls: Call[] = [];
  const counts = new Map<string, number>();
  const limits = new Map<string, RateLimit>();
  const nonces = new Set<string>();
  const ticker = new SimulatedTicker(now);
  let lastWithOrigin = Number.NEGATIVE_INFINITY;

  function judge(request: IncomingMessage): Answer | Delivery {
    const route = routeOf(request, listsKeys);
    if (route === undefined) return FAULTS.notFound;
    const { path, region, query } = route;
    const { origin, authorization } = request.headers;
    if (origin !== undefined) {
      if (now() - lastWithOrigin < 10 * SECOND) return FAULTS.tooManyRequestsText;
      lastWithOrigin = now();
    }
    if (path !== TICKER) {
      const caller = authenticate(path, region, authorization);
      return 'token' in caller ? judgeCaller(caller) : caller;
    }
    const address = request.socket.remoteAddress ?? '';
    const accepts = String(request.headers['accept-encoding'] ?? '');
    const authorized = authorization !== undefined;
    return ticker.judge({ region, query, address, accepts, authorized }, upbit);
  }

  /** The caller, or the refusal of a call that does not count. */
  function authenticate(path: Path, region: Region, authorization: string | undefined): Caller | Answer {
    if (authorization === undefined) return FAULTS.noToken;
    const token = parseToken(authorization);
    if (token === undefined) return FAULTS.jwtVerification;
    const account = accounts.get(token.accessKey);
    return account?.region === region ? { path, account, token } : FAULTS.invalidAccessKey;
  }

  function judgeCaller({ path, account, token }: Caller): Answer | Delivery {
    const { region, accessKey, secretKey } = account;
    const count = (counts.get(accessKey) ?? 0) + 1;
    const call: Call = { path, region, accessKey, at: now(), count, token: token.text };
    counts.set(accessKey, call.count);
    calls.push(call);
    if (!token.isSignedWith(secretKey, algorithm)) return FAULTS.jwtVerification;
    if (nonces.has(token.nonce)) return FAULTS.nonceUsed;
    nonces.add(token.nonce);

    const limit = limits.get(accessKey) ?? new RateLimit();
    limits.set(accessKey, limit);
    const admission = limit.admit(now());
    if (admission.kind === 'limited') return FAULTS.tooManyRequests;
    if (admission.kind === 'blocked') return blocked(admission.seconds);
    const list = path === 'v1/accounts' ? account.balances(now()) : [keyLine(account)];
    return faulty(listing(list, admission.left), upbit.fault(call));
  }

  const server = createServer((request, response) => {
    const judged = judge(request);
    const delivery = 'status' in judged ? { answer: judged, flaw: undefined } : judged;
    void deliver(response, delivery, new Date(now()).toUTCString());
  });
  const endpoint = await listen(server);
  const upbit: SimulatedUpbit = {
    url: `${endpoint}/{region}`,
    accounts,
    fault: () => undefined,
    calls,
    prices: options.prices ?? (() => []),
    quotes: tradedQuotes,
    tickerFault: () => undefined,
    tickerCalls: ticker.calls,
    close: () => stop(server),
  };
  return upbit;
}

/** A call with a key that exists on this site. */
interface Caller {
  readonly path: Path;
  readonly account: SimulatedAccount;
  readonly token: Token;
}

/** Where a request goes. */
interface Route {
  readonly region: Region;
  readonly path: Path | typeof TICKER;
  readonly query: string;
}

/** The route of a request; undefined if there is none. Only the ticker takes a query. */
function routeOf({ method, url = '' }: IncomingMessage, listsKeys: readonly Region[]): Route | undefined {
  const [, region = '', ...rest] = url.split('/');
  const [path = '', query] = rest.join('/').split('?', 2);
  if (method !== 'GET' || !isRegion(region)) return undefined;
  if (path === TICKER) return { region, path, query: query ?? '' };
  if (query !== undefined || !isPath(path)) return undefined;
  return path === 'v1/api_keys' && !listsKeys.includes(region) ? undefined : { region, path, query: '' };
}

function isPath(text: string): text is Path {
  return text === 'v1/accounts' || text === 'v1/api_keys';
}

/** A line of `GET /v1/api_keys`, in Korean time on every site: docs.upbit.com/kr/reference/list-api-keys */
function keyLine({ accessKey, expiresAt = YEARS_AHEAD }: SimulatedAccount) {
  return {
    access_key: accessKey,
    expire_at: formatSecond(expiresAt + 9 * HOUR).replace('Z', '+09:00'),
  };
}

function listing(list: readonly object[], callsLeft: number): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'remaining-req': `group=default; min=1800; sec=${callsLeft}`,
    },
    body: JSON.stringify(list),
  };
}
