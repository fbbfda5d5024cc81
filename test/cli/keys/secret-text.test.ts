import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withKey, withoutKey } from '../../../cli/keys/secret-text.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { DAY } from '../../../lambda/core/instant.ts';
import { NOW, pair } from '../../support/keys-typed.ts';
import { named } from '../../support/local-parts.ts';
import { leaksIn } from '../../system/faults/leaks.ts';

const NEW = pair('new');
const MAIN = named('sg/main');

/** The error of a change. Throws if it shows a key. */
function refusal(change: () => unknown): { code: string; message: string } {
  try {
    change();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { code, message } = error;
    if (leaksIn(message, ['fake-']).length > 0) throw new Error(`it shows a key: ${message}`);
    return { code, message };
  }
  throw new Error('it was not refused');
}

const entry = fc
  .record(
    {
      accessKey: fc.stringMatching(/^old-[a-z0-9]{8}$/),
      secretKey: fc.constant('fake-old-secret'),
      expiresOn: fc.constantFrom('2027-01-01', '2028-02-29'),
      note: fc.oneof(fc.string(), fc.maxSafeInteger(), fc.constant(null), fc.array(fc.string())),
    },
    { requiredKeys: ['accessKey', 'secretKey'] },
  )
  .chain((value) => fc.constantFrom(value, 'not an object', null));
const names = fc.constantFrom('main', 'old', 'a', '7', '10', 'treasury-2');
const region = fc.dictionary(names, entry, { noNullPrototype: true });
const secret = fc.record(
  { sg: region, id: region, comment: fc.string(), th: region },
  { requiredKeys: [], noNullPrototype: true },
);

/** The members of an object that are not about an account, in order, as JSON. */
function others(text: string, account: string): string[] {
  const [region = '', name = ''] = account.split('/');
  const json: Record<string, Record<string, unknown>> = JSON.parse(text);
  return Object.entries(json).flatMap(([id, part]) =>
    id === region
      ? Object.entries(part).flatMap(([one, value]) =>
          one === name ? [] : [`${id}/${one} ${JSON.stringify(value)}`],
        )
      : [`${id} ${JSON.stringify(part)}`],
  );
}

describe('changing one key in the text of a secret', () => {
  it('leaves everything else as it is, in order, whatever the secret holds and however it is written', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('sg/main', 'id/7', 'th/new'),
        fc.constantFrom(0, 2),
        (json, name, indent) => {
          const account = named(name);
          const text = JSON.stringify(json, null, indent);
          const after = withKey(text, account, { ...NEW, expiresOn: '2027-10-01' }, NOW);
          expect(others(after.text, account)).toEqual(others(text, account));
          expect(after.key).toMatchObject(NEW);
          const without = withoutKey(after.text, account);
          expect(others(without.text, account)).toEqual(others(text, account));
          expect(JSON.parse(without.text)[name.split('/')[0] ?? '']).not.toHaveProperty(
            name.split('/')[1] ?? '',
          );
        },
      ),
    );
  });

  it('leaves the other text as it is written: numbers, escapes, white space', () => {
    const text =
      '{\n  "note": [12345678901234567890, 1e400, "\\u0041"],\n  "sg" : {"main":{"accessKey":"fake-a"  ,"secretKey":"fake-b"}}\n}';
    expect(withKey(text, MAIN, { accessKey: 'fake-c', secretKey: 'fake-d' }, NOW).text).toBe(
      text.replace('fake-a', 'fake-c').replace('fake-b', 'fake-d'),
    );
    expect(withoutKey(text, MAIN).text).toBe(text.replace(/\{"main".*\}\}/, '{}'));
  });

  it('finds a name that is written with escapes', () => {
    const text = '{"s\\u0067":{"m\\u0061in":{"accessKey":"fake-a","secretKey":"fake-b"}}}';
    expect(JSON.parse(withKey(text, MAIN, NEW, NOW).text)).toEqual({ sg: { main: NEW } });
    expect(JSON.parse(withoutKey(text, MAIN).text)).toEqual({ sg: {} });
  });

  it.each([undefined, '{}', '\ufeff {} \n', '{"sg":{}}', '{"sg":{"main":"to be added"}}'])(
    'adds the key to %j',
    (text) => {
      expect(JSON.parse(withKey(text, MAIN, NEW, NOW).text)).toEqual({ sg: { main: NEW } });
    },
  );

  it('replaces the expiry with the key, and keeps what is not about the key', () => {
    const text = JSON.stringify({
      sg: { main: { ...pair('old'), expiresOn: '2027-01-01', owner: 'treasury' } },
    });
    const entryOf = (changed: { readonly text: string }) => JSON.parse(changed.text).sg.main;
    expect(entryOf(withKey(text, MAIN, NEW, NOW))).toEqual({ ...NEW, owner: 'treasury' });
    expect(entryOf(withKey(text, MAIN, { ...NEW, expiresOn: '2027-10-01' }, NOW))).toEqual({
      ...NEW,
      expiresOn: '2027-10-01',
      owner: 'treasury',
    });
  });

  it('tells what the secret held before', () => {
    const text = JSON.stringify({ sg: { main: pair('old') } });
    expect([...withKey(text, MAIN, NEW, NOW).before.accounts]).toEqual([['sg/main', pair('old')]]);
    expect([...withoutKey(text, MAIN).before.accounts]).toEqual([['sg/main', pair('old')]]);
  });

  it('repairs an entry that the collector cannot use, and one whose key is under two names', () => {
    const invalid = '{"sg":{"main":{"accessKey":"fake key","secretKey":7}}}';
    expect(withKey(invalid, MAIN, NEW, NOW).key).toEqual(NEW);
    const twice = JSON.stringify({ sg: { main: pair('same'), other: pair('same') } });
    expect(withKey(twice, MAIN, NEW, NOW).key).toEqual(NEW);
    expect(JSON.parse(withoutKey(twice, MAIN).text)).toEqual({ sg: { other: pair('same') } });
  });
});

describe('a secret in which it is not clear what to change', () => {
  it.each([
    ['not JSON', '{"sg":{"main":{"accessKey":"fake-a"', 'the secret is not JSON'],
    ['JSON with a comma too many', '{"sg":{},}', 'the secret is not JSON'],
    ['a list', '["fake-a"]', 'the secret is an array, not an object of regions'],
    ['a text', '"fake-a"', 'the secret is a string, not an object of regions'],
    ['with a region twice', '{"sg":{},"sg":{}}', 'a name appears twice in the secret'],
    ['with another account twice', '{"id":{"a":{},"a":{}}}', 'a name appears twice in the secret'],
    ['with a field twice', '{"id":{"a":{"note":1,"note":1}}}', 'a name appears twice in the secret'],
    [
      'with a name twice, deep down',
      '{"note":[{"a":{"fake-a":1,"fake-a":2}}]}',
      'a name appears twice in the secret',
    ],
  ])('is refused: %s', (_, text, why) => {
    for (const change of [() => withKey(text, MAIN, NEW, NOW), () => withoutKey(text, MAIN)]) {
      const { code, message } = refusal(change);
      expect(code).toBe('secret.unreadable');
      expect(message).toMatch(why);
      expect(message).toMatch(/nothing was changed$/);
    }
  });

  it('is one whose region is not an object of accounts, if the key is for that region', () => {
    const text = '{"sg":"fake-a","id":{}}';
    expect(refusal(() => withKey(text, MAIN, NEW, NOW))).toMatchObject({
      code: 'secret.unreadable',
      message: expect.stringContaining('sg is a string, not an object of accounts'),
    });
    expect(withKey(text, named('id/main'), NEW, NOW).text).toContain('"sg":"fake-a"');
  });

  it('is not one without the account that is removed: that says which there are', () => {
    expect(refusal(() => withoutKey(undefined, MAIN))).toEqual({
      code: 'usage.invalid',
      message: 'sg/main is not in the secret, which has no accounts',
    });
    const many = Object.fromEntries(
      Array.from({ length: 22 }, (_, index) => [`a${index}`, pair(String(index))]),
    );
    expect(refusal(() => withoutKey(JSON.stringify({ id: many }), MAIN)).message).toMatch(
      /which has only id\/a0, .*, id\/a19 and 2 more$/,
    );
    for (const name of ['constructor', 'tostring'])
      expect(refusal(() => withoutKey('{"sg":{}}', named(`sg/${name}`))).code).toBe('usage.invalid');
  });
});

describe('a key that the collector would not use', () => {
  const WITH_OTHER = JSON.stringify({ id: { other: pair('other') } });

  it.each([
    [
      'the access key of another account',
      { ...NEW, accessKey: pair('other').accessKey },
      'keys.duplicate: the same access key is under',
    ],
    [
      'white space in the access key',
      { ...NEW, accessKey: 'fake key' },
      'sg/main.accessKey has a quote, white space',
    ],
    [
      'a line end after the secret key',
      { ...NEW, secretKey: 'fake-key\n' },
      'sg/main.secretKey has a quote, white space',
    ],
    ['quotes around it', { ...NEW, secretKey: '“fake-key”' }, 'sg/main.secretKey has a quote, white space'],
    ['no access key', { ...NEW, accessKey: '' }, 'sg/main.accessKey has 0 characters'],
    [
      'a key that is too long',
      { ...NEW, secretKey: 'k'.repeat(257) },
      'sg/main.secretKey has 257 characters',
    ],
    [
      'a date that does not exist',
      { ...NEW, expiresOn: '2027-02-30' },
      'sg/main.expiresOn is not a date such as 2027-10-01',
    ],
    [
      'another form of date',
      { ...NEW, expiresOn: '01.10.2027' },
      'sg/main.expiresOn is not a date such as 2027-10-01',
    ],
    ['a date that is past', { ...NEW, expiresOn: '2026-11-22' }, 'sg/main.expiresOn is already past'],
  ])('is refused: %s', (_, given, why) => {
    const { code, message } = refusal(() => withKey(WITH_OTHER, MAIN, given, NOW));
    expect(code).toBe('key.unusable');
    expect(message).toContain(why);
    expect(message).toMatch(/; nothing was changed$/);
  });

  it('is not one that expires tomorrow', () => {
    expect(withKey(undefined, MAIN, { ...NEW, expiresOn: '2026-11-23' }, NOW).key.expiresOn).toBe(
      NOW - (NOW % DAY) + DAY,
    );
  });

  it('is the 401st', () => {
    const full = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `a${index}`,
        { accessKey: `fake-${index}`, secretKey: 'fake' },
      ]),
    );
    expect(refusal(() => withKey(JSON.stringify({ id: full }), MAIN, NEW, NOW)).message).toBe(
      'the secret holds 401 accounts, more than 400; nothing was changed',
    );
  });

  it('is one for which Secrets Manager has no room, counted in bytes', () => {
    const text = (filler: number) => JSON.stringify({ note: 'é'.repeat(filler) });
    const { text: longest } = withKey(text(32_700), MAIN, NEW, NOW);
    expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(65_536);
    expect(refusal(() => withKey(text(32_760), MAIN, NEW, NOW))).toMatchObject({
      code: 'key.unusable',
      message: expect.stringMatching(
        /^the secret would have 65\d{3} bytes, more than Secrets Manager stores/,
      ),
    });
  });
});
