import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePrices, encodePrices } from '../../../lambda/core/price-item.ts';
import { type PriceSheet, quotesOf } from '../../../lambda/core/prices.ts';
import { REGION_IDS } from '../../../lambda/core/regions.ts';
import type { StoredItem, StoredValue } from '../../../lambda/core/stored.ts';
import { amountText, currency, decimal, millisecond, must, wholeSecond } from '../../support/arbitraries.ts';
import { sheet } from '../../support/memory-ledger.ts';
import { SLOT } from '../../support/memory-parts.ts';

const SHEET = sheet('sg', SLOT, {
  'SGD-BTC': '0.1234567890123456789',
  'USDT-ADA': ['1e-8', Date.UTC(2026, 10, 22, 3, 0, 0, 7)],
});
const ITEM = encodePrices(SHEET);

const trade = fc
  .tuple(
    amountText.map(decimal).filter(({ coefficient }) => coefficient > 0n),
    fc.option(millisecond, { nil: undefined }),
  )
  .map(([price, tradedAt]) => (tradedAt === undefined ? { price } : { price, tradedAt }));

const priceSheet: fc.Arbitrary<PriceSheet> = fc.constantFrom(...REGION_IDS).chain((region) =>
  fc.record(
    {
      region: fc.constant(region),
      slot: wholeSecond,
      observedAt: millisecond,
      prices: fc
        .array(
          fc.tuple(
            fc.tuple(fc.constantFrom(...quotesOf(region)), currency).map((pair) => pair.join('-')),
            trade,
          ),
          { maxLength: 12 },
        )
        .map((entries) => new Map(entries)),
      writer: fc.constantFrom('0.1.0', '12.0.3'),
    },
    { noNullPrototype: true },
  ),
);

describe('the item of prices', () => {
  it('has the documented form', () => {
    expect(ITEM).toStrictEqual({
      account: { S: '#price/sg' },
      slot: { S: '2026-11-22T06:00:00Z' },
      observedAt: { S: '2026-11-22T06:00:01.100Z' },
      price: { M: { 'SGD-BTC': { N: '0.1234567890123456789' }, 'USDT-ADA': { N: '0.00000001' } } },
      tradedAt: { M: { 'USDT-ADA': { S: '2026-11-22T03:00:00.007Z' } } },
      v: { N: '1' },
      writer: { S: 'test' },
    });
    expect(encodePrices(sheet('th', SLOT, { 'THB-BTC': '1' }))).not.toHaveProperty('tradedAt');
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(priceSheet, (written) => {
        expect(must(decodePrices(encodePrices(written)))).toStrictEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it('comes back numerically equal from a store that prints numbers with an exponent', () => {
    const reprinted = (text: string) => {
      const { coefficient, exponent } = decimal(text);
      return { N: `${coefficient}.0E${exponent < 0 ? '' : '+'}${exponent}` };
    };
    fc.assert(
      fc.property(priceSheet, (written) => {
        const stored: StoredItem = encodePrices(written);
        const price = Object.fromEntries(
          Object.entries(stored['price']?.M ?? {}).map(([market, { N = '' }]) => [market, reprinted(N)]),
        );
        expect(must(decodePrices({ ...stored, price: { M: price } }))).toStrictEqual(written);
      }),
    );
  });

  it('may have attributes that are not known, and the time of a trade to the second', () => {
    const stored: StoredItem = {
      ...ITEM,
      later: { S: 'x' },
      tradedAt: { M: { 'SGD-BTC': { S: '2026-11-22T01:00:00Z' } } },
    };
    const { prices } = must(decodePrices(stored));
    expect(prices.get('SGD-BTC')?.tradedAt).toBe(Date.UTC(2026, 10, 22, 1));
    expect(prices.get('USDT-ADA')).toStrictEqual({ price: decimal('1e-8') });
  });

  it.each<[string, Record<string, StoredValue>, string]>([
    [
      'an account in place of a region',
      { account: { S: 'sg/main' } },
      'its account is not of the form #price/<region>',
    ],
    [
      'a region that there is not',
      { account: { S: '#price/xx' } },
      'its account is not of the form #price/<region>',
    ],
    [
      'a slot of another form',
      { slot: { S: '2026-11-22' } },
      'its slot is not of the form 2026-11-22T06:00:00Z',
    ],
    ['another version', { v: { N: '2' } }, 'its schema version is 2, and this program reads 1'],
    ['no version', { v: {} }, 'its schema version is absent, and this program reads 1'],
    ['prices of another type', { price: { S: '1' } }, 'its price is not of type M'],
    ['times of another type', { tradedAt: { S: 'x' } }, 'its tradedAt is not of type M'],
    ['a writer of another type', { writer: { N: '1' } }, 'its writer is not of type S'],
    [
      'no time of observation',
      { observedAt: { S: '' } },
      'its observedAt is not of the form 2026-11-22T06:00:01.234Z',
    ],
    ...['0', '-1', 'NaN', '1e126'].map((N): [string, Record<string, StoredValue>, string] => [
      `the price ${N}`,
      { price: { M: { 'SGD-BTC': { N } } } },
      'its price SGD-BTC is not a number greater than zero',
    ]),
    [
      'a price of another type',
      { price: { M: { 'SGD-BTC': { S: '1' } } } },
      'its price SGD-BTC is not a number greater than zero',
    ],
    [
      'a trade at no time',
      { tradedAt: { M: { 'SGD-BTC': { S: 'yesterday' } } } },
      'its tradedAt SGD-BTC is not of the form 2026-11-22T06:00:01.234Z',
    ],
  ])('is not read if it has %s', (_, changed, problem) => {
    expect(decodePrices({ ...ITEM, ...changed })).toStrictEqual({ problem });
  });
});
