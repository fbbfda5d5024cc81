import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysUntil, isKeyProblem, MAX_ACCOUNTS, NO_KEYS, parseKeys } from '../../../lambda/core/keys.ts';
import { must } from '../../support/arbitraries.ts';

const KEY = { accessKey: 'fake-access-sg-main', secretKey: 'fake-secret-sg-main' };
const OTHER = { accessKey: 'fake-access-id-main', secretKey: 'fake-secret-id-main' };

const parsed = (secret: unknown) => must(parseKeys(JSON.stringify(secret)));
const entryOf = (entry: unknown) => parsed({ sg: { main: entry, other: OTHER } }).accounts.get('sg/main');
const RULE = '(1 to 32 of a-z, 0-9 and -, not beginning with -)';

describe('a secret', () => {
  it('gives each account of each region its key', () => {
    expect(parsed({ sg: { main: { ...KEY, expiresOn: '2027-10-01' } }, id: { main: OTHER } })).toStrictEqual({
      accounts: new Map<string, object>([
        ['sg/main', { ...KEY, expiresOn: Date.UTC(2027, 9, 1) }],
        ['id/main', OTHER],
      ]),
      regions: new Map(),
      remarks: [],
      unnamed: 0,
    });
  });

  it.each(['{}', '{"sg":{}}'])('may have no key yet: %s', (text) => {
    expect(must(parseKeys(text))).toStrictEqual(NO_KEYS);
  });

  it.each([
    ['a byte order mark', '\ufeff', ''],
    ['white space and new lines', ' \r\n\t', '\r\n\n '],
    ['both, in either order', '\n\ufeff \ufeff\n', '\ufeff\n'],
  ])('may have %s around it', (_, before, after) => {
    const text = `${before}${JSON.stringify({ sg: { main: KEY } })}${after}`;
    expect(must(parseKeys(text)).accounts).toStrictEqual(new Map([['sg/main', KEY]]));
  });

  it.each([
    ['', 'the secret is not JSON'],
    ['fake-access-sg-main', 'the secret is not JSON'],
    ['{"sg":{"main":{"accessKey":"fake-access-sg-main",}}}', 'the secret is not JSON'],
    ['null', 'the secret is null, not an object of regions'],
    ['[]', 'the secret is an array, not an object of regions'],
    ['"fake-access-sg-main"', 'the secret is a string, not an object of regions'],
    ['1234', 'the secret is a number, not an object of regions'],
  ])('is rejected as a whole if it is not an object: %j', (text, problem) => {
    expect(parseKeys(text)).toStrictEqual({ problem });
  });

  it('has at most 400 accounts, over all regions', () => {
    const accounts = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`a${n}`, { ...KEY, accessKey: `fake-${n}` }]),
      );
    expect(MAX_ACCOUNTS).toBe(400);
    expect(parsed({ sg: accounts(400) }).accounts.size).toBe(400);
    expect(parseKeys(JSON.stringify({ sg: accounts(400), id: { main: OTHER } }))).toStrictEqual({
      problem: 'the secret holds 401 accounts, more than 400',
    });
  });

  it('may have unknown fields beside a key', () => {
    expect(entryOf({ ...KEY, note: 'x', created: 1 })).toStrictEqual(KEY);
  });
});

describe('one bad entry', () => {
  it.each<[unknown, string]>([
    [null, 'sg/main is null, not an object with accessKey and secretKey'],
    ['fake-access-sg-main', 'sg/main is a string, not an object with accessKey and secretKey'],
    [[KEY.accessKey, KEY.secretKey], 'sg/main is an array, not an object with accessKey and secretKey'],
    [{}, 'sg/main.accessKey is nothing, not text'],
    [{ accessKey: KEY.accessKey }, 'sg/main.secretKey is nothing, not text'],
    [{ ...KEY, accessKey: 1234 }, 'sg/main.accessKey is a number, not text'],
    [{ ...KEY, secretKey: null }, 'sg/main.secretKey is null, not text'],
    [{ ...KEY, accessKey: '' }, 'sg/main.accessKey has 0 characters, not 1 to 256'],
    [{ ...KEY, secretKey: '' }, 'sg/main.secretKey has 0 characters, not 1 to 256'],
    [{ ...KEY, secretKey: 'x'.repeat(257) }, 'sg/main.secretKey has 257 characters, not 1 to 256'],
    ...[
      '"fake"',
      "fake'",
      'fa ke',
      ' fake',
      'fake\n',
      'fa\tke',
      'fa\\ke',
      '`fake',
      'fäke',
      'fake\u00a0',
      '\ufefffake',
    ].map((key): [unknown, string] => [
      { ...KEY, accessKey: key },
      'sg/main.accessKey has a quote, white space or other invalid character',
    ]),
    [
      { ...KEY, secretKey: '“fake”' },
      'sg/main.secretKey has a quote, white space or other invalid character',
    ],
  ])('is invalid and does not affect other accounts: %j', (entry, detail) => {
    const keys = parsed({ sg: { main: entry, other: OTHER } });
    expect(keys.accounts.get('sg/main')).toStrictEqual({ code: 'keys.invalid', detail });
    expect(keys.accounts.get('sg/other')).toStrictEqual(OTHER);
    expect(keys.remarks).toStrictEqual([]);
  });

  it('with its two keys swapped is not detected: only Upbit can tell', () => {
    const swapped = { accessKey: KEY.secretKey, secretKey: KEY.accessKey };
    expect(entryOf(swapped)).toStrictEqual(swapped);
  });

  it('with keys of 256 characters is usable', () => {
    const long = { accessKey: 'a'.repeat(256), secretKey: 's'.repeat(256) };
    expect(entryOf(long)).toStrictEqual(long);
  });

  it('is reported separately from another one: two entries without a key are not duplicates', () => {
    const keys = parsed({ sg: { main: {}, other: {} } });
    expect([...keys.accounts.values()].map((entry) => isKeyProblem(entry) && entry.detail)).toStrictEqual([
      'sg/main.accessKey is nothing, not text',
      'sg/other.accessKey is nothing, not text',
    ]);
  });

  it.each([
    '2027-02-30',
    '2027-10-01T00:00:00Z',
    '01.10.2027',
    '9999-99-99',
    '0000-01-01',
    '1970-01-01',
    '10000-01-01',
    '',
    20271001,
    null,
    ['2027-10-01'],
  ])('with an expiry that is not a date keeps its key, and a remark says so: %j', (expiresOn) => {
    const keys = parsed({ sg: { main: { ...KEY, expiresOn } } });
    expect(keys.accounts.get('sg/main')).toStrictEqual(KEY);
    expect(keys.remarks).toStrictEqual([
      'sg/main.expiresOn is not a date such as 2027-10-01; no reminder will be sent',
    ]);
  });
});

describe('one bad name', () => {
  it.each([null, 'fake', [], 1, false])(
    'a region that is %j is invalid, and the others continue',
    (entries) => {
      const keys = parsed({ sg: entries, id: { main: OTHER } });
      expect([...keys.regions.keys()]).toStrictEqual(['sg']);
      expect(keys.regions.get('sg')?.code).toBe('keys.invalid');
      expect(keys.regions.get('sg')?.detail).toMatch(
        /^sg is (null|an array|a \w+), not an object of accounts$/,
      );
      expect(keys.accounts).toStrictEqual(new Map([['id/main', OTHER]]));
    },
  );

  it.each([
    'SG',
    'sg ',
    '',
    'sg-api.upbit.com',
    'sg/../x',
    'sg@evil',
    'sg%2e',
    'ѕg',
    'us',
    '__proto__',
    'constructor',
  ])('the region %j is reported by its position, and the others continue', (region) => {
    const text = `{"id":{"main":${JSON.stringify(OTHER)}},${JSON.stringify(region)}:{"main":${JSON.stringify(KEY)}}}`;
    const keys = must(parseKeys(text));
    expect(keys.accounts).toStrictEqual(new Map([['id/main', OTHER]]));
    expect(keys.remarks).toStrictEqual([
      'name 2 of the secret is not a region (sg, id, th, kr); its keys are not used',
    ]);
  });

  it.each([
    '',
    'Main',
    'a/b',
    '#catalog',
    'my main',
    '💰',
    'a'.repeat(33),
    'a'.repeat(300),
    '-a',
    'a_b',
    '__proto__',
    'a\n',
  ])('the account name %j is reported by its position and counted, and the others continue', (name) => {
    const text = `{"sg":{"other":${JSON.stringify(OTHER)},${JSON.stringify(name)}:${JSON.stringify(KEY)}}}`;
    const keys = must(parseKeys(text));
    expect(keys.accounts).toStrictEqual(new Map([['sg/other', OTHER]]));
    expect(keys.remarks).toStrictEqual([`name 2 of sg is not an account name ${RULE}; its key is not used`]);
    expect(keys.unnamed).toBe(1);
  });
});

describe('the same access key under two names', () => {
  it('is used under neither, in one region or in two, and the others continue', () => {
    const keys = parsed({
      sg: { main: KEY, copy: { ...KEY, secretKey: 'fake-secret-another' }, other: OTHER },
      th: { main: KEY },
    });
    const detail = 'the same access key is under sg/main and sg/copy and th/main';
    for (const account of ['sg/main', 'sg/copy', 'th/main'] as const) {
      expect(keys.accounts.get(account)).toStrictEqual({ code: 'keys.duplicate', detail });
    }
    expect(keys.accounts.get('sg/other')).toStrictEqual(OTHER);
  });

  it('lists three of many, and says that there are others', () => {
    const keys = parsed({ sg: { a: KEY, b: KEY, c: KEY, d: KEY } });
    expect(keys.accounts.get('sg/d')).toMatchObject({
      detail: 'the same access key is under sg/a and sg/b and sg/c and others',
    });
  });

  it('is used if the other entry is unusable anyway', () => {
    const keys = parsed({ sg: { main: KEY, copy: { accessKey: KEY.accessKey, secretKey: '' } } });
    expect(keys.accounts.get('sg/main')).toStrictEqual(KEY);
    expect(keys.accounts.get('sg/copy')).toMatchObject({ code: 'keys.invalid' });
  });

  it('does not depend on equal secret keys', () => {
    const entry = { ...OTHER, secretKey: KEY.secretKey };
    expect(parsed({ sg: { main: KEY, other: entry } }).accounts.get('sg/main')).toStrictEqual(KEY);
  });
});

describe('a member that appears twice', () => {
  const main = JSON.stringify(KEY);
  const other = JSON.stringify(OTHER);
  const told = (text: string) => must(parseKeys(text));
  const dup = (what: string) => ({ code: 'keys.duplicate', detail: `${what} appears twice in the secret` });

  it.each([
    ['with different accounts', `"sg":{"a":${main}},"sg":{"b":{"accessKey":"x","secretKey":"y"}}`],
    ['with the same account and other keys', `"sg":{"a":${main},"b":${main}},"sg":{"b":${main}}`],
    ['with equal accounts', `"sg":{"a":${main},"b":1},"sg":{"a":${main},"b":1}`],
    ['and is odd the second time', `"sg":{"a":${main},"b":{}},"sg":null`],
    ['three times', `"sg":{},"sg":{"b":${main}},"sg":{"a":${main}}`],
  ])('is a region: none of its accounts is used, and the others continue: %s', (_, members) => {
    const keys = told(`{${members},"id":{"main":${other}}}`);
    expect([...keys.accounts].sort(([a], [b]) => (a < b ? -1 : 1))).toStrictEqual([
      ['id/main', OTHER],
      ['sg/a', dup('sg')],
      ['sg/b', dup('sg')],
    ]);
    expect(keys.regions).toStrictEqual(new Map([['sg', dup('sg')]]));
    expect(keys.remarks).toStrictEqual([]);
  });

  it('is a region without an account, which is not silence', () => {
    const keys = told(`{"sg":{},"sg":{},"id":{"main":${other}}}`);
    expect(keys.regions).toStrictEqual(new Map([['sg', dup('sg')]]));
    expect([...keys.accounts.keys()]).toStrictEqual(['id/main']);
  });

  it.each([
    ['with different keys', `"a":${main},"a":{"accessKey":"x","secretKey":"y"}`],
    ['with equal keys', `"a":${main},"a":${main}`],
    ['and is odd once', `"a":null,"a":${main}`],
    ['escaped once', `"a":${main},"\\u0061":${main}`],
  ])('is an account: it is not used, and the others continue: %s', (_, members) => {
    const keys = told(`{"sg":{${members},"b":${other}}}`);
    expect(keys.accounts).toStrictEqual(
      new Map<string, unknown>([
        ['sg/a', dup('sg/a')],
        ['sg/b', OTHER],
      ]),
    );
    expect([keys.remarks, keys.regions.size]).toStrictEqual([[], 0]);
  });

  it.each([
    ['accessKey', `"accessKey":"a","secretKey":"s","accessKey":"b"`],
    ['accessKey', `"accessKey":"a","accessKey":"a","secretKey":"s"`],
    ['secretKey', `"accessKey":"a","secretKey":"s","secretKey":"t"`],
    ['secretKey', `"accessKey":"a","secretKey":"s","secretKey":1`],
  ])('is a key: the account is not used: %s', (field, members) => {
    const keys = told(`{"sg":{"a":{${members}},"b":${other}}}`);
    expect(keys.accounts.get('sg/a')).toStrictEqual(dup(`sg/a.${field}`));
    expect(keys.accounts.get('sg/b')).toStrictEqual(OTHER);
  });

  it.each([
    [
      '"expiresOn":"2027-10-01","expiresOn":"2028-10-01"',
      'sg/a.expiresOn appears twice; no reminder will be sent',
    ],
    [
      '"expiresOn":"2027-10-01","expiresOn":"2027-10-01"',
      'sg/a.expiresOn appears twice; no reminder will be sent',
    ],
    ['"note":1,"note":1', 'sg/a has an unused field twice'],
    ['"note":1,"note":2,"b":1,"b":1', 'sg/a has an unused field twice'],
  ])('is another field: the key is used, and a remark says so: %s', (members, remark) => {
    const keys = told(`{"sg":{"a":{"accessKey":"a","secretKey":"s",${members}}}}`);
    expect(keys.accounts.get('sg/a')).toStrictEqual({ accessKey: 'a', secretKey: 's' });
    expect(keys.remarks).toStrictEqual([remark]);
  });

  it('is a name that is neither a region nor an account: it is reported by its position, as always', () => {
    const keys = told(`{"SG":{},"SG":{},"sg":{"A":${main},"A":${main},"b":${other}}}`);
    expect(keys.accounts).toStrictEqual(new Map([['sg/b', OTHER]]));
    expect(keys.remarks).toStrictEqual([
      'name 1 of the secret is not a region (sg, id, th, kr); its keys are not used',
      `name 1 of sg is not an account name ${RULE}; its key is not used`,
    ]);
  });
});

describe('the messages about a secret', () => {
  const CANARIES = [
    'c4n4ry0zz0q7x2m9w4k8t1v5z3b6n0p2d9f4h7j1',
    'C4N4RYE5T8Y1U4I7O0P3A6S9D2F5G8H1J3K6L9Z2',
    '"C4n4ry" 1A2B3C4D 5e6f7g8h 9I0J1K2L3M4N',
  ] as const;
  const [lower, mixed, odd] = CANARIES;
  const leaf = fc.constantFrom<unknown>(...CANARIES, ...CANARIES, 1, null, true, '');
  const usable = fc.record({
    accessKey: fc.constantFrom(lower, mixed),
    secretKey: fc.constantFrom(lower, mixed),
  });
  const wrong = fc.record({ accessKey: leaf, secretKey: leaf, expiresOn: leaf }, { requiredKeys: [] });
  const entry = fc.oneof(
    usable,
    wrong,
    leaf,
    fc.dictionary(fc.constantFrom('accessKey', mixed), leaf),
    fc.array(leaf),
  );
  const entries = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.dictionary(fc.constantFrom('main', 'a', lower, mixed, odd), entry, { maxKeys: 4 }),
    },
    { weight: 1, arbitrary: entry },
  );
  const secret = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.dictionary(fc.constantFrom('sg', 'id', 'SG', lower, mixed, odd), entries, { maxKeys: 4 }),
    },
    { weight: 1, arbitrary: entries },
  );
  const text = fc
    .tuple(
      secret,
      fc.oneof(
        { weight: 9, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.nat({ max: 200 }) },
      ),
    )
    .map(([value, cut]) => JSON.stringify(value).slice(0, cut));
  /** The same, where now and then a member appears twice: one is renamed to the one before it. */
  const doubled = fc.tuple(text, fc.integer({ min: 1, max: 4 })).map(([text, every]) => {
    let nth = 0;
    return text.replace(/("[^"\\]*"):([^{}]*,)"[^"\\]*":/g, (all, name, rest) => {
      nth += 1;
      return nth % every === 0 ? `${name}:${rest}${name}:` : all;
    });
  });

  /** Everything in it that may be logged or stored. */
  function told(text: string): { words: string; kinds: string[] } {
    const { value, problem } = parseKeys(text);
    if (value === undefined) return { words: problem, kinds: ['refused'] };
    const entries = [...value.accounts].map(([account, entry]) => ({
      account,
      ...(isKeyProblem(entry) ? entry : { code: 'usable' }),
    }));
    const regions = [...value.regions.values()];
    return {
      words: JSON.stringify([entries, regions, value.remarks]),
      kinds: [
        ...entries.map((entry) => entry.code),
        ...regions.map(() => 'region'),
        ...value.remarks.map(() => 'remark'),
      ],
    };
  }

  it('never contain a piece of a key, wherever in the secret the key is', () => {
    const pieces = CANARIES.flatMap((canary) =>
      Array.from({ length: 33 }, (_, start) => canary.slice(start, start + 8)),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(text, doubled), (text) => {
        const { words, kinds } = told(text);
        expect(pieces.filter((piece) => words.includes(piece))).toStrictEqual([]);
        for (const kind of kinds) seen.add(kind);
      }),
      { numRuns: 2_000 },
    );
    expect([...seen].sort()).toStrictEqual([
      'keys.duplicate',
      'keys.invalid',
      'refused',
      'region',
      'remark',
      'usable',
    ]);
  });
});

describe('daysUntil', () => {
  const expiry = Date.UTC(2027, 9, 1);
  it('counts whole days, rounded down, negative once it is past', () => {
    expect(daysUntil(expiry, Date.UTC(2027, 8, 1))).toBe(30);
    expect(daysUntil(expiry, Date.UTC(2027, 8, 1, 0, 0, 1))).toBe(29);
    expect(daysUntil(expiry, expiry)).toBe(0);
    expect(daysUntil(expiry, expiry + 1)).toBe(-1);
  });
});
