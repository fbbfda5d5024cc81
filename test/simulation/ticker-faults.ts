import { type Answer, FAULTS, type Fault, upbitError } from '../../infra/local/upbit-faults.ts';

/** How rows of an otherwise good answer are spoilt. */
export type RowFlaw = 'malformed' | 'zero' | 'negative' | 'future' | 'twice';

/** How a call of the public ticker can fail. */
export interface TickerFault {
  /** The false answer; absent if the connection fails, or the answer's body, or only rows of it. */
  readonly answer?: Answer;
  readonly flaw?: RowFlaw;
  /** How long a 418 blocks the address, in milliseconds. */
  readonly block?: number;
  /** The least wait that a 429 or 5xx asks for, in milliseconds. */
  readonly wait?: number;
}

const whole = (fault: Fault): Answer => {
  if (fault.kind !== 'answer') throw new TypeError('this fault has no answer');
  return fault;
};

const ok = (body: string): TickerFault => ({
  answer: { status: 200, headers: { 'content-type': 'application/json' }, body },
});

const MINUTE = 60_000;
const SHORTEST_BLOCK = 15 * MINUTE;

/** Every fault by its name. Of public calls Upbit's error names are numbers: global-docs.upbit.com/reference/rest-api-guide */
export const TICKER_FAULTS = {
  refused: {},
  noSuchHost: {},
  tls: {},
  tlsAlert: {},
  reset: {},
  silence: {},
  /** Its answer is good, but takes seconds, at times more than a call has. */
  slow: {},
  drip: {},
  truncate: {},
  internalError: { answer: upbitError(500, 500, 'An internal error occurred.') },
  badGateway: { answer: whole(FAULTS.badGateway) },
  maintenance: { answer: whole(FAULTS.maintenance) },
  gatewayTimeout: { answer: whole(FAULTS.gatewayTimeout) },
  unavailableRetryAfter: {
    answer: { status: 503, headers: { 'retry-after': '20' }, body: '' },
    wait: 20_000,
  },
  tooManyRequests: { answer: upbitError(429, 429, 'Too many API requests.'), wait: 1_000 },
  tooManyRequestsText: { answer: whole(FAULTS.tooManyRequestsText), wait: 1_000 },
  tooManyRequestsRetryAfter: { answer: whole(FAULTS.tooManyRequestsRetryAfter), wait: 10_000 },
  addressBlocked: {
    answer: upbitError(418, 418, 'This IP is blocked for 2 minutes.'),
    block: SHORTEST_BLOCK,
  },
  blockedUnreadably: { answer: upbitError(418, 418, 'Blocked.'), block: SHORTEST_BLOCK },
  blockedForLong: {
    answer: upbitError(418, 418, '10 requests per 1 second exceeded. Try again in 1,800 seconds.'),
    block: 30 * MINUTE,
  },
  badRequest: { answer: upbitError(400, 400, 'Missing request parameter error.') },
  codeNotFound: { answer: upbitError(404, 404, 'Code not found') },
  noRoute: { answer: whole(FAULTS.notFound) },
  forbiddenPage: { answer: whole(FAULTS.forbiddenPage) },
  proxyTimeout: { answer: whole(FAULTS.proxyTimeout) },
  okHtml: { answer: whole(FAULTS.okHtml) },
  okEmpty: { answer: whole(FAULTS.okEmpty) },
  okCut: ok('[{"market":"SGD-BTC","trade_price":8'),
  okError: { answer: upbitError(200, 500, 'An error that came with 200.') },
  noContent: { answer: whole(FAULTS.noContent) },
  redirect: { answer: whole(FAULTS.redirect) },
  tooLarge: {
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `[${' '.repeat(4_100_000)}]`,
    },
  },
  notAList: ok('{}'),
  nothing: ok('null'),
  emptyList: ok('[]'),
  rowsMalformed: { flaw: 'malformed' },
  pricesOfZero: { flaw: 'zero' },
  negativePrices: { flaw: 'negative' },
  tradesOfTheFuture: { flaw: 'future' },
  marketsTwice: { flaw: 'twice' },
} as const satisfies Readonly<Record<string, TickerFault>>;

export type TickerFaultName = keyof typeof TICKER_FAULTS;

export const TICKER_FAULT_NAMES = Object.keys(TICKER_FAULTS).filter(isTickerFault);

/** Faults with which no price is ever told. */
export const TOTAL_TICKER_FAULTS = TICKER_FAULT_NAMES.filter((name) => {
  const { flaw }: TickerFault = TICKER_FAULTS[name];
  return flaw === undefined && name !== 'slow';
});

function isTickerFault(name: string): name is TickerFaultName {
  return Object.hasOwn(TICKER_FAULTS, name);
}
