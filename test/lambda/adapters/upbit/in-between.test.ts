import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeInBetween } from '../../../../lambda/adapters/upbit/in-between.ts';
import { leaksIn } from '../../../system/faults/leaks.ts';

const ACCESS = 'fakeCanaryAccess000000000000000000000001';
const ODD = 'fake+canary/secret%key&<odd>=~0000000002';
const SECRETS = [ACCESS, ODD];

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const hex = (text: string) => Buffer.from(text).toString('hex');

function described(body: string | Uint8Array | undefined, server: string | null = null, secrets = SECRETS) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return describeInBetween(
    { status: 403, headersAt: 0, date: null, retryAfter: null, server, body: bytes },
    secrets,
  );
}

/** The part after the status. */
function told(body: string | Uint8Array | undefined, server: string | null = null, secrets = SECRETS) {
  const prefix = 'Upbit’s own answer did not arrive: something in front of it sent 403, ';
  const text = described(body, server, secrets);
  expect(text.startsWith(prefix)).toBe(true);
  return text.slice(prefix.length);
}

describe('the words about an answer that is not Upbit’s own', () => {
  it.each([
    ['<html><head><title>Attention Required!</title></head></html>', '“Attention Required!”'],
    ['{"message":"no Route matched with those values"}', '“message no Route matched with those values”'],
    ['<style>p{color:red}</style><!-- a comment --><script>var x</script><p>Not found.</p>', '“Not found.”'],
    ['<p>Not found<script>var x = "cut off', '“Not found”'],
    ['<p>Not found<!-- cut off', '“Not found”'],
    ['You can’t, and don\'t &nbsp;have "rights" [now]', "“You can’t and don't have rights now”"],
    ['서비스 점검 중입니다', '“서비스 점검 중입니다”'],
    ['Try again at 10:30', '“Try again at …”'],
    ['\u0000\u001b[31mred\u202e', 'no readable text'],
    ['abc \u001b[31m red', '“abc … red”'],
    ['0123456789', 'no readable text'],
    [' \n\t', 'no readable text'],
    ['', 'no readable text'],
    [undefined, 'no readable text'],
  ])('of %j are %s', (body, words) => {
    expect(told(body)).toBe(words);
  });

  it.each([
    ['nginx/1.18.0 (Ubuntu)', 'nginx'],
    ['cloudflare', 'cloudflare'],
    ['awselb/2.0', 'awselb'],
    ['AmazonS3', 'AmazonS3'],
    ['Microsoft-Azure-Application-Gateway/v2', 'Microsoft-Azure-Application-Gateway'],
    ['Google Frontend', 'Google'],
  ])('name the server %s', (server, name) => {
    expect(told('', server)).toBe(`server ${name}, no readable text`);
  });

  it.each([ACCESS, base64(ACCESS), hex(ACCESS), 'fakeCanaryAccess', 'x'.repeat(16), '\u202e', '', null])(
    'name no server that may be anything else: %j',
    (server) => {
      expect(told('', server)).toBe('no readable text');
    },
  );

  it('are at most 80 characters of the first 2 KB', () => {
    const words = told('maintenance '.repeat(50));
    expect(words).toBe(`“${'maintenance '.repeat(6).trim()}”`);
    expect(told(`${'<p>'.repeat(683)}late`)).toBe('no readable text');
  });

  it('are taken from bytes in any encoding', () => {
    expect(told(Buffer.from('caf\xe9 is closed', 'latin1'))).toBe('“is closed”');
  });

  it('do not take long for a body made to take long', () => {
    const started = performance.now();
    for (const body of ['<script>', '<!--', '<', '&', '<script></script', '<<>'])
      told(body.repeat(2_048 / body.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a secret', () => {
  const spellings: Readonly<Record<string, (secret: string) => string>> = {
    'as it is': (secret) => secret,
    'in capitals': (secret) => secret.toUpperCase(),
    'in base64': base64,
    'in base64url': base64url,
    'in hex': hex,
    'in a URL': encodeURIComponent,
    'percent-encoded': (secret) => hex(secret).replace(/../g, '%$&'),
    'in JSON escapes': (secret) => hex(secret).replace(/../g, '\\u00$&'),
    'in HTML escapes': (secret) => hex(secret).replace(/../g, '&#x$&;'),
    'in full-width letters': (secret) =>
      secret.replace(/[!-~]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) + 0xfee0)),
    'in a token': (secret) => `Bearer eyJhbGciOiJIUzI1NiJ9.${base64url(`{"access_key":"${secret}"}`)}.c2ln`,
    'in tags': (secret) => [...secret].join('<b></b>'),
    'in parts': (secret) => secret.replace(/.{4}/g, '$& '),
    'letter by letter': (secret) => [...secret].join(' '),
    'in words': (secret) => secret.replaceAll(/[^a-z]+/gi, ' '),
  };

  it.each(Object.entries(spellings))('%s is not shown, nor a part of it', (_, spell) => {
    for (const secret of SECRETS) {
      for (const body of [
        spell(secret),
        `Key ${spell(secret)} is unknown`,
        JSON.stringify({ message: spell(secret) }),
        `<p title="${spell(secret)}">${spell(secret)}</p>`,
      ]) {
        const text = described(body, spell(secret));
        expect(leaksIn(text, SECRETS), body).toEqual([]);
        expect(text.toLowerCase().replace(/[^a-z]/g, ''), body).not.toMatch(/canary|fakec|access0|secretkey/);
      }
    }
  });

  it('that is short, or made of words, is not shown either', () => {
    expect(told('key fake access is unknown', null, ['fake-access'])).toBe('“key … is unknown”');
    expect(told('this abc is unknown', null, ['abc'])).toBe('“this … is unknown”');
    expect(told('this a bc is unknown', null, ['a-bc-is'])).toBe('no readable text');
    expect(told('this is unknown', null, ['', '--'])).toBe('“this is unknown”');
  });

  it('of any kind, anywhere in any text, is not found in the words', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9]{40}$/);
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        for (const spell of Object.values(spellings)) {
          const text = described(`${before}${spell(secret)}${after}`, spell(secret), [secret]);
          expect(leaksIn(text, [secret])).toEqual([]);
        }
      }),
    );
  });
});

it('any answer gives one printable line of bounded length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_096 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      for (const body of [bytes, text]) {
        const line = described(body, text);
        expect(line.length).toBeLessThan(260);
        expect(line).toMatch(/^[\p{L}\p{M}\p{P} \d]+$/u);
      }
    }),
  );
});
