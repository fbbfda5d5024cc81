import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTwice, parseJson } from '../../../lambda/core/json.ts';
import { isObject, kindOf, Twice } from '../../../lambda/core/parsed.ts';
import { must } from '../../support/arbitraries.ts';

const twice = (...values: unknown[]) => new Twice(values);

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it if no member stands twice', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const spread = JSON.stringify(JSON.parse(text), null, indent);
        expect(must(parseJson(spread))).toStrictEqual(JSON.parse(spread));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '[1] 2',
    '/* a */ []',
    '{a:1}',
    "{'a':1}",
    '01',
    'NaN',
    '"\u0007"',
    '\ufeff[]',
    '{"a":1 "b":2}',
  ])('is not JSON: %j', (text) => {
    expect(parseJson(text)).toStrictEqual({ problem: 'it is not JSON' });
  });

  it('that nests deeper than the stack allows is not accepted, and nothing else happens', () => {
    for (const deep of ['['.repeat(200_000) + ']'.repeat(200_000), `${'{"a":'.repeat(200_000)}1`])
      expect(parseJson(deep)).toStrictEqual({ problem: 'it is not JSON' });
    expect(must(parseJson(`${'['.repeat(500)}${']'.repeat(500)}`))).toHaveLength(1);
  });
});

describe('a member that stands twice', () => {
  it('is looked for before the text is parsed in the slower way', () => {
    const has = (text: string) => hasTwice(text, JSON.parse(text));
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1), (text, indent) => {
        expect(has(JSON.stringify(JSON.parse(text), null, indent))).toBe(false);
      }),
      { numRuns: 500 },
    );
    for (const text of [
      '{"a":1,"a":1}',
      '[{"a":{},"a":[]}]',
      '{"b":[{"x":":","x":"\\":\\\\"}]}',
      '{"\\"":1,"\\"":2}',
    ])
      expect(has(text)).toBe(true);
    for (const text of [
      '{"a":":","b":"{\\":"}',
      '["a:b",":"]',
      '{"a":[{"b":1},{"b":{"a":null}}]}',
      '":"',
      'null',
    ])
      expect(has(text)).toBe(false);
  });

  it.each<[string, string, unknown]>([
    ['with different values', '{"a":1,"a":2}', { a: twice(1, 2) }],
    ['with equal values', '{"a":"x","a":"x"}', { a: twice('x', 'x') }],
    ['with equal objects', '{"a":{"b":[]},"a":{"b":[]}}', { a: twice({ b: [] }, { b: [] }) }],
    ['three times', '{"a":1,"b":true,"a":null,"a":[]}', { a: twice(1, null, []), b: true }],
    ['written differently', '{"a":1,"\\u0061":2}', { a: twice(1, 2) }],
    ['deep inside', '[{"x":[{"a":1,"a":1.5}]}]', [{ x: [{ a: twice(1, 1.5) }] }]],
    ['within another', '{"a":{"b":1,"b":2},"a":3}', { a: twice({ b: twice(1, 2) }, 3) }],
    ['without a name', '{"":1,"":2}', { '': twice(1, 2) }],
  ])('keeps all of its values: %s', (_, text, value) => {
    expect(must(parseJson(text))).toStrictEqual(value);
  });

  it('may be called as what every object inherits', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const value = must(parseJson(`{"${name}":1,"${name}":2,"b":3}`));
      if (!isObject(value)) throw new Error('not an object');
      expect(Object.entries(value)).toStrictEqual([
        [name, twice(1, 2)],
        ['b', 3],
      ]);
    }
  });

  it('is not one that stands once in each of two objects', () => {
    const text = '[{"a":1,"b":{"a":1}},{"a":1},"a","a"]';
    expect(must(parseJson(text))).toStrictEqual(JSON.parse(text));
  });

  it('is neither an object nor any other value', () => {
    expect(isObject(twice({}, {}))).toBe(false);
    expect(kindOf(twice({}, {}))).toBe('given twice');
  });

  it('a hundred thousand times is read in time', () => {
    const value = must(parseJson(`{${'"a":1,'.repeat(100_000)}"a":1}`));
    expect(value).toStrictEqual({ a: twice(...new Array<number>(100_001).fill(1)) });
  });
});
