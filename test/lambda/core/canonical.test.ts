import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyStored, canonicalJson, plainItem } from '../../../lambda/core/canonical.ts';

describe('canonical JSON', () => {
  it('is as in the examples of RFC 8785, section 3.2, without their numbers', () => {
    // 3.2.2: escapes; the input has a euro sign, dollar, control characters, a quote, a backslash and a slash.
    const text = '\u20ac$\u000f\u000aA\u0027\u0042\u0022\u005c\\"\u002f';
    expect(canonicalJson({ string: text, literals: [null, true, false] })).toBe(
      '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    // 3.2.3: names are sorted by UTF-16 code units, so the emoji (a surrogate pair) comes before the letter at U+FB33.
    const sorted = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalJson(sorted)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('does not depend on the order of members, and differs if any value does', () => {
    const plain = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const text = (value: unknown) => canonicalJson(value as never);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plain), (members) => {
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(text(reversed)).toBe(text(members));
        // It is JSON of the same value: two different values cannot have the same text.
        expect(JSON.parse(text(members))).toEqual({ ...members });
      }),
    );
  });
});

describe('a stored item as plain values', () => {
  it('has each kind of value that DynamoDB knows', () => {
    const item: Record<string, AnyStored> = {
      s: { S: 'text' },
      n: { N: '1E-8' },
      bool: { BOOL: true },
      null: { NULL: true },
      b: { B: new Uint8Array([0, 255, 16]) },
      ss: { SS: ['b', 'a'] },
      ns: { NS: ['10', '2', '1e1'] },
      bs: { BS: [new Uint8Array([2]), new Uint8Array([1])] },
      l: { L: [{ S: 'b' }, { S: 'a' }] },
      m: { M: { __proto__x: { N: '0.50' }, constructor: { S: 'c' } } },
    };
    expect(canonicalJson(plainItem(item))).toBe(
      '{"b":"AP8Q","bool":true,"bs":["AQ==","Ag=="],"l":["b","a"],"m":{"__proto__x":"0.5","constructor":"c"},"n":"0.00000001","ns":["10","10","2"],"null":null,"s":"text","ss":["a","b"]}',
    );
  });

  it('keeps a number that no amount of ours can be, as it is', () => {
    expect(plainItem({ n: { N: '1E+126' }, text: { N: 'x' } })).toEqual({ n: '1E+126', text: 'x' });
  });

  it('is the same however a store writes a number and orders a set', () => {
    const plain = (number: string, set: string[]) => plainItem({ n: { N: number }, set: { SS: set } });
    expect(plain('1.5E+3', ['BTC', 'ADA'])).toEqual(plain('1500.0', ['ADA', 'BTC']));
  });
});
