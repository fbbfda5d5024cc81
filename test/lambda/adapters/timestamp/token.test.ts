import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readToken, tokenReader } from '../../../../lambda/adapters/timestamp/token.ts';
import { DAY, MINUTE } from '../../../../lambda/core/instant.ts';
import { Authority, type Oddities } from '../../../support/authority.ts';
import { oid } from '../../../support/der.ts';
import { time } from '../../../support/memory-ledger.ts';

const AT = time('2026-04-01T01:00:02Z');
/** A minute before the tokens are signed. */
const EARLIEST = AT - MINUTE;
const TEXT = `-\nsg/main ${'cd'.repeat(32)}\n`;
const authority = new Authority(AT - DAY);
const der = (pem: string) => new X509Certificate(pem).raw;

describe('a time-stamp token', () => {
  it('says when it was signed and by whom', async () => {
    expect(await tokenReader()(authority.token(TEXT, AT), TEXT, EARLIEST)).toMatchObject({
      value: { at: AT, authority: 'CN=Test authority' },
    });
    expect(
      (await readToken(authority.token(TEXT, AT, { nonce: 2n ** 64n - 5n }), TEXT, EARLIEST)).value?.nonce,
    ).toBe(2n ** 64n - 5n);
  });

  it('is good under the certificate that vouches for its authority, and under no other', async () => {
    const token = authority.token(TEXT, AT);
    const read = async (...pems: string[]) => await tokenReader(pems.map(der))(token, TEXT, EARLIEST);
    const other = new Authority(AT - DAY, 'Another');
    expect((await read(authority.pem)).value?.at).toBe(AT);
    expect((await read(other.pem, authority.pem)).value?.at).toBe(AT);
    expect(await read(other.pem)).toEqual({
      problem: 'is by CN=Test authority, which no given certificate vouches for',
    });
    // Of the same name, but another key.
    expect((await read(new Authority(AT - DAY).pem)).problem).toBeDefined();
  });

  it('names its authority as its certificate does, the usual attributes by their short names', async () => {
    const named = new Authority(AT - DAY, 'Authority 1', [
      ['2.5.4.6', 'SG'],
      ['2.5.4.10', 'Example'],
      ['2.5.4.11', 'Time'],
      ['2.5.4.97', 'NTRSG-1'],
    ]);
    const { value } = await readToken(named.token(TEXT, AT), TEXT, EARLIEST);
    expect(value?.authority).toBe('C=SG, O=Example, OU=Time, 2.5.4.97=NTRSG-1, CN=Authority 1');
  });

  it('names its authority in one line, whatever the certificate has as a name', async () => {
    const odd = new Authority(AT - DAY, 'Böse\n\u001b[31m authority');
    const { value } = await readToken(odd.token(TEXT, AT), TEXT, EARLIEST);
    expect(value?.authority).toBe('CN=Böse??[31m authority');
  });

  it('may name its certificate by SHA-1, as those of older authorities do', async () => {
    const token = authority.token(TEXT, AT, { certificateNamed: 'by SHA-1' });
    expect((await readToken(token, TEXT, EARLIEST)).value?.at).toBe(AT);
  });

  it('may have fractions of a second', async () => {
    const token = authority.token(TEXT, AT, { rawTime: '20260401010002.25Z' });
    expect((await readToken(token, TEXT, EARLIEST)).value?.at).toBe(AT + 250);
  });

  it('is refused if it was signed before it could be', async () => {
    expect(await readToken(authority.token(TEXT, AT), TEXT, AT + 1)).toEqual({
      problem: 'was signed at 2026-04-01T01:00:02Z, before the day ended',
    });
    expect((await readToken(authority.token(TEXT, AT), TEXT, AT)).value?.at).toBe(AT);
  });

  it('is refused in time where its certificates issue each other', async () => {
    const circular = authority.token(TEXT, AT, { isCircular: true });
    expect(await readToken(circular, TEXT, EARLIEST, [der(authority.pem)])).toEqual({
      problem: 'is by CN=Test authority, which no given certificate vouches for',
    });
  });

  it('is judged by its own time: it stays good after its certificate has expired, and none is good before', async () => {
    const old = new Authority(time('2005-01-01T00:00:00Z'));
    const read = async (at: number) => await tokenReader([der(old.pem)])(old.token(TEXT, at), TEXT, 0);
    expect((await read(time('2010-01-01T00:00:00Z'))).value).toBeDefined();
    const invalid = { problem: 'was signed when its certificate was not valid' };
    expect(await read(time('2004-01-01T00:00:00Z'))).toEqual(invalid);
    expect(await read(AT)).toEqual(invalid);
    expect(await readToken(old.token(TEXT, AT), TEXT, 0)).toEqual(invalid);
  });

  it.each<[string, Oddities, string, string]>([
    ['another text', {}, 'is for another text', `${TEXT} `],
    ['a hash of other bytes', { hash: Buffer.alloc(32) }, 'is for another text', TEXT],
    [
      'no certificate',
      { hasCertificate: false },
      'has no valid signature: No certificates attached to this signed data',
      TEXT,
    ],
    [
      'a certificate for another purpose',
      { purposes: ['1.3.6.1.5.5.7.3.1'] },
      'is not signed by an authority: its certificate is not for time-stamping',
      TEXT,
    ],
    [
      'a certificate for more than that',
      { purposes: ['1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.1'] },
      'is not signed by an authority: its certificate is not for time-stamping',
      TEXT,
    ],
    [
      'a certificate for nothing in particular',
      { purposes: [] },
      'is not signed by an authority: its certificate is not for time-stamping',
      TEXT,
    ],
    [
      'a hash of another algorithm',
      { algorithm: oid('2.16.840.1.101.3.4.2.3') },
      'is for another text',
      TEXT,
    ],
    [
      'a signature of another kind of content',
      { signedType: oid('1.2.840.113549.1.7.1') },
      'is not a time-stamp token: its signature is not over a time',
      TEXT,
    ],
    ['two signers', { signers: 2 }, 'is not a time-stamp token: it does not have exactly one signer', TEXT],
    ['no signer', { signers: 0 }, 'is not a time-stamp token: it does not have exactly one signer', TEXT],
    [
      'another key than that of its certificate',
      { isForged: true },
      'has no valid signature: it was not made with the certificate in it',
      TEXT,
    ],
    [
      'no word on its certificate',
      { certificateNamed: 'not' },
      'has no valid signature: it was not made with the certificate in it',
      TEXT,
    ],
    [
      'the hash of another certificate',
      { certificateNamed: 'as another' },
      'has no valid signature: it was not made with the certificate in it',
      TEXT,
    ],
    [
      'a time with an offset',
      { rawTime: '20260401100002+0900' },
      'has the time "20260401100002+0900", which is not UTC',
      TEXT,
    ],
    [
      'nothing signed',
      { kind: oid('1.2.840.113549.1.7.1') },
      'is not a time-stamp token: it is not signed',
      TEXT,
    ],
    [
      'a purpose that may be ignored',
      { isCritical: false },
      'is not signed by an authority: its certificate is not for time-stamping',
      TEXT,
    ],
    [
      'a signature over something else than a time',
      { contentType: oid('1.2.840.113549.1.7.1') },
      'is not a time-stamp token: what is signed is not a time',
      TEXT,
    ],
  ])('is refused with %s', async (_, odd, problem, text) => {
    expect(await readToken(authority.token(TEXT, AT, odd), text, EARLIEST)).toEqual({ problem });
  });

  it('is refused after a change of any bit that the signature or the hash covers, and never throws', async () => {
    const token = authority.token(TEXT, AT);
    const { value: asSigned } = await readToken(token, TEXT, EARLIEST, [der(authority.pem)]);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.nat(7), async (place, bit) => {
        const changed = Buffer.from(token);
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        const { value, problem } = await readToken(changed, TEXT, EARLIEST, [der(authority.pem)]);
        // Some bits are the structure around what is signed, such as a version: what the token says is then as before.
        expect(value ?? asSigned).toEqual(asSigned);
        expect(typeof (value ?? problem)).not.toBe('undefined');
      }),
      { numRuns: 300 },
    );
  });

  it('may be any bytes at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await readToken(bytes, TEXT, EARLIEST)).problem).toMatch(
          /^is not a time-stamp token|^is over|^has no/,
        );
      }),
      { numRuns: 200 },
    );
    // Nested deeper than a stack is.
    expect((await readToken(Buffer.alloc(60_000, 0x30), TEXT, EARLIEST)).problem).toMatch(
      /^is not a time-stamp token/,
    );
    expect((await readToken(new Uint8Array(), TEXT, EARLIEST)).problem).toMatch(/^is not a time-stamp token/);
  });
});
