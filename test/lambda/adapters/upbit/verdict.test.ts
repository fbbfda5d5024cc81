import { describe, expect, it } from 'vitest';
import type { UpbitAnswer } from '../../../../lambda/adapters/upbit/http-answer.ts';
import {
  judgeAnswer,
  judgeBreak,
  judgeKeyList,
  judgeTicker,
} from '../../../../lambda/adapters/upbit/verdict.ts';
import { DAY, formatSecond, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';
import { at } from '../../../support/memory-parts.ts';
import { tickerBody, tickerRow } from '../../../support/ticker.ts';

const NOW = at('2026-11-22T06:00:01Z');
const SECRETS = ['fake-access-key', 'fake-secret-key'];

function answer(
  status: number,
  body: unknown = '',
  headers: { date?: string; retryAfter?: string; server?: string } = {},
): UpbitAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headersAt: NOW,
    body: new TextEncoder().encode(text),
    date: headers.date ?? null,
    retryAfter: headers.retryAfter ?? null,
    server: headers.server ?? null,
  };
}

function error(status: number, name: unknown, message = 'told so') {
  return answer(status, { error: { message, name } });
}

const judge = (given: UpbitAnswer) => judgeAnswer(given, NOW, SECRETS);

describe('a 200', () => {
  it('with a list of balances gives that list and Upbit’s time', () => {
    const line = {
      currency: 'ADA',
      balance: '10.386546',
      locked: '0',
      avg_buy_price: '0.9724275092936803',
      avg_buy_price_modified: false,
      unit_currency: 'USDT',
    };
    expect(judge(answer(200, [line], { date: 'Sun, 22 Nov 2026 06:00:00 GMT' }))).toMatchObject({
      kind: 'balances',
      balances: [{ currency: 'ADA', balance: { coefficient: 10386546n, exponent: -6 } }],
      serverClock: { date: NOW - SECOND, skew: -SECOND },
    });
  });

  it.each([
    [
      'an error object',
      { error: { name: 'out_of_scope', message: '' } },
      'the answer is an object, not an array',
    ],
    ['null', null, 'the answer is null, not an array'],
    ['a malformed line', [{ currency: 'BTC' }], '[0].balance is nothing, not text'],
    [
      'a list with a currency twice',
      '[{"currency":"ADA","currency":"BTC"}]',
      '[0].currency is given twice, not text',
    ],
  ])('with %s is malformed, says where, and is kept', (_, body, detail) => {
    expect(judge(answer(200, body))).toEqual({
      kind: 'refusal',
      code: 'response.malformed',
      retry: 'never',
      detail,
      answer: { text: typeof body === 'string' ? body : JSON.stringify(body), isCut: false },
    });
  });

  it.each([
    ['HTML', '<html>maintenance</html>', '“maintenance”'],
    ['nothing', '', 'no readable text'],
    ['a list that is cut off', '[{"currency":"ADA","balance":"1', '“currency ADA balance …”'],
    ['invalid UTF-8', Buffer.from('[{"currency":"\xff"}]', 'latin1'), '“currency …”'],
  ])('with %s is not Upbit’s own, and can be retried', (_, body, words) => {
    expect(judge({ ...answer(200), body: Buffer.from(body) })).toEqual({
      kind: 'refusal',
      code: 'upbit.unavailable',
      retry: 'later',
      detail: `Upbit’s own answer did not arrive: something in front of it sent 200, ${words}`,
    });
  });

  it('compares the clocks when its headers arrived, however long its body took', () => {
    const given = answer(200, '[]', { date: 'Sun, 22 Nov 2026 06:00:00 GMT' });
    expect(judgeAnswer({ ...given, headersAt: NOW - 4 * SECOND }, NOW, SECRETS)).toMatchObject({
      serverClock: { date: NOW - SECOND, skew: 3 * SECOND },
    });
  });

  it.each(['currency', 'unit_currency', 'a new field fake-access-key'])(
    'that repeats the key in %s is malformed',
    (field) => {
      const line = {
        currency: 'ADA',
        balance: '1',
        locked: '0',
        avg_buy_price: '0',
        avg_buy_price_modified: false,
        unit_currency: 'USDT',
        [field]: 'fake-access-key',
      };
      expect(judge(answer(200, [line]))).toMatchObject({
        code: 'response.malformed',
        detail: 'the answer repeats the key',
        answer: { text: JSON.stringify([line]).replaceAll('fake-access-key', '***'), isCut: false },
      });
    },
  );

  it('that is malformed is kept without the key', () => {
    const body = { error: { message: 'fake-access-key, fake-secret-key', name: 'x' } };
    expect(judge(answer(200, body))).toMatchObject({
      answer: { text: '{"error":{"message":"***, ***","name":"x"}}' },
    });
  });

  it('over the size limit is too large', () => {
    expect(judge({ ...answer(200), body: undefined })).toMatchObject({
      code: 'response.tooLarge',
      retry: 'never',
    });
  });

  it('with an unreadable date has no server time', () => {
    expect(judge(answer(200, '[]', { date: 'yesterday' }))).toEqual({
      kind: 'balances',
      balances: [],
      unknownFields: [],
    });
  });
});

describe('another status below 400', () => {
  it.each([199, 201, 203, 204, 206, 299, 304])('%i is not Upbit’s own, and can be retried', (status) => {
    for (const body of ['', '[]', { error: { name: 'out_of_scope', message: '' } }])
      expect(judge(answer(status, body))).toMatchObject({ code: 'upbit.unavailable', retry: 'later' });
  });

  it.each([300, 301, 302, 303, 307, 308, 399])('%i is a redirect, tried three times in all', (status) => {
    expect(judge(answer(status, '[]'))).toEqual({
      kind: 'refusal',
      code: 'response.malformed',
      retry: 'thrice',
      detail: `Upbit answered ${status}, a redirect, which is never followed`,
    });
  });
});

describe('an error', () => {
  it.each([
    [401, 'jwt_verification', 'key.invalid', 'never'],
    [401, 'invalid_query_payload', 'key.invalid', 'never'],
    [401, 'invalid_access_key', 'key.invalid', 'never'],
    [401, 'expired_access_key', 'key.expired', 'never'],
    [401, 'nonce_used', 'upbit.refused', 'once'],
    [401, 'no_authorization_ip', 'key.addressNotAllowed', 'never'],
    [403, 'no_authorization_i_p', 'key.addressNotAllowed', 'never'],
    [401, 'out_of_scope', 'key.scope', 'never'],
    [403, 'out_of_scope', 'key.scope', 'never'],
    [403, 'thirdparty_agreement_required', 'key.consent', 'never'],
    [400, 'validation_error', 'upbit.refused', 'never'],
    [401, 'no_authorization_token', 'upbit.refused', 'never'],
    [404, 405, 'upbit.refused', 'never'],
    [422, 'never_seen_before', 'upbit.refused', 'never'],
    [400, 'constructor', 'upbit.refused', 'never'],
  ])('%i %s is %s', (status, name, code, retry) => {
    expect(judge(error(status, name))).toMatchObject({
      kind: 'refusal',
      code,
      retry,
      detail: `Upbit answered ${status} ${name}`,
    });
  });

  it.each(['no_authorization_ip', 'no_authorization_i_p'])(
    '%s names the address to register, if known',
    (name) => {
      expect(judgeAnswer(error(401, name), NOW, SECRETS, '203.0.113.7')).toMatchObject({
        code: 'key.addressNotAllowed',
        detail: `Upbit answered 401 ${name}; the address to register is 203.0.113.7`,
      });
    },
  );

  it('that is not about an address names none', () => {
    expect(judgeAnswer(error(401, 'expired_access_key'), NOW, SECRETS, '203.0.113.7')).toMatchObject({
      detail: 'Upbit answered 401 expired_access_key',
    });
  });

  it.each([
    ['jwt_verification', 'signature'],
    ['invalid_access_key', 'accessKey'],
    ['invalid_query_payload', undefined],
    ['out_of_scope', undefined],
  ])('%s says that the %s of the key is wrong', (name, wrong) => {
    const verdict = judge(error(401, name));
    expect(verdict.kind === 'refusal' && verdict.wrong).toBe(wrong);
  });

  it.each([500, 502, 503, 504, 599])('%i can be retried, whatever its body', (status) => {
    for (const body of ['', '<html>', { error: { name: 'out_of_scope', message: '' } }]) {
      expect(judge(answer(status, body))).toEqual({
        kind: 'refusal',
        code: 'upbit.unavailable',
        retry: 'later',
        detail: `Upbit answered ${status}`,
      });
    }
  });

  it('of 5xx with a Retry-After is not retried before it', () => {
    expect(judge(answer(503, '', { retryAfter: '30' }))).toMatchObject({
      code: 'upbit.unavailable',
      retry: 'later',
      notBefore: NOW + 30 * SECOND,
    });
  });

  it('of 5xx with a Retry-After of years is honoured for at most 30 days', () => {
    for (const retryAfter of ['999999999', 'Sun, 22 Nov 9999 06:00:00 GMT'])
      expect(judge(answer(503, '', { retryAfter }))).toMatchObject({ notBefore: NOW + 30 * DAY });
  });

  it('with its status for a name shows only that', () => {
    expect(judge(error(404, 404))).toMatchObject({ code: 'upbit.refused', detail: 'Upbit answered 404' });
  });

  it.each([
    'invalid fake-access-key',
    'FAKE-ACCESS-KEY',
    '__fake-secret-key',
    'eyJhbGciOiJIUzI1NiJ9.x',
    '한국어',
    'x'.repeat(49),
    'a b',
  ])('whose name is %j does not show it', (name) => {
    expect(judge(error(400, name))).toMatchObject({
      code: 'upbit.refused',
      detail: 'Upbit answered 400 (name not shown)',
    });
  });
});

describe('an error that gives its name twice', () => {
  it.each([
    '{"error":{"name":"nonce_used","message":"","name":"expired_access_key"}}',
    '{"error":{"name":"nonce_used","name":"nonce_used"}}',
    '{"error":{"name":"nonce_used"},"error":{"name":"out_of_scope"}}',
  ])('is refused as Upbit’s own, and means neither: %s', (body) => {
    expect(judge(answer(401, body))).toStrictEqual({
      kind: 'refusal',
      code: 'upbit.refused',
      detail: 'Upbit answered 401 (name not shown)',
      retry: 'never',
    });
  });
});

describe('an error in another format', () => {
  it.each([
    { error: { message: 'no name' } },
    { error: { message: 'no name', name: null } },
    { error: { message: 'no name', name: '' } },
    { error: { message: 'no name', name: { a: 1 } } },
    { error: 'no name' },
    { message: 'no Route matched with those values' },
    [],
    '',
    '<html>Forbidden</html>',
    '{"error":{"name":"out_of_scope"',
  ])('is not Upbit’s own, and can be retried: %j', (body) => {
    for (const status of [400, 401, 403, 404, 407, 408, 409, 421, 425, 451, 499])
      expect(judge(answer(status, body))).toMatchObject({
        kind: 'refusal',
        code: 'upbit.unavailable',
        detail: expect.stringMatching(
          `^Upbit’s own answer did not arrive: something in front of it sent ${status}, `,
        ),
        retry: 'later',
      });
  });

  it('is not retried before its Retry-After', () => {
    expect(judge(answer(403, '<html>', { retryAfter: '30' }))).toMatchObject({
      notBefore: NOW + 30 * SECOND,
    });
    expect(judge(answer(200, '<html>', { retryAfter: '30' }))).toMatchObject({
      notBefore: NOW + 30 * SECOND,
    });
  });

  it('and too large to read is not Upbit’s own', () => {
    expect(judge({ ...answer(403), body: undefined })).toMatchObject({
      code: 'upbit.unavailable',
      detail: 'Upbit’s own answer did not arrive: something in front of it sent 403, no readable text',
    });
  });

  it('has no name and no stated time if it was too large to read', () => {
    expect(judge({ ...answer(418), body: undefined })).toMatchObject({
      detail: 'Upbit answered 418: this account is blocked until 2026-11-22T06:15:01Z',
      block: { whom: 'account', until: NOW + 15 * MINUTE },
    });
  });

  it('says how long and whom it blocks, wherever the body says so', () => {
    const body = { error: { name: 'blocked', message: ['IP, for 90 minutes'] } };
    expect(judge(answer(418, body))).toMatchObject({
      block: { whom: 'address', until: NOW + 90 * MINUTE },
    });
  });

  it('does not show a name that contains a key, in upper or lower case', () => {
    const named = (...secrets: string[]) => judgeAnswer(error(400, 'the_abc123_key'), NOW, secrets);
    expect(named('xyz', 'ABC123')).toMatchObject({ detail: 'Upbit answered 400 (name not shown)' });
    expect(named('abc123', 'xyz')).toMatchObject({ detail: 'Upbit answered 400 (name not shown)' });
    expect(named('xyz', 'abc124')).toMatchObject({ detail: 'Upbit answered 400 the_abc123_key' });
  });

  it('does not say which part of the key is wrong if Upbit does not', () => {
    expect(judge(error(401, 'expired_access_key'))).toStrictEqual({
      kind: 'refusal',
      code: 'key.expired',
      detail: 'Upbit answered 401 expired_access_key',
      retry: 'never',
    });
  });
});

describe('a list of balances', () => {
  const list = (currency: string) =>
    answer(200, [
      {
        currency,
        balance: '1',
        locked: '0',
        avg_buy_price: '0',
        avg_buy_price_modified: false,
        unit_currency: 'SGD',
      },
    ]);

  it('may contain a short test key, but not a key as long as a real one', () => {
    expect(judgeAnswer(list('BTC'), NOW, ['BTC', 'x'.repeat(11)])).toMatchObject({ kind: 'balances' });
    expect(judgeAnswer(list(`a${'x'.repeat(11)}`), NOW, ['x'.repeat(11)])).toMatchObject({
      kind: 'balances',
    });
    expect(judgeAnswer(list(`a${'x'.repeat(12)}`), NOW, ['x'.repeat(12)])).toMatchObject({
      detail: 'the answer repeats the key',
    });
  });

  it('that is too large says so', () => {
    expect(judge({ ...answer(200), body: undefined })).toMatchObject({
      code: 'response.tooLarge',
      detail: 'the answer is over 1 MB',
    });
  });

  it.each([
    'on Sun, 22 Nov 2026 06:30:01 GMT',
    'XSun, 22 Nov 2026 06:30:01 GMT',
    'Sun, 22 Nov 2026 06:30:01 GMT+0900',
  ])('has no server time if the header is %j', (date) => {
    const verdict = judge({ ...list('BTC'), date });
    expect(verdict.kind).toBe('balances');
    expect('serverClock' in verdict).toBe(false);
  });
});

describe('the answer about a key’s expiry', () => {
  const KEY = 'fake-access-key';
  const row = { access_key: KEY, expire_at: '2026-12-01T09:00:00+09:00' };

  it('gives the time in it', () => {
    expect(judgeKeyList(answer(200, [row]), NOW, KEY)).toStrictEqual({
      expiresAt: at('2026-12-01T00:00:00Z'),
    });
  });

  it('gives nothing if there is none, if it is too large, or if it is an error', () => {
    expect(judgeKeyList(answer(200, []), NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList({ ...answer(200), body: undefined }, NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList(error(401, 'out_of_scope'), NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList(answer(204), NOW, KEY)).toStrictEqual({});
  });

  it('gives nothing if a member of the line appears twice', () => {
    const line = JSON.stringify(row).slice(1, -1);
    for (const twice of [`${line},"expire_at":"2027-12-01T09:00:00+09:00"`, `${line},"access_key":"other"`])
      expect(judgeKeyList(answer(200, `[{${twice}}]`), NOW, KEY)).toStrictEqual({});
  });

  it('gives a block', () => {
    expect(judgeKeyList(error(418, 'blocked', 'your IP, for 90 minutes'), NOW, KEY)).toStrictEqual({
      block: { whom: 'address', until: NOW + 90 * MINUTE },
    });
  });
});

describe('a 429', () => {
  it.each([
    ['JSON', { error: { name: 'too_many_requests', message: 'slow down' } }],
    ['plain text', 'Too many API requests.'],
  ])('in %s may be retried after a second, three times in all', (_, body) => {
    expect(judge(answer(429, body))).toMatchObject({
      code: 'upbit.rateLimited',
      retry: 'thrice',
      notBefore: NOW + SECOND,
    });
  });

  it('with a Retry-After is not retried before it', () => {
    expect(judge(answer(429, '', { retryAfter: '30' }))).toMatchObject({ notBefore: NOW + 30 * SECOND });
    expect(judge(answer(429, '', { retryAfter: '0' }))).toMatchObject({ notBefore: NOW + SECOND });
  });
});

describe('a 418', () => {
  it.each([
    ['blocked for 90 minutes', 'account', 90 * MINUTE],
    ['your IP', 'address', 15 * MINUTE],
  ])('that says %j is final for this run, and says whom it blocks until when', (message, whom, ms) => {
    const until = NOW + ms;
    expect(judge(error(418, 'too_many_requests', message))).toStrictEqual({
      kind: 'refusal',
      code: 'upbit.blocked',
      retry: 'never',
      detail: `Upbit answered 418 too_many_requests: this ${whom} is blocked until ${formatSecond(until)}`,
      block: { whom, until },
    });
  });

  it.each(['', '<html>', 'x'.repeat(5_000)])('with the body %j is a block, whoever sent it', (body) => {
    expect(judge(answer(418, body))).toMatchObject({
      code: 'upbit.blocked',
      block: { whom: 'account', until: NOW + 15 * MINUTE },
    });
  });
});

describe('a broken call', () => {
  function failed(code?: string, name = 'Error') {
    const cause = Object.assign(new Error('cause'), code === undefined ? {} : { code }, { name });
    return new TypeError('fetch failed', { cause });
  }

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'UND_ERR_SOCKET', 'EHOSTUNREACH'])(
    'with %s is unreachable and can be retried',
    (code) => {
      expect(judgeBreak(failed(code))).toEqual({
        kind: 'refusal',
        code: 'upbit.unreachable',
        retry: 'later',
        detail: `the connection to Upbit failed: ${code}`,
      });
    },
  );

  it('without any code is unreachable', () => {
    expect(judgeBreak(failed())).toMatchObject({
      code: 'upbit.unreachable',
      detail: 'the connection to Upbit failed',
    });
    expect(judgeBreak('thrown text')).toMatchObject({ code: 'upbit.unreachable' });
  });

  it('after several addresses were tried has the error of the first', () => {
    const both = new AggregateError([
      Object.assign(new Error('a'), { code: 'ECONNREFUSED' }),
      new Error('b'),
    ]);
    expect(judgeBreak(new TypeError('fetch failed', { cause: both }))).toMatchObject({
      detail: 'the connection to Upbit failed: ECONNREFUSED',
    });
  });

  it.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'CRL_HAS_EXPIRED',
    'HOSTNAME_MISMATCH',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNSPECIFIED',
  ])('with %s has a certificate that cannot be verified, and is not retried', (code) => {
    expect(judgeBreak(failed(code))).toEqual({
      kind: 'refusal',
      code: 'upbit.tls',
      retry: 'never',
      detail: `no verified connection to Upbit: ${code}`,
    });
  });

  it.each([
    'EPROTO',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
  ])('with %s is trouble with TLS, but not with a certificate, and can be retried', (code) => {
    expect(judgeBreak(failed(code))).toEqual({
      kind: 'refusal',
      code: 'upbit.unreachable',
      retry: 'later',
      detail: `the connection to Upbit failed: ${code}`,
    });
  });

  it.each([
    'XERR_TLS_CERT',
    'EPROTONOSUPPORT',
    'HOSTNAME_MISMATCHED',
    'INVALID_CALL',
    'INVALID_PURPOSES',
    'PATH_LENGTH_EXCEEDED_BY',
    'XETIMEDOUT',
    'ETIMEDOUT_NOT',
    'UND_ERR_A_TIMEOUT_NOT',
  ])('with %s is neither a certificate that fails nor a timeout', (code) => {
    expect(judgeBreak(failed(code))).toMatchObject({ code: 'upbit.unreachable' });
  });

  it('has the innermost code', () => {
    const inner = new Error('no code');
    const middle = Object.assign(new Error('cause', { cause: inner }), { code: 'ECONNRESET' });
    const outer = Object.assign(new TypeError('fetch failed', { cause: middle }), { code: 'OUTER' });
    expect(judgeBreak(outer)).toMatchObject({ detail: 'the connection to Upbit failed: ECONNRESET' });
  });

  it('has no code if that is not a string', () => {
    const cause = Object.assign(new Error('cause'), { code: 42 });
    expect(judgeBreak(new TypeError('fetch failed', { cause }))).toMatchObject({
      detail: 'the connection to Upbit failed',
    });
  });

  it('is examined eight causes deep, even if one is its own cause', () => {
    const own: Error & { cause?: unknown } = new Error('own');
    own.cause = own;
    expect(judgeBreak(own)).toMatchObject({ code: 'upbit.unreachable' });
    const chained = (depth: number): Error =>
      depth === 1
        ? Object.assign(new Error('last'), { code: 'ECONNRESET' })
        : new Error('link', { cause: chained(depth - 1) });
    expect(judgeBreak(chained(8))).toMatchObject({ detail: 'the connection to Upbit failed: ECONNRESET' });
    expect(judgeBreak(chained(9))).toMatchObject({ detail: 'the connection to Upbit failed' });
  });

  it('that ran out of time is a timeout', () => {
    expect(judgeBreak(new DOMException('too long', 'TimeoutError'))).toMatchObject({
      code: 'upbit.timeout',
      retry: 'later',
      detail: 'Upbit did not answer in time',
    });
    expect(judgeBreak(failed('UND_ERR_CONNECT_TIMEOUT'))).toMatchObject({ code: 'upbit.timeout' });
    expect(judgeBreak(failed('ETIMEDOUT'))).toMatchObject({ code: 'upbit.timeout' });
  });

  it.each(['Bearer fake-token', 'Bearer FAKE', 'X'.repeat(65)])(
    'never shows a code of an unknown form: %s',
    (code) => {
      expect(judgeBreak(failed(code))).toMatchObject({ detail: 'the connection to Upbit failed' });
    },
  );
});

describe('an answer of the ticker', () => {
  const judged = (given: UpbitAnswer) => judgeTicker(given, NOW, ['SGD', 'USDT', 'BTC']);
  const NOT_UPBITS = 'Upbit’s own answer did not arrive: something in front of it sent ';

  it('has its prices to the last digit, and the number of refused rows', () => {
    const body = `[${tickerRow('SGD-BTC', '0.1234567890123456789')},${tickerRow('SGD-ADA', '0')}]`;
    expect(judged(answer(200, body))).toEqual({
      kind: 'prices',
      prices: new Map([
        [
          'SGD-BTC',
          {
            price: { coefficient: 1234567890123456789n, exponent: -19 },
            tradedAt: at('2026-11-22T06:00:00Z'),
          },
        ],
      ]),
      refused: 1,
    });
    expect(judged(answer(200, '[]'))).toEqual({ kind: 'prices', prices: new Map(), refused: 0 });
    expect(judged(answer(200, '[{"a":1},null]'))).toMatchObject({ kind: 'prices', refused: 2 });
  });

  it.each<[string, UpbitAnswer, string, string]>([
    ['HTML', answer(200, '<html>maintenance</html>'), 'upbit.unavailable', `${NOT_UPBITS}200, “maintenance”`],
    ['nothing', answer(200), 'upbit.unavailable', `${NOT_UPBITS}200, no readable text`],
    [
      'a list that is cut',
      answer(200, tickerBody({ 'SGD-BTC': '1' }).slice(0, 30)),
      'upbit.unavailable',
      `${NOT_UPBITS}200, “market …”`,
    ],
    [
      'what is not UTF-8',
      { ...answer(200), body: Buffer.from('["\xff"]', 'latin1') },
      'upbit.unavailable',
      `${NOT_UPBITS}200, no readable text`,
    ],
    [
      'a page with 403',
      answer(403, '<p>Not this way</p>'),
      'upbit.unavailable',
      `${NOT_UPBITS}403, “Not this way”`,
    ],
    ['a server error', error(500, 'internal_error'), 'upbit.unavailable', 'Upbit answered 500'],
    ['no content', answer(204), 'upbit.unavailable', `${NOT_UPBITS}204, no readable text`],
    ['part of a list', answer(206, '[]'), 'upbit.unavailable', `${NOT_UPBITS}206, no readable text`],
  ])('that is %s may be another the next time', (_, given, code, detail) => {
    expect(judged(given)).toMatchObject({ kind: 'refusal', code, detail, retry: 'later' });
  });

  it.each<[string, UpbitAnswer, string, string]>([
    ['an object', answer(200, {}), 'response.malformed', 'the answer is an object, not an array'],
    ['null', answer(200, 'null'), 'response.malformed', 'the answer is null, not an array'],
    ['an error with 200', error(200, 404), 'response.malformed', 'the answer is an object, not an array'],
    ['too large', { ...answer(200), body: undefined }, 'response.tooLarge', 'the answer is too large'],
    ['a refusal with a numeric name', error(404, 404), 'upbit.refused', 'Upbit answered 404'],
    [
      'a refusal of another name',
      error(400, 'validation_error'),
      'upbit.refused',
      'Upbit answered 400 validation_error',
    ],
    [
      'a refusal for want of a key',
      error(401, 'invalid_access_key'),
      'key.invalid',
      'Upbit answered 401 invalid_access_key',
    ],
    [
      'a path that is not there',
      answer(404, { message: 'no Route matched with those values' }),
      'upbit.unavailable',
      `${NOT_UPBITS}404, “message no Route matched with those values”`,
    ],
  ])('that is %s is final', (_, given, code, detail) => {
    expect(judged(given)).toMatchObject({ kind: 'refusal', code, detail, retry: 'never' });
  });

  it('with 429 or 418 says how long to wait', () => {
    expect(judged(error(429, 'too_many_requests'))).toMatchObject({
      code: 'upbit.rateLimited',
      retry: 'thrice',
      notBefore: NOW + SECOND,
    });
    expect(judged(error(418, 'too_many_requests', 'blocked for 3600 seconds'))).toMatchObject({
      code: 'upbit.blocked',
      retry: 'never',
      block: { until: NOW + 60 * MINUTE },
    });
  });

  it('keeps nothing of what was refused', () => {
    expect(judged(answer(200, { secret: 'x' }))).not.toHaveProperty('answer');
  });
});
