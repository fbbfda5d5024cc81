import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Balance } from '../../../lambda/core/balances.ts';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { decodeItem, encodeItem } from '../../../lambda/core/item.ts';
import type { Failure, Snapshot } from '../../../lambda/core/snapshot.ts';
import { type EncodedItem, itemBytes, type StoredValue } from '../../../lambda/core/stored.ts';
import { decimal, failure, must, snapshot } from '../../support/arbitraries.ts';

const RUNS = { numRuns: 500 };

function line(currency: string, balance: string, rest: Partial<Balance> = {}): Balance {
  return {
    currency,
    balance: decimal(balance),
    locked: decimal('0'),
    avgBuyPrice: decimal('0'),
    avgBuyPriceModified: false,
    unitCurrency: 'USDT',
    ...rest,
  };
}

const SNAPSHOT: Snapshot = {
  account: 'sg/main',
  slot: Date.UTC(2026, 10, 22, 6),
  observedAt: Date.UTC(2026, 10, 22, 6, 0, 1, 234),
  manual: false,
  writer: '0.1.0',
  keyId: '0a1b2c3d',
  unknownFields: [],
  balances: [
    line('ADA', '10.386546', { avgBuyPrice: decimal('0.9724275092936803') }),
    line('BTC', '0'),
    line('SGD', '509399.51675225', {
      locked: decimal('1e2'),
      avgBuyPriceModified: true,
      unitCurrency: 'SGD',
    }),
  ],
};

const FAILURE: Failure = {
  account: 'th/main',
  slot: Date.UTC(2026, 10, 22, 7),
  observedAt: Date.UTC(2026, 10, 22, 7, 5),
  manual: false,
  writer: '0.1.0',
  failure: 'upbit.timeout',
  detail: 'no answer within 5 s',
  attempts: 4,
  keyId: '0a1b2c3d',
};

/** The item as another store may return it: numbers with exponents, maps and sets in another order. */
function reprinted(item: EncodedItem): Record<string, StoredValue> {
  const json: Record<string, StoredValue> = JSON.parse(Buffer.from(JSON.stringify(item)).toString());
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, reprintedValue(value)]));
}

function reprintedValue(value: StoredValue): StoredValue {
  if (value.N !== undefined) return { N: new Big(value.N).toExponential().toUpperCase() };
  if (value.SS !== undefined) return { SS: value.SS.toReversed() };
  if (value.M === undefined) return value;
  const entries = Object.entries(value.M).toReversed();
  return { M: Object.fromEntries(entries.map(([name, inner]) => [name, reprintedValue(inner)])) };
}

describe('the item of a snapshot', () => {
  it('is exactly as documented', () => {
    expect(encodeItem(SNAPSHOT)).toStrictEqual({
      account: { S: 'sg/main' },
      slot: { S: '2026-11-22T06:00:00Z' },
      observedAt: { S: '2026-11-22T06:00:01.234Z' },
      balance: { M: { ADA: { N: '10.386546' }, BTC: { N: '0' }, SGD: { N: '509399.51675225' } } },
      locked: { M: { SGD: { N: '100' } } },
      avgBuyPrice: { M: { ADA: { N: '0.9724275092936803' } } },
      unitCurrency: { S: 'USDT' },
      unitCurrencyOf: { M: { SGD: { S: 'SGD' } } },
      avgBuyPriceModified: { SS: ['SGD'] },
      keyId: { S: '0a1b2c3d' },
      v: { N: '1' },
      writer: { S: '0.1.0' },
    });
  });

  it('has the sparse attributes only when needed', () => {
    expect(
      encodeItem({
        ...SNAPSHOT,
        balances: [line('BTC', '1')],
        manual: true,
        serverDate: Date.UTC(2026, 10, 22, 5, 59, 31),
        unknownFields: ['note', 'staked'],
      }),
    ).toStrictEqual({
      account: { S: 'sg/main' },
      slot: { S: '2026-11-22T06:00:00Z' },
      observedAt: { S: '2026-11-22T06:00:01.234Z' },
      balance: { M: { BTC: { N: '1' } } },
      unitCurrency: { S: 'USDT' },
      serverDate: { S: '2026-11-22T05:59:31Z' },
      unknownFields: { SS: ['note', 'staked'] },
      keyId: { S: '0a1b2c3d' },
      manual: { BOOL: true },
      v: { N: '1' },
      writer: { S: '0.1.0' },
    });
  });

  it('of an empty account has an empty balance and no unit', () => {
    expect(encodeItem({ ...SNAPSHOT, balances: [] })).toStrictEqual({
      account: { S: 'sg/main' },
      slot: { S: '2026-11-22T06:00:00Z' },
      observedAt: { S: '2026-11-22T06:00:01.234Z' },
      balance: { M: {} },
      keyId: { S: '0a1b2c3d' },
      v: { N: '1' },
      writer: { S: '0.1.0' },
    });
  });

  it('has the unit of most lines once, or of several the first in code order', () => {
    const units = (...unitCurrencies: string[]) => {
      const balances = unitCurrencies.map((unitCurrency, index) => line(`C${index}`, '1', { unitCurrency }));
      const { unitCurrency, unitCurrencyOf } = encodeItem({ ...SNAPSHOT, balances });
      return { unitCurrency, unitCurrencyOf };
    };
    expect(units('SGD', 'USDT', 'USDT')).toStrictEqual({
      unitCurrency: { S: 'USDT' },
      unitCurrencyOf: { M: { C0: { S: 'SGD' } } },
    });
    expect(units('USDT', 'SGD')).toStrictEqual({
      unitCurrency: { S: 'SGD' },
      unitCurrencyOf: { M: { C0: { S: 'USDT' } } },
    });
  });

  it('comes back equal', () => {
    fc.assert(
      fc.property(snapshot, (entry) => {
        expect(must(decodeItem(encodeItem(entry)))).toStrictEqual(entry);
      }),
      RUNS,
    );
  });

  it('is decoded equal from a store that prints exponents and keeps no order', () => {
    fc.assert(
      fc.property(snapshot, (entry) => {
        expect(must(decodeItem(reprinted(encodeItem(entry))))).toStrictEqual(entry);
      }),
      RUNS,
    );
  });
});

describe('the item of a failure', () => {
  it('is exactly as documented', () => {
    expect(encodeItem(FAILURE)).toStrictEqual({
      account: { S: 'th/main' },
      slot: { S: '2026-11-22T07:00:00Z' },
      observedAt: { S: '2026-11-22T07:05:00.000Z' },
      failure: { S: 'upbit.timeout' },
      detail: { S: `no answer within 5 s. What to do: ${FAILURES['upbit.timeout'].remedy}` },
      attempts: { N: '4' },
      keyId: { S: '0a1b2c3d' },
      v: { N: '1' },
      writer: { S: '0.1.0' },
    });
  });

  it('has the refused answer if there is one, and says whether it is cut', () => {
    const malformed = { ...FAILURE, failure: 'response.malformed', detail: 'so' };
    for (const isCut of [false, true]) {
      const entry = { ...malformed, answer: { text: '{"error":{}}', isCut } };
      const item = encodeItem(entry);
      const { detail, ...others } = item;
      expect(detail).toStrictEqual({ S: expect.stringMatching(/^so\. What to do: /) });
      expect(others).toStrictEqual({
        account: { S: 'th/main' },
        slot: { S: '2026-11-22T07:00:00Z' },
        observedAt: { S: '2026-11-22T07:05:00.000Z' },
        failure: { S: 'response.malformed' },
        attempts: { N: '4' },
        keyId: { S: '0a1b2c3d' },
        answer: { S: '{"error":{}}' },
        ...(isCut ? { answerCut: { BOOL: true } } : {}),
        v: { N: '1' },
        writer: { S: '0.1.0' },
      });
      expect(must(decodeItem(item))).toStrictEqual(entry);
    }
  });

  it('with the largest answer fits the store', () => {
    const answer = { text: '💰'.repeat(16_384), isCut: true };
    expect(itemBytes(encodeItem({ ...FAILURE, answer }))).toBeLessThan(67_000);
  });

  it('says what to do, and a detail stored without that is decoded unchanged', () => {
    const about = { ...FAILURE, failure: 'key.invalid', detail: 'so' };
    const { remedy } = FAILURES['key.invalid'];
    expect(encodeItem(about)['detail']).toStrictEqual({ S: `so. What to do: ${remedy}` });
    const otherWords = { ...encodeItem(about), detail: { S: 'so. What to do: As it was said then.' } };
    expect(must(decodeItem(otherWords))).toStrictEqual(about);
    expect(remedy).toContain('a key of another region gets this same answer');
    for (const detail of ['', 'as an earlier version recorded it', `so. ${remedy}`])
      expect(must(decodeItem({ ...encodeItem(about), detail: { S: detail } }))).toStrictEqual({
        ...about,
        detail,
      });
    expect(encodeItem({ ...about, failure: 'newer', detail: 'so' })['detail']).toStrictEqual({ S: 'so' });
  });

  it('is decoded equal, even with a code that only a newer version knows', () => {
    fc.assert(
      fc.property(failure, (entry) => {
        expect(must(decodeItem(encodeItem(entry)))).toStrictEqual(entry);
        expect(must(decodeItem(reprinted(encodeItem(entry))))).toStrictEqual(entry);
      }),
      RUNS,
    );
  });
});

describe('an item that is not entirely ours', () => {
  const having = (change: Record<string, StoredValue>) => ({ ...encodeItem(SNAPSHOT), ...change });
  const without = (name: string) =>
    Object.fromEntries(Object.entries(having({})).filter(([each]) => each !== name));
  const account = 'its account is not of the form <region>/<name>';
  const slot = 'its slot is not of the form 2026-11-22T06:00:00Z';
  const observedAt = 'its observedAt is not of the form 2026-11-22T06:00:01.234Z';

  it.each<[string, Record<string, StoredValue>, string]>([
    ['no account', without('account'), account],
    ['an account of no region', having({ account: { S: 'us/main' } }), account],
    ['the catalog', having({ account: { S: '#catalog' } }), account],
    ['an account that is a number', having({ account: { N: '1' } }), account],
    ['no slot', without('slot'), slot],
    ['a slot with milliseconds', having({ slot: { S: '2026-11-22T06:00:00.000Z' } }), slot],
    ['a slot of another zone', having({ slot: { S: '2026-11-22T06:00:00+00:00' } }), slot],
    ['a slot that is a number', having({ slot: { N: '1795327200' } }), slot],
    ['no version', without('v'), 'its schema version is absent, and this program reads 1'],
    ['a newer version', having({ v: { N: '2' } }), 'its schema version is 2, and this program reads 1'],
    [
      'a version that is text',
      having({ v: { S: '1' } }),
      'its schema version is absent, and this program reads 1',
    ],
    ['no observedAt', without('observedAt'), observedAt],
    ['an observedAt to the second', having({ observedAt: { S: '2026-11-22T06:00:01Z' } }), observedAt],
    ['neither a balance nor a failure', without('balance'), 'it has neither a balance nor a failure'],
    [
      'both a balance and a failure',
      having({ failure: { S: 'late' } }),
      'it has both a balance and a failure',
    ],
    ['a balance that is text', having({ balance: { S: '1' } }), 'its balance is not of type M'],
    ['a locked that is a number', having({ locked: { N: '1' } }), 'its locked is not of type M'],
    [
      'a set where a map belongs',
      having({ avgBuyPrice: { SS: ['ADA'] } }),
      'its avgBuyPrice is not of type M',
    ],
    ['units that are text', having({ unitCurrencyOf: { S: 'SGD' } }), 'its unitCurrencyOf is not of type M'],
    [
      'a map where a set belongs',
      having({ avgBuyPriceModified: { M: {} } }),
      'its avgBuyPriceModified is not of type SS',
    ],
    ['a unit that is a number', having({ unitCurrency: { N: '1' } }), 'its unitCurrency is not of type S'],
    ['a manual that is text', having({ manual: { S: 'true' } }), 'its manual is not of type BOOL'],
    ['a failure that is a number', having({ failure: { N: '1' } }), 'its failure is not of type S'],
    ['a serverDate that is a number', having({ serverDate: { N: '1' } }), 'its serverDate is not of type S'],
    [
      'a serverDate that is not a date',
      having({ serverDate: { S: 'Sun, 22 Nov 2026' } }),
      'its serverDate is not of the form 2026-11-22T06:00:00Z',
    ],
    [
      'an amount that is text',
      having({ balance: { M: { ADA: { S: '1' } } } }),
      'its balance of "ADA" is not a decimal number such as 0.25 or 1e-8',
    ],
    [
      'a price that is text',
      having({ avgBuyPrice: { M: { ADA: { S: '1' } } } }),
      'its avgBuyPrice of "ADA" is not a decimal number such as 0.25 or 1e-8',
    ],
    ['a negative amount', having({ locked: { M: { ADA: { N: '-1' } } } }), 'its locked of "ADA" is negative'],
    [
      'an amount too large',
      having({ balance: { M: { ADA: { N: '1E+126' } } } }),
      'its balance of "ADA" is 1e126 or larger',
    ],
    [
      'locked money of an unknown currency',
      having({ locked: { M: { XRP: { N: '1' } } } }),
      'its locked names a currency that its balance lacks',
    ],
    [
      'a price of an unknown currency',
      having({ avgBuyPrice: { M: { XRP: { N: '1' } } } }),
      'its avgBuyPrice names a currency that its balance lacks',
    ],
    [
      'a modified unknown currency',
      having({ avgBuyPriceModified: { SS: ['XRP'] } }),
      'its avgBuyPriceModified names a currency that its balance lacks',
    ],
    [
      'a unit of an unknown currency',
      having({ unitCurrencyOf: { M: { XRP: { S: 'SGD' } } } }),
      'its unitCurrencyOf names a currency that its balance lacks',
    ],
    ['no unit', without('unitCurrency'), 'it has no unitCurrency for "ADA"'],
    [
      'a unit of one currency that is a number',
      having({ unitCurrencyOf: { M: { BTC: { N: '1' } } } }),
      'it has no unitCurrency for "BTC"',
    ],
  ])('is rejected with its problem if it has %s', (_, item, problem) => {
    expect(decodeItem(item)).toStrictEqual({ problem });
  });

  it.each([{ N: '-1' }, { N: '1.5' }])(
    'is rejected with its problem if a failure has attempts of %j',
    (attempts) => {
      expect(decodeItem({ ...encodeItem(FAILURE), attempts }).problem).toBe(
        'its attempts are not a whole number',
      );
    },
  );

  it('is accepted without the attributes that nothing depends on', () => {
    const { writer: _, keyId: __, ...snapshotItem } = encodeItem(SNAPSHOT);
    expect(must(decodeItem(snapshotItem))).toStrictEqual({ ...SNAPSHOT, writer: '', keyId: '' });
    const { detail: ___, attempts: ____, ...failureItem } = encodeItem(FAILURE);
    expect(must(decodeItem(failureItem))).toStrictEqual({ ...FAILURE, detail: '', attempts: 0 });
  });

  it('is accepted if it is a failure without calls', () => {
    expect(must(decodeItem(encodeItem({ ...FAILURE, attempts: 0 })))).toMatchObject({ attempts: 0 });
  });

  it('is accepted if a newer version has added an attribute', () => {
    expect(must(decodeItem({ ...encodeItem(SNAPSHOT), prices: { M: {} } }))).toStrictEqual(SNAPSHOT);
  });
});

describe('itemBytes', () => {
  // The bytes one attribute adds to an item, as charged by AWS's DynamoDB Local.
  it.each<[EncodedItem, number, number]>([
    [{ n: { N: '1' } }, 3, 1],
    [{ n: { N: '12' } }, 3, 1],
    [{ n: { N: '123' } }, 4, 1],
    [{ n: { N: '1234567891' } }, 7, 1],
    [{ n: { N: '0.1' } }, 3, 1],
    [{ n: { N: '0.9724275092936803' } }, 10, 1],
    [{ n: { N: '10.38654612' } }, 7, 1],
    [{ n: { N: '0' } }, 2, 1],
    [{ n: { N: '132992558.1098141' } }, 11, 1],
    [{ m: { M: {} } }, 4, 0],
    [{ m: { M: { a: { N: '1' } } } }, 8, 1],
    [{ m: { M: { a: { N: '1' }, b: { N: '1' } } } }, 12, 2],
    [{ m: { M: { abcdefghijkl: { N: '1' } } } }, 19, 1],
    [{ m: { M: { a: { S: 'xxxx' } } } }, 10, 0],
    [{ s: { SS: ['abc', 'def'] } }, 7, 0],
    [{ b: { BOOL: true } }, 2, 0],
    [{ s: { S: 'abc' } }, 4, 0],
  ])('of %j is never below the measured %i, and at most one above per number', (item, measured, numbers) => {
    expect(itemBytes(item)).toBeGreaterThanOrEqual(measured);
    expect(itemBytes(item)).toBeLessThanOrEqual(measured + numbers);
  });

  it.each(['a', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\u{10000}', '원', '💰'])(
    'counts text in UTF-8 bytes: %j',
    (text) => {
      expect(itemBytes({ s: { S: text } })).toBe(1 + Buffer.byteLength(text));
    },
  );

  it('counts the zeros inside a number', () => {
    expect(itemBytes({ n: { N: '100000001' } })).toBe(itemBytes({ n: { N: '123456789' } }));
    expect(itemBytes({ n: { N: '1.00000001' } })).toBe(itemBytes({ n: { N: '1.23456789' } }));
  });

  /** One byte, plus one for each pair of digits on either side of the point, except pairs of 00 at either end. */
  function numberBytes(text: string): number {
    const [whole = '', fraction = ''] = text.split('.');
    const even = (digits: string) => digits.length + (digits.length % 2);
    const digits = whole.padStart(even(whole), '0') + fraction.padEnd(even(fraction), '0');
    return 1 + digits.replace(/^(00)+/, '').replace(/(?<=^(..)*)(00)+$/, '').length / 2;
  }

  function reference(name: string, value: StoredValue): { bytes: number; numbers: number } {
    const own = Buffer.byteLength(name);
    if (value.S !== undefined) return { bytes: own + Buffer.byteLength(value.S), numbers: 0 };
    if (value.BOOL !== undefined) return { bytes: own + 1, numbers: 0 };
    if (value.N !== undefined) return { bytes: own + numberBytes(value.N), numbers: 1 };
    if (value.SS !== undefined) return { bytes: own + Buffer.byteLength(value.SS.join('')), numbers: 0 };
    const inner = Object.entries(value.M ?? {}).map(([each, stored]) => reference(each, stored));
    return {
      bytes: own + 3 + inner.reduce((sum, { bytes }) => sum + bytes + 1, 0),
      numbers: inner.reduce((sum, { numbers }) => sum + numbers, 0),
    };
  }

  it('is never below the size by the documented rules, and at most one above per number', () => {
    fc.assert(
      fc.property(fc.oneof(snapshot, failure), (entry) => {
        const item = encodeItem(entry);
        const parts = Object.entries(item).map(([name, value]) => reference(name, value));
        const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
        const numbers = parts.reduce((sum, part) => sum + part.numbers, 0);
        expect(itemBytes(item)).toBeGreaterThanOrEqual(bytes);
        expect(itemBytes(item)).toBeLessThanOrEqual(bytes + numbers);
      }),
      RUNS,
    );
  });
});
