import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UpbitAnswer } from '../../../../lambda/adapters/upbit/http-answer.ts';
import { judgeBlock, retryAfter, statedWait } from '../../../../lambda/adapters/upbit/stated-wait.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';
import { at } from '../../../support/memory-parts.ts';

const NOW = at('2026-11-22T06:00:01Z');

/** An answer with this body, and this `Retry-After` if there is one. */
function answer(body: unknown = '', header: string | null = null): UpbitAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status: 418,
    headersAt: NOW,
    date: null,
    retryAfter: header,
    server: null,
    body: new TextEncoder().encode(text),
  };
}

/** How long a 418 blocks, in milliseconds. */
const blocked = (body: unknown, header?: string) => judgeBlock(answer(body, header), NOW).until - NOW;

describe('a block', () => {
  it.each<[unknown, number]>([
    ['30 requests per 1 second exceeded. Try again in 3600 seconds', HOUR],
    ['1,200 seconds', 20 * MINUTE],
    ['3600.5 seconds', HOUR + SECOND],
    ['blocked for 90 minutes', 90 * MINUTE],
    ['Try again in 2 hours and 30 minutes.', 150 * MINUTE],
    ['10 requests per 1 minute, blocked for 1 hour', HOUR],
    ['PT24H', DAY],
    ['1시간 동안 차단되었습니다', HOUR],
    ['3600초 후 다시 시도', HOUR],
    ['11월 22일 15시 10분까지, 1시간 30분 동안 차단', 90 * MINUTE],
    ['{"message":"3600\\ucd08 \\ud6c4 \\ub2e4\\uc2dc"}', HOUR],
    ['blocked for 3 days', 3 * DAY],
    ['3600', HOUR],
    [{ error: { name: 418, retry_after: 3600 } }, HOUR],
    [{ error: { name: 418, remaining_seconds: '3600' } }, HOUR],
    ['blocked until 2026-11-22T06:40:01Z', 40 * MINUTE],
    ['blocked until 2026-11-22 06:40:01.000 Z', 40 * MINUTE],
    ['blocked until 2026-11-22T06:40Z', 40 * MINUTE - SECOND],
    ['blocked until 2026-11-25T15:00:01+09:00', 3 * DAY],
    ['blocked until 2026-11-25T15:00:01+0900', 3 * DAY],
    ['until 2026-11-22T01:10:01.250-05:30', 40 * MINUTE + SECOND],
    ['from 2026-11-22T06:05:01Z to 2026-11-22T06:20:01Z', 20 * MINUTE],
    ['from 2026-11-22T06:20:01Z, that is in 5 minutes', 20 * MINUTE],
    // Without a zone: no site of Upbit is behind UTC.
    ['blocked until 2026-11-22T15:00:01', 9 * HOUR],
    ['blocked until 2026-11-23', DAY + 18 * HOUR - SECOND],
    [{ error: { name: 'blocked', until: '2026-11-22T06:40:01+00:00' } }, 40 * MINUTE],
    [{ blocked_until: NOW + 40 * MINUTE }, 40 * MINUTE],
    [{ blocked_until: (NOW + 40 * MINUTE) / SECOND }, 40 * MINUTE],
  ])('lasts as long as the longest wait that %j may state', (body, ms) => {
    expect(blocked(body)).toBe(ms);
  });

  it.each([
    '',
    'blocked',
    '60x',
    '300 seconds',
    '30 requests per 1 second exceeded. Try again in 300 seconds',
    'for 14 minutes and 59 seconds',
    '2026년 11월 22일까지 차단되었습니다',
    '11 월 22 일 15 시 10 분 30 초까지',
    'blocked at 2026-11-22T05:10:01Z',
    'blocked until 2026-99-99T06:40:01Z',
    '{"error":{"name":418,"trace":31415926535,"ratio":0.1234567890123}}',
    '{"name":418,"blocked_until":1600000000}',
    `${' '.repeat(4_096)}3 hours`,
  ])('lasts 15 minutes if %j states no longer wait', (body) => {
    expect(blocked(body)).toBe(15 * MINUTE);
  });

  it.each(['blocked for 900 days', 'blocked for 99999999999 seconds', 'until 9999-11-22T06:10:01Z'])(
    'lasts 30 days if %j states a longer wait',
    (body) => {
      expect(blocked(body)).toBe(30 * DAY);
    },
  );

  it.each([
    ['0', 'Try again in 20 minutes', 20 * MINUTE],
    ['Sun, 22 Nov 2026 05:00:00 GMT', 'Try again in 20 minutes', 20 * MINUTE],
    ['in 2 hours', 'Try again in 20 minutes', 20 * MINUTE],
    ['1200', '', 20 * MINUTE],
    ['3600', 'Try again in 20 minutes', HOUR],
    ['Sun, 22 Nov 2026 07:00:01 GMT', 'Try again in 20 minutes', HOUR],
    ['Sunday, 22-Nov-26 07:00:01 GMT', '', HOUR],
    ['Sun Nov 22 07:00:01 2026', '', HOUR],
    ['60', 'for 5 minutes', 15 * MINUTE],
    ['99999999999999999999', '', 30 * DAY],
  ])('lasts as long as the longer of Retry-After %j and the body %j', (header, body, ms) => {
    expect(blocked(body, header)).toBe(ms);
  });

  it('lasts 15 minutes if the body was not read', () => {
    expect(judgeBlock({ ...answer(), body: undefined }, NOW)).toStrictEqual({
      whom: 'account',
      until: NOW + 15 * MINUTE,
    });
  });

  it('never lasts less than it states, or less than 15 minutes, or more than 30 days', () => {
    const waits = fc.record({
      requests: fc.nat(1_000),
      seconds: fc.nat(5_000_000),
      header: fc.option(fc.nat(5_000_000).map(String)),
      isFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(waits, ({ requests, seconds, header, isFirst }) => {
        const parts = [`${requests} requests per 1 second exceeded`, `wait ${seconds} seconds`];
        const body = (isFirst ? parts.toReversed() : parts).join('. ');
        const stated = Math.max(seconds, Number(header)) * SECOND;
        expect(blocked(body, header ?? undefined)).toBe(Math.min(30 * DAY, Math.max(15 * MINUTE, stated)));
      }),
    );
  });

  it('never ends early because of fractions of a second', () => {
    expect(judgeBlock(answer('for 1 hour'), NOW + 1).until).toBe(NOW + HOUR + SECOND);
  });

  it.each([
    'Your IP has been blocked',
    'this address is blocked',
    '해당 IP 주소가 차단되었습니다',
    '\\uc8fc\\uc18c \\ucc28\\ub2e8',
    'ip_blocked',
  ])('that says %j is of the address', (body) => {
    expect(judgeBlock(answer(body), NOW).whom).toBe('address');
  });

  it.each(['', 'blocked', 'zip of tips'])('that says %j is of the account', (body) => {
    expect(judgeBlock(answer(body), NOW).whom).toBe('account');
  });
});

describe('a wait stated by a 429', () => {
  it.each<[unknown, string | null, number]>([
    ['Too many API requests.', null, 0],
    ['30 requests per 1 second exceeded', null, 0],
    ['1,000 requests per 1 hour exceeded. Try again in 5 seconds', null, 5 * SECOND],
    ['Please retry after 2 minutes.', null, 2 * MINUTE],
    ['5초 후 다시 시도', null, 5 * SECOND],
    ['5초 뒤에', null, 5 * SECOND],
    ['1분에 600회', null, 0],
    ['until 2026-11-22T07:00:01Z', null, 0],
    [{ error: { name: 429, retry_after: 5 } }, null, 5 * SECOND],
    ['5', null, 5 * SECOND],
    ['', '5', 5 * SECOND],
    ['try again in 3 seconds', '5', 5 * SECOND],
    ['try again in 8 seconds', '5', 8 * SECOND],
    ['try again in 90 days', null, 30 * DAY],
  ])('is read only if it is clear: %j with Retry-After %j', (body, header, ms) => {
    expect(statedWait(answer(body, header), NOW)).toBe(ms);
  });
});

describe('Retry-After', () => {
  it.each([
    ['60', MINUTE],
    ['0', 0],
    [' 60 ', MINUTE],
    ['0000000000060', MINUTE],
    ['Sun, 22 Nov 2026 06:30:01 GMT', 30 * MINUTE],
    ['Sunday, 22-Nov-26 06:30:01 GMT', 30 * MINUTE],
    ['Sun Nov 22 06:30:01 2026', 30 * MINUTE],
    ['Sun, 22 Nov 2026 05:30:01 GMT', 0],
    ['9999999999999999', 30 * DAY],
    ['Sun, 22 Nov 9999 06:30:01 GMT', 30 * DAY],
  ])('%j is read', (header, ms) => {
    expect(retryAfter(answer('', header), NOW)).toBe(ms);
  });

  it.each([null, '', 'in 2 hours', 'P12', '12.5', '-1', '12 s', 'x Sun, 22 Nov 2026 06:30:01 GMT'])(
    '%j has no legal form, and is not read',
    (header) => {
      expect(retryAfter(answer('', header), NOW)).toBeUndefined();
    },
  );
});
