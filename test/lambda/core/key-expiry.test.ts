import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../lambda/core/instant.ts';
import {
  EXPIRY_REMEDY,
  expiryText,
  isExpirySoon,
  isReminderDue,
  parseKeyExpiry,
} from '../../../lambda/core/key-expiry.ts';
import { at } from '../../support/memory-parts.ts';

const KEY = 'fake-access-kr-main';
const row = (expireAt: unknown, accessKey: unknown = KEY) => ({ access_key: accessKey, expire_at: expireAt });

describe('the expiry in a list of keys', () => {
  it.each([
    ['2026-07-01T09:00:00+09:00', '2026-07-01T00:00:00Z'],
    ['2026-07-01T09:00:00Z', '2026-07-01T09:00:00Z'],
    ['2026-06-30T19:30:00-04:30', '2026-07-01T00:00:00Z'],
    ['1970-01-01T09:00:01+09:00', '1970-01-01T00:00:01Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseKeyExpiry([row(text)], KEY)).toBe(at(instant));
  });

  it('is that of our own key, whatever the others have', () => {
    const others = [row(17, 'fake-other'), 'a word', null, row('2020-01-01T00:00:00Z', 'fake-another')];
    expect(parseKeyExpiry([...others, row('2026-07-01T00:00:00Z')], KEY)).toBe(at('2026-07-01T00:00:00Z'));
  });

  it.each([
    '2026-07-01T09:00:00',
    '2026-07-01',
    '2026-02-30T00:00:00+09:00',
    '0000-01-01T00:00:00+09:00',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59-09:00',
    '2026-07-01T24:00:00+09:00',
    '2026-07-01T09:00:00+0900',
    '2026-07-01T09:00:00+15:00',
    '2026-07-01T09:00:00+09:00 or later',
    ['2026-07-01T09:00:00+09:00'],
    '2026-07-01T09:00:00+09:60',
    ' 2026-07-01T09:00:00Z',
    'July 1, 2026',
    '',
    1_782_864_000_000,
    null,
    undefined,
  ])('is unknown if it is %j', (text) => {
    expect(parseKeyExpiry([row(text)], KEY)).toBeUndefined();
  });

  it.each([
    ['an object', row('2026-07-01T00:00:00Z')],
    ['null', null],
    ['text', '[]'],
    ['an empty list', []],
    ['a list without our key', [row('2026-07-01T00:00:00Z', 'fake-other')]],
    ['a list with our key twice', [row('2026-07-01T00:00:00Z'), row('2026-07-01T00:00:00Z')]],
  ])('is unknown from %s', (_, list) => {
    expect(parseKeyExpiry(list, KEY)).toBeUndefined();
  });

  it('is parsed from any JSON without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(parseKeyExpiry(json, KEY)).toBeUndefined();
      }),
    );
  });
});

it('a reminder is due 30 days before, and every day from 7 days before on', () => {
  const due = Array.from({ length: 40 }, (_, index) => 35 - index).filter(isReminderDue);
  expect(due).toEqual([30, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4]);
});

it.each([
  [8, 'in 8 days'],
  [1, 'in 1 day'],
  [0, 'within a day'],
  [-1, 'already past'],
])('an expiry in %i days is described in words', (days, words) => {
  expect(expiryText(at('2026-12-01T00:00:00Z') + DAY, days)).toBe(`2026-12-02T00:00:00Z, ${words}`);
});

it('an expiry is soon from 30 days before it on, even when it is past', () => {
  expect([31, 30, 1, 0, -1].map(isExpirySoon)).toEqual([false, true, true, true, true]);
});

it('the remedy for a key that expires is a sentence, and says where the new date goes', () => {
  expect(EXPIRY_REMEDY).toMatch(/^Make a new key .*expiresOn.*\.$/);
});
