import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durations } from '../../../../lambda/adapters/upbit/durations.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../lambda/core/instant.ts';

const read = (text: string) => durations(text).map(({ ms }) => ms);

describe('a duration', () => {
  it.each([
    ['90 ms', 90],
    ['90ms', 90],
    ['1 millisecond', 1],
    ['90 msecs', 90],
    ['90밀리초', 90],
    ['90s', 90 * SECOND],
    ['1 sec', SECOND],
    ['90 secs', 90 * SECOND],
    ['90 SECONDS', 90 * SECOND],
    ['90초', 90 * SECOND],
    ['12m', 12 * MINUTE],
    ['12 min', 12 * MINUTE],
    ['12 mins', 12 * MINUTE],
    ['1 minute', MINUTE],
    ['12분', 12 * MINUTE],
    ['12h', 12 * HOUR],
    ['12 hr', 12 * HOUR],
    ['12 hrs', 12 * HOUR],
    ['1 hour', HOUR],
    ['12시간', 12 * HOUR],
    ['1d', DAY],
    ['3 days', 3 * DAY],
    ['1일', DAY],
    ['2w', 14 * DAY],
    ['2 weeks', 14 * DAY],
    ['2주일', 14 * DAY],
    ['1 month', 30 * DAY],
    ['1개월', 30 * DAY],
    ['3600.5 seconds', 3600.5 * SECOND],
    ['1,200 seconds', 1_200 * SECOND],
    ['1,234,567.5 seconds', 1_234_567.5 * SECOND],
    ['299.987 seconds', 299_987],
    ['2 minutes and 30 seconds', 150 * SECOND],
    ['1 day, 2 hours, 3 minutes', DAY + 2 * HOUR + 3 * MINUTE],
    ['1h30m', 90 * MINUTE],
    ['1시간 30분', 90 * MINUTE],
    ['1일 2시간', 26 * HOUR],
    ['PT1H30M', 90 * MINUTE],
  ])('is read from %j', (text, ms) => {
    expect(read(text)).toStrictEqual([ms]);
    expect(read(`Blocked (${text}).`)).toStrictEqual([ms]);
  });

  it.each(['60', ' 60 \n', '"60"'])('in seconds is read from the whole text %j', (text) => {
    expect(read(text)).toStrictEqual([MINUTE]);
    expect(read(`(${text})`)).toStrictEqual([]);
  });

  it.each<[unknown, number]>([
    [{ retry_after: 300 }, 300 * SECOND],
    [{ retryAfter: '300' }, 300 * SECOND],
    [{ 'retry-after': 300 }, 300 * SECOND],
    [{ sec: 60 }, MINUTE],
    [{ remaining_seconds: '300' }, 300 * SECOND],
    [{ remainingMinutes: 5 }, 5 * MINUTE],
    [{ blocked_hours: 1.5 }, 90 * MINUTE],
    [{ days: 2 }, 2 * DAY],
    [{ retry_after_ms: 90_000 }, 90 * SECOND],
    [{ error: { name: 418, retry_after: 300, message: 'blocked' } }, 300 * SECOND],
  ])('is read from the JSON %j', (json, ms) => {
    expect(read(JSON.stringify(json))).toStrictEqual([ms]);
    expect(read(JSON.stringify(json, null, 1).replaceAll(':', ' :'))).toStrictEqual([ms]);
  });

  it.each([
    '',
    'blocked',
    '30 requests',
    '60x',
    '5 hits',
    '418 too_many_requests',
    '2026년 11월 22일까지',
    '11 월 22 일',
    '22일까지',
    '22 일까지',
    '22일 오후 3시까지',
    '22일 15시까지',
    '{"name":418,"trace":31415926535,"ratio":0.1234567890123}',
  ])('is not found in %j', (text) => {
    expect(read(text)).toStrictEqual([]);
  });

  it.each<[string, number[]]>([
    ['{"retry_after":"2 hours"}', [2 * HOUR]],
    ['{"remaining_min":120}', [2 * HOUR]],
    ['{"remainingTime":7200}', [2 * HOUR]],
    ['{"ttl":7200}', [2 * HOUR]],
    ['{"retry_in":7200}', [2 * HOUR]],
    // A time, and no wait.
    ['{"timestamp_ms":1795327200000}', []],
    ['{"timestampSeconds":1795327200}', []],
  ])('is read from a member of JSON by what its value or its name says: %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('is read apart from others, with the text around it', () => {
    expect(durations('30 requests per 1 second exceeded. Try again in 300 seconds.')).toStrictEqual([
      {
        ms: SECOND,
        before: '30 requests per ',
        after: ' exceeded. Try again in 300 seconds.',
      },
      {
        ms: 300 * SECOND,
        before: '30 requests per 1 second exceeded. Try again in ',
        after: '.',
      },
    ]);
    expect(read('11월 22일 15시 10분까지, 1시간 30분 동안')).toStrictEqual([10 * MINUTE, 90 * MINUTE]);
  });

  it('as a bare number or a member of JSON is read as a wait', () => {
    expect(durations('5')).toStrictEqual([{ ms: 5 * SECOND, before: 'wait ', after: '' }]);
    expect(durations('{"retry_after":5}')).toStrictEqual([
      { ms: 5 * SECOND, before: '{ wait ', after: ' }' },
    ]);
  });

  it('is read whatever its size, with or without thousands separators', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('en', 'none'), (seconds, locale) => {
        const number = locale === 'en' ? seconds.toLocaleString('en') : String(seconds);
        expect(read(`Blocked for ${number} seconds.`)).toStrictEqual([seconds * SECOND]);
      }),
    );
  });

  it('is soon found or not in the 4 KB that are hardest to read', () => {
    for (const text of ['1 ', '1s ', '"a', 'wait', '1,111', '1s, and ', ' ', '1', '"ms":1 '])
      expect(() => durations(`wait ${text.repeat(4_096 / text.length)}`)).not.toThrow();
  });
});
