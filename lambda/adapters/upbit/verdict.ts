import { type Answer, parseBalances } from '../../core/balances.ts';
import type { FailureCode } from '../../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../../core/instant.ts';
import { parseJson, parseJsonWithExactNumbers } from '../../core/json.ts';
import { parseKeyExpiry } from '../../core/key-expiry.ts';
import { isObject, Twice } from '../../core/parsed.ts';
import { parseTicker } from '../../core/prices.ts';
import type { KeyExpiry, Refusal, Retry, TickerVerdict, Verdict } from '../../core/verdict.ts';
import { textOf, type UpbitAnswer } from './http-answer.ts';
import { parseHttpDate } from './http-date.ts';
import { describeInBetween } from './in-between.ts';
import { refusedAnswer } from './refused-answer.ts';
import { judgeBlock, retryAfter, statedWait } from './stated-wait.ts';

/**
 * What a refusal's `error.name` means. Upbit says that it does not use 401 and 403 consistently, so the name decides,
 * not the status: global-docs.upbit.com/reference/rest-api-guide. `invalid_access_key` is not in Upbit’s tables, but is
 * the answer to a key of another region (ccxt issues 15886 and 19236). Without a `retry`, a retry cannot help.
 */
const NAMES: Readonly<
  Record<string, { readonly code: FailureCode; readonly retry?: Retry; readonly wrong?: Refusal['wrong'] }>
> = {
  jwt_verification: { code: 'key.invalid', wrong: 'signature' },
  invalid_query_payload: { code: 'key.invalid' },
  invalid_access_key: { code: 'key.invalid', wrong: 'accessKey' },
  expired_access_key: { code: 'key.expired' },
  no_authorization_ip: { code: 'key.addressNotAllowed' },
  no_authorization_i_p: { code: 'key.addressNotAllowed' },
  out_of_scope: { code: 'key.scope' },
  thirdparty_agreement_required: { code: 'key.consent' },
  nonce_used: { code: 'upbit.refused', retry: 'once' },
};

/**
 * Judges Upbit's answer. Pure: the same answer at the same time gives the same verdict. It never repeats `secrets`; it
 * names `egressAddress`, if known, when Upbit does not allow the address.
 */
export function judgeAnswer(
  answer: UpbitAnswer,
  arrivedAt: Instant,
  secrets: readonly string[],
  egressAddress?: string,
): Verdict {
  const { status } = answer;
  if (status === 200) return judgeBalances(answer, arrivedAt, secrets);
  if (isRedirect(status)) {
    const detail = `Upbit answered ${status}, a redirect, which is never followed`;
    return refusal('response.malformed', detail, 'thrice');
  }
  if (status >= 500) return unavailable(answer, arrivedAt, `Upbit answered ${status}`);
  if (status < 400) return notUpbit(answer, arrivedAt, secrets);
  const name = readName(answer);
  // Some errors use their status as the name.
  const answered = `Upbit answered ${status}${name === undefined || name === String(status) ? '' : ` ${shownName(name, secrets)}`}`;
  if (status === 418) {
    const block = judgeBlock(answer, arrivedAt);
    return {
      ...refusal(
        'upbit.blocked',
        `${answered}: this ${block.whom} is blocked until ${formatSecond(block.until)}`,
      ),
      block,
    };
  }
  if (status === 429) {
    const notBefore = arrivedAt + Math.max(statedWait(answer, arrivedAt), SECOND);
    return { ...refusal('upbit.rateLimited', answered, 'thrice'), notBefore };
  }
  if (name === undefined) return notUpbit(answer, arrivedAt, secrets);
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known === undefined) return refusal('upbit.refused', answered);
  const { code, retry, wrong } = known;
  const isAddress = code === 'key.addressNotAllowed' && egressAddress !== undefined;
  const detail = isAddress ? `${answered}; the address to register is ${egressAddress}` : answered;
  return { ...refusal(code, detail, retry), ...(wrong === undefined ? {} : { wrong }) };
}

/**
 * Judges the answer to a request for a key's expiry. Only Korea documents this request, so any answer but a good one is
 * ignored, except that a 418 is still obeyed.
 */
export function judgeKeyList(answer: UpbitAnswer, arrivedAt: Instant, accessKey: string): KeyExpiry {
  if (answer.status !== 200) {
    const verdict = judgeAnswer(answer, arrivedAt, [accessKey]);
    return verdict.kind === 'refusal' && verdict.block !== undefined ? { block: verdict.block } : {};
  }
  const json = parseJson(textOf(answer) ?? '').value;
  const expiresAt = parseKeyExpiry(json, accessKey);
  return expiresAt === undefined ? {} : { expiresAt };
}

/**
 * Judges the ticker's answer, as {@link judgeAnswer} does a list of balances. A path that is not there is final: no run waits
 * for a price that may never come.
 *
 * @param quotes the currencies that were asked for.
 */
export function judgeTicker(
  answer: UpbitAnswer,
  arrivedAt: Instant,
  quotes: readonly string[],
): TickerVerdict {
  if (answer.status !== 200) {
    const refused = judgeAnswer(answer, arrivedAt, []);
    // Only a 200 is a list of balances.
    if (refused.kind === 'balances')
      return refusal('response.malformed', 'the answer is not a list of prices');
    return answer.status === 404 && refused.retry === 'later' ? { ...refused, retry: 'never' } : refused;
  }
  if (answer.body === undefined) return refusal('response.tooLarge', 'the answer is too large');
  const json = parseJsonWithExactNumbers(textOf(answer) ?? '');
  if (json.problem !== undefined) return notUpbit(answer, arrivedAt, []);
  const ticker = parseTicker(json.value, quotes, arrivedAt);
  if (ticker.problem !== undefined) return refusal('response.malformed', ticker.problem);
  return { kind: 'prices', ...ticker.value };
}

/**
 * Judges a call without a complete answer, by what it threw. Only a certificate that cannot be verified is final: any other
 * trouble with TLS, such as one alert of a host that is restarting, is a broken connection.
 */
export function judgeBreak(error: unknown): Refusal {
  const code = errorCode(error);
  if (isTimeout(error)) return refusal('upbit.timeout', 'Upbit did not answer in time', 'later');
  if (CERTIFICATE_CODE.test(code)) return refusal('upbit.tls', `no verified connection to Upbit: ${code}`);
  return refusal(
    'upbit.unreachable',
    `the connection to Upbit failed${code === '' ? '' : `: ${code}`}`,
    'later',
  );
}

/**
 * OpenSSL's and Node's codes for a certificate that fails verification: nodejs.org/api/tls.html#x509-certificate-error-codes;
 * Node calls those it does not list UNSPECIFIED.
 */
const CERTIFICATE_CODE =
  /^(ERR_TLS_CERT_|CERT_|CRL_|ERROR_IN_C(ERT|RL)_|HOSTNAME_MISMATCH$|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|UNSPECIFIED$)/;

function refusal(code: FailureCode, detail: string, retry: Retry = 'never'): Refusal {
  return { kind: 'refusal', code, detail, retry };
}

/** A status that sends the caller elsewhere; 304 would only say that nothing has changed. */
function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/**
 * Any answer that is neither whole JSON nor an error that Upbit names: a machine in between may have sent or cut it, and
 * its next answer may be Upbit's own.
 */
function notUpbit(answer: UpbitAnswer, arrivedAt: Instant, secrets: readonly string[]): Refusal {
  return unavailable(answer, arrivedAt, describeInBetween(answer, secrets));
}

function unavailable(answer: UpbitAnswer, arrivedAt: Instant, detail: string): Refusal {
  const wait = retryAfter(answer, arrivedAt);
  return {
    ...refusal('upbit.unavailable', detail, 'later'),
    ...(wait === undefined ? {} : { notBefore: arrivedAt + wait }),
  };
}

function judgeBalances(answer: UpbitAnswer, arrivedAt: Instant, secrets: readonly string[]): Verdict {
  const { body, date, headersAt } = answer;
  if (body === undefined) return refusal('response.tooLarge', 'the answer is over 1 MB');
  const text = textOf(answer) ?? '';
  const json = parseJson(text);
  if (json.problem !== undefined) return notUpbit(answer, arrivedAt, secrets);
  const malformed = (detail: string): Refusal => ({
    ...refusal('response.malformed', detail),
    answer: refusedAnswer(text, secrets),
  });
  const list = parseBalances(json.value);
  if (list.problem !== undefined) return malformed(list.problem);
  if (repeats(list.value, secrets)) return malformed('the answer repeats the key');
  const serverDate = parseHttpDate(date ?? '', headersAt);
  if (serverDate === undefined) return { kind: 'balances', ...list.value };
  return {
    kind: 'balances',
    ...list.value,
    serverClock: { date: serverDate, skew: serverDate - headersAt },
  };
}

/** Upbit's keys have 40 characters; a shorter one, as in tests, may occur in a currency by chance. */
const SHORTEST_KEY = 12;

/** True if a name that would be stored contains a key. */
function repeats({ balances, unknownFields }: Answer, secrets: readonly string[]): boolean {
  const names = [...unknownFields, ...balances.flatMap((line) => [line.currency, line.unitCurrency])];
  const keys = secrets.filter((secret) => secret.length >= SHORTEST_KEY);
  return keys.some((key) => names.some((name) => name.includes(key)));
}

/** Stands for a name that is given twice. It has no meaning, and is not shown. */
const TWO_NAMES = '(two names)';

/** The name of `{"error":{"name":…,"message":…}}`; undefined if the body has another form, or the name is empty. */
function readName(answer: UpbitAnswer): string | undefined {
  const { value: json } = parseJson(textOf(answer) ?? '');
  const error = isObject(json) ? json['error'] : undefined;
  const name = isObject(error) ? error['name'] : undefined;
  if (error instanceof Twice || name instanceof Twice) return TWO_NAMES;
  return (typeof name === 'string' && name !== '') || typeof name === 'number' ? String(name) : undefined;
}

/** Upbit's names are like `out_of_scope`, or numbers. Anything else might repeat what we sent, so it is not shown. */
function shownName(name: string, secrets: readonly string[]): string {
  const lower = name.toLowerCase();
  const clean =
    /^[a-z0-9_]{1,48}$/.test(name) && !secrets.some((secret) => lower.includes(secret.toLowerCase()));
  return clean ? name : '(name not shown)';
}

function isTimeout(error: unknown): boolean {
  return chain(error).some(
    (link) => link.name === 'TimeoutError' || /^(ETIMEDOUT|UND_ERR_\w+_TIMEOUT)$/.test(codeOf(link)),
  );
}

/** The innermost code of an error; the platform's "fetch failed" may have none. */
function errorCode(error: unknown): string {
  const code =
    chain(error)
      .map(codeOf)
      .findLast((text) => text !== '') ?? '';
  return /^[A-Z0-9_]{1,64}$/.test(code) ? code : '';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The error and its causes; for several connection attempts, the first. */
function chain(error: unknown): Error[] {
  const links: Error[] = [];
  for (let link = error; link instanceof Error && links.length < 8; ) {
    links.push(link);
    link = link instanceof AggregateError ? link.errors[0] : link.cause;
  }
  return links;
}
