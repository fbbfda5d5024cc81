import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTwice, parseJson, parseJsonWithExactNumbers } from '../../../lambda/core/json.ts';
import { isObject, kindOf, Twice } from '../../../lambda/core/parsed.ts';
import { must } from '../../support/arbitraries.ts';

const twice = (...values: unknown[]) => new Twice(values);

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it if no member appears twice', () => {
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

describe('a member that appears twice', () => {
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

  it('is not one that appears once in each of two objects', () => {
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

describe('JSON with exact numbers', () => {
  /** The value with every number as the text that JSON.stringify writes. */
  const textual = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'number' ? String(part) : part));

  it('has each number as it was written, whatever a JavaScript number would make of it', () => {
    for (const text of [
      '0.1234567890123456789',
      '1e-8',
      '1E+3',
      '-0.10',
      '1e999999999',
      '0',
      '12345678901234567890',
    ])
      expect(must(parseJsonWithExactNumbers(`[${text},{"a":${text} }\n,${text}]`))).toStrictEqual([
        text,
        { a: text },
        text,
      ]);
  });

  it('is otherwise read like any JSON: numbers, escapes and brackets in text are text', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const spread = JSON.stringify(value, null, indent);
        expect(must(parseJsonWithExactNumbers(spread))).toStrictEqual(textual(value));
      }),
      { numRuns: 500 },
    );
    const odd = { 'a 1:2': '"3"', '4': ['\\', '5\\"', '[6, 7e1]', true, null] };
    expect(must(parseJsonWithExactNumbers(JSON.stringify(odd)))).toStrictEqual(odd);
  });

  it('is accepted exactly where JSON is', () => {
    const scrap = fc.constantFrom(
      '"',
      '\\',
      '1',
      '0',
      '-',
      '.',
      'e',
      '+',
      ':',
      ',',
      '[',
      ']',
      '{',
      '}',
      ' ',
      'a',
    );
    const garbled = fc.oneof(
      fc.array(scrap, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.tuple(fc.json(), fc.nat(), scrap).map(([text, at, part]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + part + text.slice(place);
      }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(garbled, (text) => {
        const { problem } = parseJson(text);
        expect(parseJsonWithExactNumbers(text).problem).toBe(problem);
        if (problem === undefined) accepted += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(100);
    for (const text of [
      '01',
      '1.',
      '.5',
      '+1',
      '-',
      '--1',
      '1e',
      '1e5e6',
      '{1:2}',
      '{1 :2}',
      '[1 2]',
      'NaN',
      '"\n"',
      '1"a"',
    ])
      expect(parseJsonWithExactNumbers(text)).toStrictEqual({ problem: 'it is not JSON' });
  });

  it('finds a number that appears twice in an object', () => {
    expect(must(parseJsonWithExactNumbers('[{"trade_price":1.50,"trade_price":1.5}]'))).toStrictEqual([
      { trade_price: twice('1.50', '1.5') },
    ]);
  });

  it('is told apart from other text at once, even where a search for numbers would start again at each character', () => {
    // With a search before JSON.parse, each of these takes minutes: the runner would stop the test.
    for (const text of [
      `"${'\\"'.repeat(1_000_000)}`,
      `${'1'.repeat(2_000_000)}e`,
      `[${'1 '.repeat(1_000_000)}`,
    ])
      expect(parseJsonWithExactNumbers(text)).toStrictEqual({ problem: 'it is not JSON' });
  });

  it('may have texts of megabytes', () => {
    const long = 'a'.repeat(4_000_000);
    expect(must(parseJsonWithExactNumbers(`["${long}",1]`))).toStrictEqual([long, '1']);
  });
});
