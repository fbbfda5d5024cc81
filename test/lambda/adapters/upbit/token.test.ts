import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../../lambda/adapters/fingerprint.ts';
import { signToken } from '../../../../lambda/adapters/upbit/token.ts';

const KEY = { accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
const NONCE = '00000000-0000-4000-8000-000000000001';

describe('a token', () => {
  // Made with openssl 3.0: printf '%s' "$header.$payload" | openssl dgst -sha256 -hmac fake-secret-key -binary | basenc --base64url
  it.each([
    [
      'HS256',
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhY2Nlc3Nfa2V5IjoiZmFrZS1hY2Nlc3Mta2V5Iiwibm9uY2UiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ.geovMXCQBpbKKg4K8uZpWg34NUU_VdJDTbVDsf4Tkr8',
    ],
    [
      'HS512',
      'eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJhY2Nlc3Nfa2V5IjoiZmFrZS1hY2Nlc3Mta2V5Iiwibm9uY2UiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ.2Mt3ha151ZpLJo0t_ghqSVoNoIcIkmOetxOouPbbT-HzFJd9Cbic1dABeZkgqcoNEo0lJ91Mf9QnN0bOkuTWqg',
    ],
  ] as const)('is the same as openssl’s with %s', async (algorithm, expected) => {
    expect(await signToken(KEY, NONCE, algorithm)).toBe(expected);
  });

  it('has the header and claims Upbit documents for a call without parameters, and no others', async () => {
    const [header = '', payload = ''] = (await signToken(KEY, NONCE, 'HS256')).split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      access_key: 'fake-access-key',
      nonce: NONCE,
    });
  });

  it('is signed with the UTF-8 bytes of the secret key, even if it looks like base64', async () => {
    const key = { ...KEY, secretKey: 'ZmFrZQ==' };
    const [header, payload, signature] = (await signToken(key, NONCE, 'HS512')).split('.');
    expect(signature).toBe(
      createHmac('sha512', 'ZmFrZQ==').update(`${header}.${payload}`).digest('base64url'),
    );
  });
});

describe('a fingerprint', () => {
  it('is the start of the SHA-256', () => {
    // printf fake-access-key | sha256sum
    expect(fingerprint('fake-access-key')).toBe('7e2a54bf');
  });
});
