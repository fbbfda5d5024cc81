import { type Answer, FAULTS, type Fault } from '../../infra/local/upbit-faults.ts';
import type { FailureCode } from '../../lambda/core/failures.ts';

/** How a call to Upbit can fail, and the failure code if it does not recover. */
export interface ExchangeFault {
  readonly code: FailureCode;
  /** The false answer; absent if the connection fails, or the answer's body. */
  readonly answer?: Answer;
}

const malformed = (body: string): ExchangeFault => ({
  code: 'response.malformed',
  answer: { status: 200, headers: { 'content-type': 'application/json' }, body },
});

function whole(fault: Fault): Answer {
  if (fault.kind !== 'answer') throw new TypeError('this fault has no answer');
  return fault;
}

const LINE =
  '{"currency":"BTC","balance":"1","locked":"0","avg_buy_price":"0","avg_buy_price_modified":false,"unit_currency":"SGD"}';

/** Every fault by its name; those of `infra/local/upbit-faults.ts` under the names they have there. */
export const EXCHANGE_FAULTS = {
  refused: { code: 'upbit.unreachable' },
  noSuchHost: { code: 'upbit.unreachable' },
  tls: { code: 'upbit.tls' },
  tlsAlert: { code: 'upbit.unreachable' },
  reset: { code: 'upbit.unreachable' },
  silence: { code: 'upbit.timeout' },
  drip: { code: 'upbit.timeout' },
  truncate: { code: 'upbit.unreachable' },
  internalError: { code: 'upbit.unavailable', answer: whole(FAULTS.internalError) },
  badGateway: { code: 'upbit.unavailable', answer: whole(FAULTS.badGateway) },
  maintenance: { code: 'upbit.unavailable', answer: whole(FAULTS.maintenance) },
  gatewayTimeout: { code: 'upbit.unavailable', answer: whole(FAULTS.gatewayTimeout) },
  unavailableRetryAfter: {
    code: 'upbit.unavailable',
    answer: { status: 503, headers: { 'retry-after': '20' }, body: '' },
  },
  tooManyRequests: { code: 'upbit.rateLimited', answer: whole(FAULTS.tooManyRequests) },
  tooManyRequestsText: { code: 'upbit.rateLimited', answer: whole(FAULTS.tooManyRequestsText) },
  tooManyRequestsRetryAfter: { code: 'upbit.rateLimited', answer: whole(FAULTS.tooManyRequestsRetryAfter) },
  accountBlocked: { code: 'upbit.blocked', answer: whole(FAULTS.accountBlocked) },
  addressBlocked: { code: 'upbit.blocked', answer: whole(FAULTS.addressBlocked) },
  blockedUnreadably: { code: 'upbit.blocked', answer: whole(FAULTS.blockedUnreadably) },
  /** For 30 minutes, which is not the first number in it. */
  blockedAmongNumbers: {
    code: 'upbit.blocked',
    answer: {
      status: 418,
      headers: { 'retry-after': '0' },
      body: '30 requests per 1 second exceeded. Try again in 1,800 seconds.',
    },
  },
  validationError: { code: 'upbit.refused', answer: whole(FAULTS.validationError) },
  jwtVerification: { code: 'key.invalid', answer: whole(FAULTS.jwtVerification) },
  invalidQueryPayload: { code: 'key.invalid', answer: whole(FAULTS.invalidQueryPayload) },
  invalidAccessKey: { code: 'key.invalid', answer: whole(FAULTS.invalidAccessKey) },
  expiredAccessKey: { code: 'key.expired', answer: whole(FAULTS.expiredAccessKey) },
  nonceUsed: { code: 'upbit.refused', answer: whole(FAULTS.nonceUsed) },
  addressNotAllowed: { code: 'key.addressNotAllowed', answer: whole(FAULTS.addressNotAllowed) },
  addressNotAllowedOld: { code: 'key.addressNotAllowed', answer: whole(FAULTS.addressNotAllowedOld) },
  noToken: { code: 'upbit.refused', answer: whole(FAULTS.noToken) },
  outOfScope: { code: 'key.scope', answer: whole(FAULTS.outOfScope) },
  outOfScopeOld: { code: 'key.scope', answer: whole(FAULTS.outOfScopeOld) },
  consentRequired: { code: 'key.consent', answer: whole(FAULTS.consentRequired) },
  notFound: { code: 'upbit.unavailable', answer: whole(FAULTS.notFound) },
  numericName: { code: 'upbit.refused', answer: whole(FAULTS.numericName) },
  unknownName: { code: 'upbit.refused', answer: whole(FAULTS.unknownName) },
  forbiddenPage: { code: 'upbit.unavailable', answer: whole(FAULTS.forbiddenPage) },
  proxyTimeout: { code: 'upbit.unavailable', answer: whole(FAULTS.proxyTimeout) },
  nameless: { code: 'upbit.unavailable', answer: whole(FAULTS.nameless) },
  okHtml: { code: 'upbit.unavailable', answer: whole(FAULTS.okHtml) },
  okEmpty: { code: 'upbit.unavailable', answer: whole(FAULTS.okEmpty) },
  okCut: { code: 'upbit.unavailable', answer: whole(FAULTS.okCut) },
  okError: { code: 'response.malformed', answer: whole(FAULTS.okError) },
  noContent: { code: 'upbit.unavailable', answer: whole(FAULTS.noContent) },
  partialContent: { code: 'upbit.unavailable', answer: whole(FAULTS.partialContent) },
  redirect: { code: 'response.malformed', answer: whole(FAULTS.redirect) },
  tooLarge: { code: 'response.tooLarge', answer: whole(FAULTS.tooLarge) },
  // fetch returns the body decompressed.
  tooLargeCompressed: {
    code: 'response.tooLarge',
    answer: { ...whole(FAULTS.tooLargeCompressed), body: FAULTS.tooLarge.body },
  },
  notAList: malformed('{}'),
  nothing: malformed('null'),
  numberForAmount: malformed(`[${LINE.replace('"1"', '1')}]`),
  negative: malformed(`[${LINE.replace('"1"', '"-1"')}]`),
  tooManyDigits: malformed(`[${LINE.replace('"1"', `"${'7'.repeat(39)}"`)}]`),
  hugeExponent: malformed(`[${LINE.replace('"1"', '"1e999999999"')}]`),
  currencyTwice: malformed(`[${LINE},${LINE}]`),
  fieldMissing: malformed(`[${LINE.replace('"locked":"0",', '')}]`),
  /** Good lines with one bad line among them. */
  oneLineWrong: malformed(`[${LINE},{"currency":"ETH","balance":"x"},${LINE.replace('BTC', 'ADA')}]`),
} as const satisfies Readonly<Record<string, ExchangeFault>>;

export type ExchangeFaultName = keyof typeof EXCHANGE_FAULTS;

export const EXCHANGE_FAULT_NAMES = Object.keys(EXCHANGE_FAULTS).filter(isExchangeFault);

function isExchangeFault(name: string): name is ExchangeFaultName {
  return Object.hasOwn(EXCHANGE_FAULTS, name);
}
