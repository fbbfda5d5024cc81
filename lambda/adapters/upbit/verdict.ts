import { type Answer, parseBalances } from '../../core/balances.ts';
import type { FailureCode } from '../../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../../core/instant.ts';
import { parseKeyExpiry } from '../../core/key-expiry.ts';
import { isObject, type Parsed } from '../../core/parsed.ts';
import type { KeyExpiry, Refusal, Retry, Verdict } from '../../core/verdict.ts';
import type { UpbitAnswer } from './http-answer.ts';
import { parseHttpDate } from './http-date.ts';
import { judgeBlock, retryAfter, statedWait } from './stated-wait.ts';

/**
 * What a refusal's `error.name` means. Upbit says that it does not use 401 and 403 consistently, so the name decides
 * and not the status: global-docs.upbit.com/reference/rest-api-guide. `invalid_access_key` is in no table of
 * Upbit’s, but is what a key of another region gets (ccxt issues 15886 and 19236). Where nothing else is said, asking
 * again cannot help.
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
 * Judges what Upbit answered. Pure: the same answer at the same time is the same verdict. `secrets` are never repeated
 * in it; `egressAddress`, where it is known, is named where Upbit does not allow it.
 */
export function judgeAnswer(
  answer: UpbitAnswer,
  arrivedAt: Instant,
  secrets: readonly string[],
  egressAddress?: string,
): Verdict {
  const { status } = answer;
  if (status === 200) return judgeBalances(answer, secrets);
  if (status < 400) {
    const what = status < 300 ? 'which is no list of balances' : 'a redirect, which is never followed';
    return refusal('response.malformed', `Upbit answered ${status}, ${what}`);
  }
  if (status >= 500) return unavailable(answer, arrivedAt);
  const name = readName(answer);
  // Some errors have their status for a name.
  const told = `Upbit answered ${status}${name === undefined || name === String(status) ? '' : ` ${shownName(name, secrets)}`}`;
  if (status === 418) {
    const block = judgeBlock(answer, arrivedAt);
    return {
      ...refusal(
        'upbit.blocked',
        `${told}: this ${block.whom} is blocked until ${formatSecond(block.until)}`,
      ),
      block,
    };
  }
  if (status === 429) {
    const notBefore = arrivedAt + Math.max(statedWait(answer, arrivedAt) ?? 0, SECOND);
    return { ...refusal('upbit.rateLimited', told, 'thrice'), notBefore };
  }
  const known = name !== undefined && Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (known === undefined) return refusal('upbit.refused', told);
  const { code, retry, wrong } = known;
  const isAddress = code === 'key.addressNotAllowed' && egressAddress !== undefined;
  const detail = isAddress ? `${told}; the address to register is ${egressAddress}` : told;
  return { ...refusal(code, detail, retry), ...(wrong === undefined ? {} : { wrong }) };
}

/**
 * Judges what was answered to the question when a key expires. Only Korea documents that it answers it, so any other
 * answer than a good one says nothing; a 418 is obeyed all the same.
 */
export function judgeKeyList(answer: UpbitAnswer, arrivedAt: Instant, accessKey: string): KeyExpiry {
  if (answer.status !== 200) {
    const verdict = judgeAnswer(answer, arrivedAt, [accessKey]);
    return verdict.kind === 'refusal' && verdict.block !== undefined ? { block: verdict.block } : {};
  }
  const json = answer.body === undefined ? undefined : parseJson(answer.body).value;
  const expiresAt = parseKeyExpiry(json, accessKey);
  return expiresAt === undefined ? {} : { expiresAt };
}

/** Judges a call that brought no whole answer, by what was thrown. */
export function judgeBreak(error: unknown): Refusal {
  const code = errorCode(error);
  if (isTimeout(error)) return refusal('upbit.timeout', 'Upbit did not answer in time', 'later');
  if (TLS_CODE.test(code)) return refusal('upbit.tls', `no verified connection to Upbit: ${code}`);
  return refusal(
    'upbit.unreachable',
    `the connection to Upbit failed${code === '' ? '' : `: ${code}`}`,
    'later',
  );
}

/** OpenSSL's and Node's own names for what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|EPROTO$|HOSTNAME_MISMATCH$|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

function refusal(code: FailureCode, detail: string, retry: Retry = 'never'): Refusal {
  return { kind: 'refusal', code, detail, retry };
}

function unavailable(answer: UpbitAnswer, arrivedAt: Instant): Refusal {
  const wait = retryAfter(answer, arrivedAt);
  return {
    ...refusal('upbit.unavailable', `Upbit answered ${answer.status}`, 'later'),
    ...(wait === undefined ? {} : { notBefore: arrivedAt + wait }),
  };
}

function judgeBalances({ body, date }: UpbitAnswer, secrets: readonly string[]): Verdict {
  if (body === undefined) return refusal('response.tooLarge', 'the answer has more than 1 MB');
  const json = parseJson(body);
  if (json.problem !== undefined) return refusal('response.malformed', json.problem);
  const answer = parseBalances(json.value);
  if (answer.problem !== undefined) return refusal('response.malformed', answer.problem);
  if (repeats(answer.value, secrets)) return refusal('response.malformed', 'the answer repeats the key');
  const serverDate = parseHttpDate(date ?? '');
  return { kind: 'balances', ...answer.value, ...(serverDate === undefined ? {} : { serverDate }) };
}

/** Upbit's keys have 40 characters; a shorter one, as tests have them, may stand in a currency by chance. */
const SHORTEST_KEY = 12;

/** True where a name that would be stored has a key in it. */
function repeats({ balances, unknownFields }: Answer, secrets: readonly string[]): boolean {
  const names = [...unknownFields, ...balances.flatMap((line) => [line.currency, line.unitCurrency])];
  const keys = secrets.filter((secret) => secret.length >= SHORTEST_KEY);
  return keys.some((key) => names.some((name) => name.includes(key)));
}

function parseJson(body: Uint8Array): Parsed<unknown> {
  try {
    // Not well-formed UTF-8 is refused: a replaced character would be a changed currency.
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { problem: 'the answer is not JSON' };
  }
}

/** The name of `{"error":{"name":…,"message":…}}`; undefined where the body has another form. */
function readName({ body }: UpbitAnswer): string | undefined {
  const { value: json } = body === undefined ? {} : parseJson(body);
  const error = isObject(json) ? json['error'] : undefined;
  const name = isObject(error) ? error['name'] : undefined;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
}

/** Upbit's names are like `out_of_scope`, or numbers. Anything else might repeat what we sent, so it is not repeated here. */
function shownName(name: string, secrets: readonly string[]): string {
  const lower = name.toLowerCase();
  const clean =
    /^[a-z0-9_]{1,48}$/.test(name) && !secrets.some((secret) => lower.includes(secret.toLowerCase()));
  return clean ? name : '(a name not shown)';
}

function isTimeout(error: unknown): boolean {
  return chain(error).some(
    (link) => link.name === 'TimeoutError' || /^(ETIMEDOUT|UND_ERR_\w+_TIMEOUT)$/.test(codeOf(link)),
  );
}

/** The innermost code of a failure; the platform's "fetch failed" may come without any. */
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

/** The error and its causes; of several connection attempts, the first. */
function chain(error: unknown): Error[] {
  const links: Error[] = [];
  for (let link = error; link instanceof Error && links.length < 8; ) {
    links.push(link);
    link = link instanceof AggregateError ? link.errors[0] : link.cause;
  }
  return links;
}
