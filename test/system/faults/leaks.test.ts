import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { everythingIn, leaksIn } from './leaks.ts';

const PLAIN = 'fakeCanaryAccess000000000000000000000001';
const ODD = 'fake+canary/secret%key&<odd>=~0000000002';
const SECRETS = [PLAIN, ODD];

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** Encodings that a secret may appear in. */
const CODES: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in capitals': (secret) => secret.toUpperCase(),
  'in base64': base64,
  'in base64 after one byte': (secret) => base64(`:${secret}`),
  'in base64 after two bytes': (secret) => base64(`::${secret}`),
  'in base64url': base64url,
  'in base64url after one byte': (secret) => base64url(`"${secret}"`),
  'in base64url after two bytes': (secret) => base64url(`k=${secret}&`),
  'in base64 that begins in the middle of a word': (secret) => `word${base64(secret)}`,
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'as a part of a URL': encodeURIComponent,
  'with every byte percent-encoded': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
  'with every unit as JSON escapes it': (secret) =>
    [...secret].map((unit) => `\\u00${unit.charCodeAt(0).toString(16)}`).join(''),
  'with escaped slashes': (secret) => secret.replaceAll('/', '\\/'),
  'as HTML': (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'in a JSON text in a JSON text': (secret) => JSON.stringify(JSON.stringify({ secret })),
  'in a token in a URL': (secret) =>
    encodeURIComponent(`Bearer x.${base64url(JSON.stringify({ access_key: secret }))}.y`),
};

describe('the search for secrets', () => {
  it.each(Object.entries(CODES))('finds one %s', (_, code) => {
    for (const secret of SECRETS) {
      for (const text of [
        code(secret),
        `before ${code(secret)} after`,
        JSON.stringify({ a: [code(secret)] }),
      ])
        expect(leaksIn(text, SECRETS), text).toEqual([secret]);
    }
  });

  it('finds the access key in a real token', async () => {
    const token = await new SignJWT({ access_key: PLAIN, nonce: '0' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(ODD));
    expect(leaksIn(`{"authorization":"Bearer ${token}"}`, SECRETS)).toEqual([PLAIN]);
  });

  it('finds nothing in a text without a secret', () => {
    expect(leaksIn(`${PLAIN.slice(0, -1)} ${base64(ODD.slice(1))} keyId 01234567`, SECRETS)).toEqual([]);
  });

  it('searches every part of a thrown value', () => {
    class Told extends Error {
      get secret() {
        return PLAIN;
      }
    }
    const hidden = Object.defineProperty(new Error('x'), 'hidden', { value: PLAIN, enumerable: false });
    const deep = new Error('outer', { cause: new Error('inner', { cause: { a: [{ b: PLAIN }] } }) });
    const thrown: readonly unknown[] = [
      PLAIN,
      new Error(PLAIN),
      deep,
      hidden,
      new Told('x'),
      new AggregateError([new Error(PLAIN)]),
      { [PLAIN]: 1 },
      { [Symbol(PLAIN)]: 1 },
      { [Symbol('x')]: PLAIN },
      new Map([[{ a: 1 }, new Set([PLAIN])]]),
      { body: Buffer.from(`{"a":"${PLAIN}"}`) },
    ];
    for (const each of thrown) expect(leaksIn(everythingIn(each), SECRETS), String(each)).toEqual([PLAIN]);
    expect(leaksIn(everythingIn(new Error('x', { cause: { a: [undefined, null, 1] } })), SECRETS)).toEqual(
      [],
    );
  });
});
