import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { refusedAnswer } from '../../../../lambda/adapters/upbit/refused-answer.ts';
import { leaksIn } from '../../../system/faults/leaks.ts';

const PLAIN = 'fakeCanaryAccess000000000000000000000001';
const ODD = 'fake+canary/secret%key&<odd>=~0000000002';
const SECRETS = [PLAIN, ODD];
const KEPT_BYTES = 65_536;

const kept = (answer: unknown) => refusedAnswer(JSON.stringify(answer), SECRETS).text;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

describe('an answer that is refused', () => {
  it('is kept as it was sent, to the last space', () => {
    const text =
      '[ {"currency":"ADA","available":"10.386546", "locked":0.10e1,\n"é":"\\u00e9\\/한국💰","ok":null} ]';
    expect(refusedAnswer(text, SECRETS)).toStrictEqual({ text, isCut: false });
  });

  it('keeps the names and amounts of a list whose fields were renamed', () => {
    const line = {
      ccy: 'BTC',
      balance: '0.43161680',
      locked: '0',
      average_purchase_price_modified_at: false,
    };
    expect(JSON.parse(kept([line]))).toStrictEqual([line]);
  });

  it('is cut to 64 KB of UTF-8, at a character', () => {
    const text = (length: number) => JSON.stringify('x'.repeat(length));
    expect(refusedAnswer(text(KEPT_BYTES - 2), SECRETS)).toMatchObject({ isCut: false });
    expect(refusedAnswer(text(KEPT_BYTES - 1), SECRETS)).toStrictEqual({
      text: text(KEPT_BYTES - 1).slice(0, KEPT_BYTES),
      isCut: true,
    });
    for (const before of ['', 'x', 'xx', 'xxx']) {
      const { text: cut, isCut } = refusedAnswer(JSON.stringify(before + '💰'.repeat(20_000)), SECRETS);
      expect(isCut).toBe(true);
      const bytes = Buffer.byteLength(cut);
      expect(bytes).toBeGreaterThan(KEPT_BYTES - 4);
      expect(bytes).toBeLessThanOrEqual(KEPT_BYTES);
      expect(cut).toMatch(/💰$/u);
    }
  });
});

describe('a key in it', () => {
  it('is blanked, and the text around it is kept', () => {
    expect(kept({ error: { message: `the key ${PLAIN} is odd`, [PLAIN]: ODD } })).toBe(
      '{"error":{"message":"the key *** is odd","***":"***"}}',
    );
  });

  it.each<[string, (key: string) => string]>([
    ['in capitals', (key) => key.toUpperCase()],
    ['in base64', base64],
    ['in base64 after one byte', (key) => base64(`:${key}`)],
    ['in base64 after two bytes', (key) => base64(`::${key}`)],
    ['in base64url', (key) => Buffer.from(key).toString('base64url')],
    ['in base64 that begins in the middle of a word', (key) => `word${base64(key)}`],
    ['in hex', hex],
    ['in hex in capitals', (key) => hex(key).toUpperCase()],
    ['as a part of a URL', encodeURIComponent],
    ['as a part of a URL in a URL', (key) => encodeURIComponent(encodeURIComponent(key))],
    ['with every byte percent-encoded', (key) => hex(key).replace(/../g, '%$&')],
    ['with every character as JSON escapes it', (key) => hex(key).replace(/../g, '\\u00$&')],
    ['with every character as a script escapes it', (key) => hex(key).replace(/../g, '\\x$&')],
    ['with every character as HTML escapes it', (key) => hex(key).replace(/../g, '&#x$&;')],
    [
      'with every character as HTML escapes it, in decimal',
      (key) => [...key].map((unit) => `&#${unit.charCodeAt(0)};`).join(''),
    ],
    ['as HTML', (key) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['in a JSON text in a JSON text', (key) => JSON.stringify(JSON.stringify({ key }))],
    ['in base64 in base64 in hex', (key) => hex(base64(base64(key)))],
  ])('is blanked %s', (_, code) => {
    for (const key of SECRETS)
      for (const around of ['', 'before ']) {
        const text = kept([{ currency: 'ADA', note: around + code(key) }]);
        expect(leaksIn(text, SECRETS)).toEqual([]);
        expect(text).toContain('"currency":"ADA"');
        expect(text).toContain('***');
      }
  });

  it('is blanked in a name, and where the answer escapes its characters', () => {
    const escaped = hex(PLAIN).replace(/../g, '\\u00$&');
    const { text } = refusedAnswer(`{"${escaped}":1,"b":"is ${escaped}"}`, SECRETS);
    expect(text).toBe('{"***":1,"b":"***"}');
  });

  it('is not an empty text, which would be found everywhere', () => {
    expect(refusedAnswer('{"a":"b"}', ['', PLAIN])).toStrictEqual({ text: '{"a":"b"}', isCut: false });
  });

  it('is blanked in base64 that begins at any place of a longer run, and behind any number of backslashes', () => {
    for (const before of ['', 'A', 'AA', 'AAA']) expect(kept(before + base64(PLAIN))).toBe('"***"');
    for (const backslashes of ['\\', '\\\\', '\\\\\\\\'])
      expect(kept(ODD.replace('/', `${backslashes}/`))).toBe('"***"');
  });

  it('is blanked where it is a number', () => {
    expect(refusedAnswer('[1234567890123456,12]', ['1234567890123456']).text).toBe('["***",12]');
  });

  it('is blanked in a token, whole or in part', async () => {
    const token = await new SignJWT({ access_key: PLAIN, nonce: '0' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(ODD));
    const [, payload = '', signature = ''] = token.split('.');
    const secrets = [...SECRETS, payload, signature];
    for (const part of [token, `Bearer ${token}`, payload, signature]) {
      const { text } = refusedAnswer(JSON.stringify([part]), secrets);
      expect(leaksIn(text, secrets)).toEqual([]);
      expect(text).toMatch(/^\["(Bearer )?\*\*\*"\]$/);
    }
  });

  it.each([
    [
      'a string',
      (before: number) => JSON.stringify(`${'x '.repeat(before / 2)}${PLAIN} ${'y '.repeat(40_000)}`),
    ],
    ['a short string', (before: number) => `[${' '.repeat(before - 1)}"${PLAIN}"${' '.repeat(200_000)}]`],
    ['an encoding', (before: number) => `[${' '.repeat(before - 1)}"${hex(PLAIN)}"${',1'.repeat(100_000)}]`],
  ])('is blanked where the cut goes through it: %s', (_, answer) => {
    for (let into = -60; into <= 10; into += 2) {
      const { text, isCut } = refusedAnswer(answer(KEPT_BYTES + into), SECRETS);
      expect(isCut).toBe(true);
      expect(text.slice(-100)).not.toMatch(/fakeC|66616b65/i);
    }
  });

  it('does not let what comes after it move up into what is kept', () => {
    const keys = Array.from({ length: 1_700 }, () => PLAIN);
    const { text, isCut } = refusedAnswer(JSON.stringify([...keys, 'x'.repeat(9_000), ODD]), SECRETS);
    expect(isCut).toBe(true);
    expect(leaksIn(text, SECRETS)).toEqual([]);

    // Blanking a thousand keys makes room, and the string after them ends with a key that is not examined to its end.
    const before = JSON.stringify(keys.slice(0, 1_000)).slice(0, -1);
    for (let examined = 4; examined < PLAIN.length; examined += 4) {
      const filler = 'x '.repeat((81_920 - before.length - 2 - examined) / 2);
      const long = `${before},"${filler}${PLAIN}${'y'.repeat(9_000)}"]`;
      expect(refusedAnswer(long, SECRETS).text).not.toContain('fake');
    }
  });
});

it('a token of somebody else is blanked too', () => {
  expect(kept(['eyJhbGciOiJIUzI1NiJ9.eyJub25jZSI6IjAifQ.c2lnbmF0dXJl'])).toBe('["***"]');
});

it.each([
  ['backslashes', '\\'.repeat(450_000)],
  ['starts of tokens', 'eyJ'.repeat(300_000)],
  ['starts of tokens with two dots', 'eyJ.'.repeat(200_000)],
  ['percent signs', '%25'.repeat(300_000)],
  ['starts of escapes', '&#x'.repeat(300_000)],
  ['base64 in base64 in base64', base64(base64(base64('x'.repeat(380_000))))],
])('a megabyte of %s takes no time to speak of', (_, text) => {
  // Without a bound it would take minutes, and the test would time out.
  expect(kept([text])).toHaveLength(KEPT_BYTES);
});
