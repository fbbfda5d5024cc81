import { gzipSync } from 'node:zlib';

/** How a call can fail. */
export type Fault =
  /** The connection is reset before any answer. */
  | { readonly kind: 'reset' }
  /** The connection stays open without an answer. */
  | { readonly kind: 'silence' }
  /** The correct answer, but one byte per second. */
  | { readonly kind: 'drip' }
  /** The correct answer, but the connection breaks in the middle of the body. */
  | { readonly kind: 'truncate' }
  /** A different answer. */
  | ({ readonly kind: 'answer' } & Answer);

/** A complete HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * An answer in Upbit's error format. The name is a text on private calls, and a number on public ones. Upbit's order of the
 * fields varies; this is the less common one.
 */
export function upbitError(status: number, name: string | number, message: string): Fault & Answer {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { kind: 'answer', status, headers, body: JSON.stringify({ error: { message, name } }) };
}

/** A 418 that states its duration. */
export function blocked(seconds: number): Fault & Answer {
  return upbitError(418, 'too_many_requests', `This account is blocked for ${seconds} seconds.`);
}

function html(status: number): Fault {
  const body = '<html><body><h1>Service under maintenance</h1></body></html>';
  return { kind: 'answer', status, headers: { 'content-type': 'text/html' }, body };
}

const TWO_MEGABYTES = `[${' '.repeat(2_000_000)}]`;

/**
 * Every failure that Upbit documents or users report, by name. The texts are ours, in the documented formats:
 * global-docs.upbit.com/reference/rest-api-guide, global-docs.upbit.com/reference/rate-limits.
 */
export const FAULTS = {
  reset: { kind: 'reset' },
  silence: { kind: 'silence' },
  drip: { kind: 'drip' },
  truncate: { kind: 'truncate' },
  internalError: upbitError(500, 'internal_error', 'An internal error occurred.'),
  badGateway: html(502),
  maintenance: html(503),
  gatewayTimeout: { kind: 'answer', status: 504 },
  tooManyRequests: upbitError(429, 'too_many_requests', 'Too many API requests.'),
  tooManyRequestsText: {
    kind: 'answer',
    status: 429,
    headers: { 'content-type': 'text/plain' },
    body: 'Too many API requests.',
  },
  tooManyRequestsRetryAfter: {
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': '10' },
    body: 'Too many API requests.',
  },
  accountBlocked: blocked(120),
  addressBlocked: upbitError(418, 'too_many_requests', 'This IP is blocked for 2 minutes.'),
  blockedUnreadably: upbitError(418, 'too_many_requests', 'Blocked.'),
  validationError: upbitError(400, 'validation_error', '잘못된 요청입니다.'),
  jwtVerification: upbitError(401, 'jwt_verification', 'Failed to verify Jwt token.'),
  invalidQueryPayload: upbitError(401, 'invalid_query_payload', 'Jwt token query payload is invalid.'),
  invalidAccessKey: upbitError(401, 'invalid_access_key', '잘못된 엑세스 키입니다.'),
  expiredAccessKey: upbitError(401, 'expired_access_key', 'The access key has expired.'),
  nonceUsed: upbitError(401, 'nonce_used', 'This nonce has already been used.'),
  addressNotAllowed: upbitError(401, 'no_authorization_ip', 'This is not a verified IP.'),
  addressNotAllowedOld: upbitError(403, 'no_authorization_i_p', 'This is not a verified IP.'),
  noToken: upbitError(401, 'no_authorization_token', 'There is no authorization token.'),
  outOfScope: upbitError(403, 'out_of_scope', 'This key lacks the permission.'),
  outOfScopeOld: upbitError(401, 'out_of_scope', 'This key lacks the permission.'),
  consentRequired: upbitError(
    403,
    'thirdparty_agreement_required',
    'Consent to the third-party terms is required.',
  ),
  notFound: {
    kind: 'answer',
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"message":"no Route matched with those values"}',
  },
  numericName: upbitError(404, 404, 'Code not found'),
  unknownName: upbitError(422, 'never_documented', 'Something else.'),
  forbiddenPage: {
    kind: 'answer',
    status: 403,
    headers: { 'content-type': 'text/html', server: 'cloudflare' },
    body: '<html><head><title>Attention Required!</title></head><body>You have been blocked</body></html>',
  },
  proxyTimeout: { kind: 'answer', status: 408, headers: { server: 'awselb/2.0' } },
  nameless: {
    kind: 'answer',
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: '{"message":"Unauthorized"}',
  },
  okHtml: html(200),
  okEmpty: { kind: 'answer', status: 200 },
  okCut: { kind: 'answer', status: 200, body: '[{"currency":"ADA","balance":"10.3' },
  okError: upbitError(200, 'internal_error', 'An error that came with 200.'),
  noContent: { kind: 'answer', status: 204 },
  partialContent: { kind: 'answer', status: 206, body: '[]' },
  redirect: { kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:9/v1/accounts' } },
  tooLarge: {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: TWO_MEGABYTES,
  },
  tooLargeCompressed: {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(TWO_MEGABYTES),
  },
} as const satisfies Readonly<Record<string, Fault>>;
