import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Answer, blocked, FAULTS } from '../../../infra/local/upbit-faults.ts';

/** Status and error name from the documentation and reports; no name if the body has another format. */
const DOCUMENTED: Readonly<Record<keyof typeof FAULTS, readonly [status?: number, name?: string | number]>> =
  {
    reset: [],
    silence: [],
    drip: [],
    truncate: [],
    internalError: [500, 'internal_error'],
    badGateway: [502],
    maintenance: [503],
    gatewayTimeout: [504],
    tooManyRequests: [429, 'too_many_requests'],
    tooManyRequestsText: [429],
    tooManyRequestsRetryAfter: [429],
    accountBlocked: [418, 'too_many_requests'],
    addressBlocked: [418, 'too_many_requests'],
    blockedUnreadably: [418, 'too_many_requests'],
    validationError: [400, 'validation_error'],
    jwtVerification: [401, 'jwt_verification'],
    invalidQueryPayload: [401, 'invalid_query_payload'],
    invalidAccessKey: [401, 'invalid_access_key'],
    expiredAccessKey: [401, 'expired_access_key'],
    nonceUsed: [401, 'nonce_used'],
    addressNotAllowed: [401, 'no_authorization_ip'],
    addressNotAllowedOld: [403, 'no_authorization_i_p'],
    noToken: [401, 'no_authorization_token'],
    outOfScope: [403, 'out_of_scope'],
    outOfScopeOld: [401, 'out_of_scope'],
    consentRequired: [403, 'thirdparty_agreement_required'],
    notFound: [404],
    numericName: [404, 404],
    unknownName: [422, 'never_documented'],
    forbiddenPage: [403],
    proxyTimeout: [408],
    nameless: [401],
    okHtml: [200],
    okEmpty: [200],
    okCut: [200],
    okError: [200, 'internal_error'],
    noContent: [204],
    partialContent: [206],
    redirect: [302],
    tooLarge: [200],
    tooLargeCompressed: [200],
  };

function nameIn(answer: Answer): unknown {
  try {
    return JSON.parse(String(answer.body)).error?.name;
  } catch {
    return undefined;
  }
}

describe('the faults of the simulated Upbit', () => {
  it.each(Object.entries(FAULTS))('%s has the documented status and name', (fault, shape) => {
    const seen = shape.kind === 'answer' ? [shape.status, nameIn(shape)] : [];
    const [status, name] = DOCUMENTED[fault as keyof typeof FAULTS];
    expect(seen).toEqual(status === undefined ? [] : [status, name]);
  });

  it('a 429 comes as JSON or as plain text', () => {
    expect(FAULTS.tooManyRequestsText).toMatchObject({
      headers: { 'content-type': 'text/plain' },
      body: 'Too many API requests.',
    });
  });

  it('a 418 states its duration, whom it blocks, or neither', () => {
    expect(blocked(90).body).toContain('This account is blocked for 90 seconds.');
    expect(FAULTS.addressBlocked.body).toContain('This IP is blocked for 2 minutes.');
    expect(FAULTS.blockedUnreadably.body).not.toMatch(/\d|IP|account/);
  });

  it('the answers that are too large are valid, and the compressed one is small on the wire', () => {
    const { body } = FAULTS.tooLargeCompressed;
    expect(JSON.parse(FAULTS.tooLarge.body)).toEqual([]);
    expect(FAULTS.tooLarge.body.length).toBeGreaterThan(2_000_000);
    expect(gunzipSync(body).toString()).toBe(FAULTS.tooLarge.body);
    expect(body.length).toBeLessThan(10_000);
  });
});
