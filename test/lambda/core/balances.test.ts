import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBalances } from '../../../lambda/core/balances.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { parseJson } from '../../../lambda/core/json.ts';
import { amountText, currency, decimal, must } from '../../support/arbitraries.ts';

/** The line in Upbit's documentation for Singapore. */
const ADA = {
  currency: 'ADA',
  balance: '10.386546',
  locked: '0',
  avg_buy_price: '0.9724275092936803',
  avg_buy_price_modified: false,
  unit_currency: 'USDT',
};

/** The problem with an answer of thirty lines whose line 3 has these fields instead of the documented ones. */
function problemOf(wrong: Record<string, unknown>): string | undefined {
  const lines = Array.from({ length: 30 }, (_, index) => ({ ...ADA, currency: `C${index}` }));
  return parseBalances(lines.with(3, { ...ADA, ...wrong })).problem;
}

describe('an accepted answer', () => {
  it('may be the documented example', () => {
    expect(must(parseBalances([ADA]))).toStrictEqual({
      balances: [
        {
          currency: 'ADA',
          balance: decimal('10.386546'),
          locked: decimal('0'),
          avgBuyPrice: decimal('0.9724275092936803'),
          avgBuyPriceModified: false,
          unitCurrency: 'USDT',
        },
      ],
      unknownFields: [],
    });
  });

  it('may be empty: the account holds nothing', () => {
    expect(must(parseBalances([]))).toStrictEqual({ balances: [], unknownFields: [] });
  });

  it('is returned numerically equal, in code order, whatever its order was', () => {
    const line = fc.record({
      currency,
      balance: amountText,
      locked: amountText,
      avg_buy_price: amountText,
      avg_buy_price_modified: fc.boolean(),
      unit_currency: currency,
    });
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: (each) => each.currency }), (sent) => {
        const overTheWire: unknown = JSON.parse(JSON.stringify(sent));
        const { balances } = must(parseBalances(overTheWire));
        expect(balances.map((each) => each.currency)).toStrictEqual(sent.map((each) => each.currency).sort());
        for (const each of sent) {
          const kept = balances.find(({ currency }) => currency === each.currency);
          if (kept === undefined) throw new Error('a line is missing');
          expect(new Big(formatDecimal(kept.balance)).eq(each.balance)).toBe(true);
          expect(new Big(formatDecimal(kept.locked)).eq(each.locked)).toBe(true);
          expect(new Big(formatDecimal(kept.avgBuyPrice)).eq(each.avg_buy_price)).toBe(true);
          expect(kept.avgBuyPriceModified).toBe(each.avg_buy_price_modified);
          expect(kept.unitCurrency).toBe(each.unit_currency);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('may have a thousand currencies, including lower-case and unknown ones', () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => ({ ...ADA, currency: `coin${index}` }));
    expect(must(parseBalances(lines)).balances).toHaveLength(1_000);
  });

  it('may have currencies whose names every object inherits', () => {
    const lines = ['toString', 'constructor', 'hasOwnProperty', 'valueOf'].map((name) => ({
      ...ADA,
      currency: name,
    }));
    expect(must(parseBalances(lines)).balances.map((line) => line.currency)).toStrictEqual([
      'constructor',
      'hasOwnProperty',
      'toString',
      'valueOf',
    ]);
  });

  it('may have a name of 64 characters', () => {
    expect(must(parseBalances([{ ...ADA, currency: 'A'.repeat(64) }])).balances).toHaveLength(1);
  });

  it('may have unknown fields, whose names are kept in order, each once', () => {
    const json: unknown = JSON.parse(
      JSON.stringify([
        { ...ADA, staked: '1', note: 'x' },
        { ...ADA, currency: 'BTC', note: null },
      ]).replace('"note":"x"', '"__proto__":{"balance":"7"},"note":"x"'),
    );
    const answer = must(parseBalances(json));
    expect(answer.unknownFields).toStrictEqual(['__proto__', 'note', 'staked']);
    expect(answer.balances[0]?.balance).toStrictEqual(decimal('10.386546'));
  });

  it('may have an unknown field whose name no store could return, which is kept escaped', () => {
    const json: unknown = JSON.parse(JSON.stringify([ADA]).replace('"locked"', '"\\ud800":1,"locked"'));
    expect(must(parseBalances(json)).unknownFields).toStrictEqual(['"\\ud800"']);
  });
});

describe('a rejected answer', () => {
  it.each([
    [{ error: { name: 'x' } }, 'the answer is an object, not an array'],
    [null, 'the answer is null, not an array'],
    ['[]', 'the answer is a string, not an array'],
    [7, 'the answer is a number, not an array'],
    [undefined, 'the answer is nothing, not an array'],
  ])('is not an array: %j', (json, problem) => {
    expect(parseBalances(json)).toStrictEqual({ problem });
  });

  it.each([
    [null, '[1] is null, not an object'],
    ['ADA', '[1] is a string, not an object'],
    [[ADA], '[1] is an array, not an object'],
    [5, '[1] is a number, not an object'],
  ])('has a line that is not an object: %j', (line, problem) => {
    expect(parseBalances([ADA, line])).toStrictEqual({ problem });
  });

  it.each([
    [{ currency: '' }, '[3].currency does not have 1 to 64 characters'],
    [{ currency: 'A'.repeat(65) }, '[3].currency does not have 1 to 64 characters'],
    [{ currency: '__proto__' }, '[3].currency is __proto__, which cannot be stored'],
    [{ currency: 'A\ud800' }, '[3].currency is not well-formed Unicode'],
    [{ currency: null }, '[3].currency is null, not text'],
    [{ currency: 5 }, '[3].currency is a number, not text'],
    [{ currency: undefined }, '[3].currency is nothing, not text'],
    [{ balance: 10.5 }, '[3].balance is a number, not text'],
    [{ balance: null }, '[3].balance is null, not text'],
    [{ balance: '-1' }, '[3].balance is negative'],
    [{ balance: '1e126' }, '[3].balance is 1e126 or larger'],
    [{ balance: '1e-131' }, '[3].balance is smaller than 1e-130 but not zero'],
    [{ balance: '1e999999999' }, '[3].balance is not a decimal number such as 0.25 or 1e-8'],
    [{ balance: '9'.repeat(39) }, '[3].balance has 39 significant digits, more than 38'],
    [{ locked: '1,000' }, '[3].locked is not a decimal number such as 0.25 or 1e-8'],
    [{ locked: '-0.1' }, '[3].locked is negative'],
    [{ locked: undefined }, '[3].locked is nothing, not text'],
    [{ avg_buy_price: '' }, '[3].avg_buy_price is not a decimal number such as 0.25 or 1e-8'],
    [{ avg_buy_price: true }, '[3].avg_buy_price is a boolean, not text'],
    [{ avg_buy_price: '-3' }, '[3].avg_buy_price is negative'],
    [{ avg_buy_price_modified: 'false' }, '[3].avg_buy_price_modified is a string, not true or false'],
    [{ avg_buy_price_modified: 0 }, '[3].avg_buy_price_modified is a number, not true or false'],
    [{ avg_buy_price_modified: undefined }, '[3].avg_buy_price_modified is nothing, not true or false'],
    [{ unit_currency: {} }, '[3].unit_currency is an object, not text'],
    [{ unit_currency: '' }, '[3].unit_currency does not have 1 to 64 characters'],
    [{ currency: 'C2' }, '[3].currency repeats that of an earlier line'],
  ])('is rejected as a whole for one line of thirty: %j', (wrong, problem) => {
    expect(problemOf(wrong)).toBe(problem);
  });

  it.each([
    ['currency', '"currency":"ADA","currency":"BTC"', '[1].currency is given twice, not text'],
    ['currency, equal', '"currency":"ADA","currency":"ADA"', '[1].currency is given twice, not text'],
    ['balance', '"currency":"ADA","balance":"1","balance":"2"', '[1].balance is given twice, not text'],
    [
      'avg_buy_price_modified',
      `${JSON.stringify(ADA).slice(1, -1)},"avg_buy_price_modified":true`,
      '[1].avg_buy_price_modified is given twice, not true or false',
    ],
    ['an unknown field', `${JSON.stringify(ADA).slice(1, -1)},"x":1,"x":1`, '[1] has an unknown field twice'],
  ])('has a field twice, and none of the two is chosen: %s', (_, members, problem) => {
    const first = JSON.stringify({ ...ADA, currency: 'SGD' });
    expect(parseBalances(must(parseJson(`[${first},{${members}}]`)))).toStrictEqual({ problem });
  });

  it('accepts a negative zero, which is zero', () => {
    expect(problemOf({ balance: '-0', locked: '-0.00' })).toBeUndefined();
  });

  it.each(Object.keys(ADA))('never has an inherited %s used for a missing one', (name) => {
    const own = Object.entries(ADA).filter(([each]) => each !== name);
    const line: unknown = Object.assign(Object.create(ADA), Object.fromEntries(own));
    expect(parseBalances([line]).problem).toMatch(new RegExp(`^\\[0\\]\\.${name} is nothing, not `));
  });

  it('never has a field read from a line’s "__proto__"', () => {
    const json: unknown = JSON.parse('[{"__proto__":{"currency":"ADA"},"balance":"1"}]');
    expect(parseBalances(json)).toStrictEqual({ problem: '[0].currency is nothing, not text' });
  });
});
