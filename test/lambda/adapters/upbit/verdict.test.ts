import { describe, expect, it } from 'vitest';
import type { UpbitAnswer } from '../../../../lambda/adapters/upbit/http-answer.ts';
import { judgeAnswer, judgeBreak, judgeKeyList } from '../../../../lambda/adapters/upbit/verdict.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';
import { at } from '../../../support/memory-parts.ts';

const NOW = at('2026-11-22T06:00:01Z');
const SECRETS = ['fake-access-key', 'fake-secret-key'];

function answer(
  status: number,
  body: unknown = '',
  headers: { date?: string; retryAfter?: string } = {},
): UpbitAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    body: new TextEncoder().encode(text),
    date: headers.date ?? null,
    retryAfter: headers.retryAfter ?? null,
  };
}

function error(status: number, name: unknown, message = 'told so') {
  return answer(status, { error: { message, name } });
}

const judge = (given: UpbitAnswer) => judgeAnswer(given, NOW, SECRETS);

describe('a 200', () => {
  it('with a list of balances is that list, and Upbit’s own time', () => {
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
      serverDate: NOW - SECOND,
    });
  });

  it.each([
    ['HTML', '<html>maintenance</html>', 'the answer is not JSON'],
    ['nothing', '', 'the answer is not JSON'],
    [
      'an error object',
      { error: { name: 'out_of_scope', message: '' } },
      'the answer is an object, not an array',
    ],
    ['null', null, 'the answer is null, not an array'],
    ['a malformed line', [{ currency: 'BTC' }], '[0].balance is nothing, not text'],
  ])('with %s is malformed, and says where', (_, body, detail) => {
    expect(judge(answer(200, body))).toEqual({
      kind: 'refusal',
      code: 'response.malformed',
      retry: 'never',
      detail,
    });
  });

  it('that is not well-formed UTF-8 is malformed', () => {
    const bytes = Buffer.from('[{"currency":"\xff"}]', 'latin1');
    expect(judge({ ...answer(200), body: bytes })).toMatchObject({
      code: 'response.malformed',
      detail: 'the answer is not JSON',
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
      });
    },
  );

  it('that was cut off is too large', () => {
    expect(judge({ ...answer(200), body: undefined })).toMatchObject({
      code: 'response.tooLarge',
      retry: 'never',
    });
  });

  it('with an unreadable date has no time of Upbit’s', () => {
    expect(judge(answer(200, '[]', { date: 'yesterday' }))).toEqual({
      kind: 'balances',
      balances: [],
      unknownFields: [],
    });
  });
});

describe('another status below 400', () => {
  it.each([201, 204, 206, 301, 302, 307])('%i is malformed', (status) => {
    expect(judge(answer(status))).toMatchObject({ code: 'response.malformed', retry: 'never' });
  });

  it.each([
    [204, 'which is no list of balances'],
    [299, 'which is no list of balances'],
    [300, 'a redirect, which is never followed'],
    [399, 'a redirect, which is never followed'],
  ])('%i is told in words', (status, what) => {
    expect(judge(answer(status))).toMatchObject({ detail: `Upbit answered ${status}, ${what}` });
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
    '%s names the address to register, where that is known',
    (name) => {
      expect(judgeAnswer(error(401, name), NOW, SECRETS, '203.0.113.7')).toMatchObject({
        code: 'key.addressNotAllowed',
        detail: `Upbit answered 401 ${name}; the address to register is 203.0.113.7`,
      });
    },
  );

  it('that is about no address names none', () => {
    expect(judgeAnswer(error(401, 'expired_access_key'), NOW, SECRETS, '203.0.113.7')).toMatchObject({
      detail: 'Upbit answered 401 expired_access_key',
    });
  });

  it.each([
    ['jwt_verification', 'signature'],
    ['invalid_access_key', 'accessKey'],
    ['invalid_query_payload', undefined],
    ['out_of_scope', undefined],
  ])('%s says that of the key the %s is wrong', (name, wrong) => {
    const verdict = judge(error(401, name));
    expect(verdict.kind === 'refusal' && verdict.wrong).toBe(wrong);
  });

  it.each([500, 502, 503, 504, 599])('%i can heal, whatever its body', (status) => {
    for (const body of ['', '<html>', { error: { name: 'out_of_scope', message: '' } }]) {
      expect(judge(answer(status, body))).toEqual({
        kind: 'refusal',
        code: 'upbit.unavailable',
        retry: 'later',
        detail: `Upbit answered ${status}`,
      });
    }
  });

  it('of 5xx with a Retry-After is not asked again before it', () => {
    expect(judge(answer(503, '', { retryAfter: '30' }))).toMatchObject({
      code: 'upbit.unavailable',
      retry: 'later',
      notBefore: NOW + 30 * SECOND,
    });
  });

  it('of 5xx with a Retry-After of years is not honoured beyond 30 days', () => {
    for (const retryAfter of ['999999999', 'Sun, 22 Nov 9999 06:00:00 GMT'])
      expect(judge(answer(503, '', { retryAfter }))).toMatchObject({ notBefore: NOW + 30 * DAY });
  });

  it.each([
    ['without a name', 'no Route matched with those values'],
    ['with its status for a name', { error: { name: 404, message: 'not found' } }],
  ])('%s says its status only', (_, body) => {
    expect(judge(answer(404, body))).toMatchObject({ code: 'upbit.refused', detail: 'Upbit answered 404' });
  });

  it.each([
    'invalid fake-access-key',
    'FAKE-ACCESS-KEY',
    '__fake-secret-key',
    'eyJhbGciOiJIUzI1NiJ9.x',
    '한국어',
    'x'.repeat(49),
    'a b',
  ])('whose name is %j does not have it repeated', (name) => {
    expect(judge(error(400, name))).toMatchObject({
      code: 'upbit.refused',
      detail: 'Upbit answered 400 (a name not shown)',
    });
  });
});

describe('an error in a form of its own', () => {
  it.each([
    { error: { message: 'no name' } },
    { error: { message: 'no name', name: null } },
    { error: { message: 'no name', name: { a: 1 } } },
    { error: 'no name' },
  ])('has no name: %j', (body) => {
    expect(judge(answer(400, body))).toStrictEqual({
      kind: 'refusal',
      code: 'upbit.refused',
      detail: 'Upbit answered 400',
      retry: 'never',
    });
  });

  it('has no name where it was too large to read, and no time of its own', () => {
    expect(judge({ ...answer(418), body: undefined })).toMatchObject({
      detail: 'Upbit answered 418: this account is blocked until 2026-11-22T06:15:01Z',
      block: { whom: 'account', until: NOW + 15 * MINUTE },
    });
  });

  it('says for how long, and whom, wherever in the body that stands', () => {
    const body = { error: { name: 'blocked', message: ['IP, for 90 seconds'] } };
    expect(judge(answer(418, body))).toMatchObject({
      block: { whom: 'address', until: NOW + 90 * SECOND },
    });
  });

  it('has a name that is not repeated where a key is in it, in either case', () => {
    const named = (...secrets: string[]) => judgeAnswer(error(400, 'the_abc123_key'), NOW, secrets);
    expect(named('xyz', 'ABC123')).toMatchObject({ detail: 'Upbit answered 400 (a name not shown)' });
    expect(named('abc123', 'xyz')).toMatchObject({ detail: 'Upbit answered 400 (a name not shown)' });
    expect(named('xyz', 'abc124')).toMatchObject({ detail: 'Upbit answered 400 the_abc123_key' });
  });

  it('says nothing of which part of the key is wrong where Upbit does not', () => {
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

  it('may have in it what is a key of a test, but none as long as a real one can be', () => {
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
      detail: 'the answer has more than 1 MB',
    });
  });

  it.each([
    'on Sun, 22 Nov 2026 06:30:01 GMT',
    'XSun, 22 Nov 2026 06:30:01 GMT',
    'Sun, 22 Nov 2026 06:30:01 GMT+0900',
  ])('has no time of Upbit’s where the header is %j', (date) => {
    const verdict = judge({ ...list('BTC'), date });
    expect(verdict.kind).toBe('balances');
    expect('serverDate' in verdict).toBe(false);
  });
});

describe('the answer about when a key expires', () => {
  const KEY = 'fake-access-key';
  const row = { access_key: KEY, expire_at: '2026-12-01T09:00:00+09:00' };

  it('is the time in it', () => {
    expect(judgeKeyList(answer(200, [row]), NOW, KEY)).toStrictEqual({
      expiresAt: at('2026-12-01T00:00:00Z'),
    });
  });

  it('says nothing where there is none, or it was too large, or it was an error', () => {
    expect(judgeKeyList(answer(200, []), NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList({ ...answer(200), body: undefined }, NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList(error(401, 'out_of_scope'), NOW, KEY)).toStrictEqual({});
    expect(judgeKeyList(answer(204), NOW, KEY)).toStrictEqual({});
  });

  it('is obeyed where it is a block', () => {
    expect(judgeKeyList(error(418, 'blocked', 'your IP, for 90 seconds'), NOW, KEY)).toStrictEqual({
      block: { whom: 'address', until: NOW + 90 * SECOND },
    });
  });
});

describe('a 429', () => {
  it.each([
    ['JSON', { error: { name: 'too_many_requests', message: 'slow down' } }],
    ['plain text', 'Too many API requests.'],
  ])('in %s may be asked again after a second, three times in all', (_, body) => {
    expect(judge(answer(429, body))).toMatchObject({
      code: 'upbit.rateLimited',
      retry: 'thrice',
      notBefore: NOW + SECOND,
    });
  });

  it('with a Retry-After is not asked again before it', () => {
    expect(judge(answer(429, '', { retryAfter: '30' }))).toMatchObject({ notBefore: NOW + 30 * SECOND });
    expect(judge(answer(429, '', { retryAfter: '0' }))).toMatchObject({ notBefore: NOW + SECOND });
  });
});

describe('a 418', () => {
  it.each<[unknown, number]>([
    ['blocked for 90 seconds', 90 * SECOND],
    ['Try again in 2 minutes and 30 seconds.', 150 * SECOND],
    ['1시간 동안 차단되었습니다', HOUR],
    ['300초 후 다시 시도', 300 * SECOND],
    ['blocked for 3 days', 3 * DAY],
    ['blocked until 2026-11-22T06:10:01Z', 10 * MINUTE],
    ['blocked until 2026-11-25T15:00:01+09:00', 3 * DAY],
    ['from 2026-11-22T06:00:01Z to 2026-11-22T06:10:01Z', 10 * MINUTE],
    [{ error: { name: 'blocked', message: 'blocked', until: '2026-11-22T06:10:01+00:00' } }, 10 * MINUTE],
    [{ blocked_until: NOW + 10 * MINUTE }, 10 * MINUTE],
    [{ blocked_until: (NOW + 10 * MINUTE) / SECOND }, 10 * MINUTE],
    [{ error: { name: 418, retry_after: 300 } }, 300 * SECOND],
    [{ error: { name: 418, remaining_seconds: '300' } }, 300 * SECOND],
    ['300', 300 * SECOND],
    ['blocked', 15 * MINUTE],
    ['blocked at 2026-11-22T05:10:01Z', 15 * MINUTE],
    ['blocked until 2026-11-22T06:10:01', 15 * MINUTE],
    ['blocked until 2026-99-99T06:10:01Z', 15 * MINUTE],
    ['2026년 11월 22일까지 차단되었습니다', 15 * MINUTE],
    ['22일까지 차단', 15 * MINUTE],
    ['22 일까지 차단', 15 * MINUTE],
    ['11 월 22 일 15 시 10 분 30 초까지', 15 * MINUTE],
    ['11월22일15시10분30초까지', 15 * MINUTE],
    ['15시까지', 15 * MINUTE],
    ['from 2026-11-22T06:05:01Z to 2026-11-22T06:20:01Z', 20 * MINUTE],
    ['{"second" : 60}', MINUTE],
    ['{"sec": 60}', MINUTE],
    ['{"retryAfter": 60}', MINUTE],
    [' 60 \n', MINUTE],
    ['60x', 15 * MINUTE],
    ['11월 22일 15시 10분 30초까지 차단', 15 * MINUTE],
    ['오후 3 시 10 분까지 차단', 15 * MINUTE],
    ['11월 22일 15시 10분까지, 1시간 30분 동안 차단', 90 * MINUTE],
    [{ error: { name: 418, message: '11월 22일까지', retry_after: 300 } }, 300 * SECOND],
    [{ error: { name: 418, trace: 31415926535, ratio: 0.1234567890123 } }, 15 * MINUTE],
    ['', 15 * MINUTE],
    ['blocked for 900 days', 30 * DAY],
    ['blocked until 9999-11-22T06:10:01Z', 30 * DAY],
  ])('whose body is %j blocks the account for as long as that says, else 15 minutes', (body, ms) => {
    expect(judge(answer(418, body))).toMatchObject({
      code: 'upbit.blocked',
      retry: 'never',
      block: { whom: 'account', until: NOW + ms },
    });
  });

  it('is told with its end', () => {
    expect(judge(error(418, 'too_many_requests', 'blocked for 90 seconds'))).toMatchObject({
      detail: 'Upbit answered 418 too_many_requests: this account is blocked until 2026-11-22T06:01:31Z',
    });
  });

  it('is looked at no further than its first 4 KB', () => {
    expect(judge(answer(418, `${' '.repeat(4_096)} 5 minutes`))).toMatchObject({
      block: { until: NOW + 15 * MINUTE },
    });
  });

  it.each([
    ['90000 ms', 90 * SECOND],
    ['90000ms', 90 * SECOND],
    ['1 millisecond', SECOND],
    ['90000밀리초', 90 * SECOND],
    ['90s', 90 * SECOND],
    ['1 sec', SECOND],
    ['90 secs', 90 * SECOND],
    ['1 second', SECOND],
    ['12m', 12 * MINUTE],
    ['12 min', 12 * MINUTE],
    ['12 mins', 12 * MINUTE],
    ['1 minute', MINUTE],
    ['12분', 12 * MINUTE],
    ['12h', 12 * HOUR],
    ['12 hr', 12 * HOUR],
    ['12 hrs', 12 * HOUR],
    ['1 hour', HOUR],
    ['12 hours', 12 * HOUR],
    ['12시간', 12 * HOUR],
    ['1d', 24 * HOUR],
    ['1 day', 24 * HOUR],
    ['1일', 24 * HOUR],
    ['until 2026-11-22T06:10:01.000Z', 10 * MINUTE],
    ['until 2026-11-22 06:10:01Z', 10 * MINUTE],
    ['until 2026-11-22T15:10:01+09:00', 10 * MINUTE],
    ['until 2026-11-22T15:10:01+0900', 10 * MINUTE],
    ['until 2026-11-22T00:40:01.250-05:30', 10 * MINUTE + SECOND],
    ['until 2026-11-22T05:00:00Z, which is past', 15 * MINUTE],
  ])('is understood where it says %s', (message, ms) => {
    expect(judge(error(418, 'blocked', message))).toMatchObject({ block: { until: NOW + ms } });
  });

  it('says in its words who is blocked', () => {
    expect(judge(error(418, 'blocked', 'your IP'))).toMatchObject({
      detail: 'Upbit answered 418 blocked: this address is blocked until 2026-11-22T06:15:01Z',
    });
  });

  it('has its time from Retry-After first, in seconds or as a date', () => {
    expect(judge(answer(418, 'for 5 minutes', { retryAfter: '60' }))).toMatchObject({
      block: { until: NOW + MINUTE },
    });
    expect(judge(answer(418, '', { retryAfter: 'Sun, 22 Nov 2026 06:30:01 GMT' }))).toMatchObject({
      block: { until: NOW + 30 * MINUTE },
    });
  });

  it.each(['in 2 hours', 'P12', '12.5', '12 s', '', 'x Sun, 22 Nov 2026 06:30:01 GMT'])(
    'passes over a Retry-After that is neither: %j',
    (retryAfter) => {
      expect(judge(answer(418, 'for 5 minutes', { retryAfter }))).toMatchObject({
        block: { until: NOW + 5 * MINUTE },
      });
    },
  );

  it('may have white space around its Retry-After', () => {
    expect(judge(answer(418, '', { retryAfter: ' 60 ' }))).toMatchObject({ block: { until: NOW + MINUTE } });
  });

  it.each([
    'Your IP has been blocked',
    'this address is blocked',
    '해당 IP 주소가 차단되었습니다',
    'ip_blocked',
  ])('that says %j blocks the address', (words) => {
    expect(judge(error(418, 'blocked', words))).toMatchObject({ block: { whom: 'address' } });
    expect(judge(error(418, words, ''))).toMatchObject({ block: { whom: 'address' } });
  });

  it('does not name the address where only a word contains it', () => {
    expect(judge(error(418, 'blocked', 'zip of tips'))).toMatchObject({ block: { whom: 'account' } });
  });

  it('never ends early for having parts of a second', () => {
    expect(judgeAnswer(error(418, 'blocked', 'for 1 second'), NOW + 1, SECRETS)).toMatchObject({
      block: { until: NOW + 2 * SECOND },
    });
  });
});

describe('a broken call', () => {
  function failed(code?: string, name = 'Error') {
    const cause = Object.assign(new Error('cause'), code === undefined ? {} : { code }, { name });
    return new TypeError('fetch failed', { cause });
  }

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'UND_ERR_SOCKET', 'EHOSTUNREACH'])(
    'with %s is unreachable and can heal',
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

  it('with several addresses tried says what the first met', () => {
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
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'EPROTO',
  ])('with %s is a TLS failure and does not heal', (code) => {
    expect(judgeBreak(failed(code))).toEqual({
      kind: 'refusal',
      code: 'upbit.tls',
      retry: 'never',
      detail: `no verified connection to Upbit: ${code}`,
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
  ])('with %s is neither a TLS failure nor a time-out', (code) => {
    expect(judgeBreak(failed(code))).toMatchObject({ code: 'upbit.unreachable' });
  });

  it('says the innermost code there is', () => {
    const inner = new Error('no code');
    const middle = Object.assign(new Error('cause', { cause: inner }), { code: 'ECONNRESET' });
    const outer = Object.assign(new TypeError('fetch failed', { cause: middle }), { code: 'OUTER' });
    expect(judgeBreak(outer)).toMatchObject({ detail: 'the connection to Upbit failed: ECONNRESET' });
  });

  it('has no code where that is no text', () => {
    const cause = Object.assign(new Error('cause'), { code: 42 });
    expect(judgeBreak(new TypeError('fetch failed', { cause }))).toMatchObject({
      detail: 'the connection to Upbit failed',
    });
  });

  it('is looked at eight causes deep, also where one is its own cause', () => {
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

  it('that ran out of time is a time-out', () => {
    expect(judgeBreak(new DOMException('too long', 'TimeoutError'))).toMatchObject({
      code: 'upbit.timeout',
      retry: 'later',
      detail: 'Upbit did not answer in time',
    });
    expect(judgeBreak(failed('UND_ERR_CONNECT_TIMEOUT'))).toMatchObject({ code: 'upbit.timeout' });
    expect(judgeBreak(failed('ETIMEDOUT'))).toMatchObject({ code: 'upbit.timeout' });
  });

  it.each(['Bearer fake-token', 'Bearer FAKE', 'X'.repeat(65)])(
    'never repeats a code of an unknown form: %s',
    (code) => {
      expect(judgeBreak(failed(code))).toMatchObject({ detail: 'the connection to Upbit failed' });
    },
  );
});
